-- What came and was not laid out yet: an envelope whole in one row, each of its items sealed under its
-- child's key, so that taking it in writes one place. The gate lays it out into rows and judges it.
-- AUTOINCREMENT: a number is never given twice, also when its delivery brought nothing new; a desk
-- believes that what has a number up to the backup's is in the backup.
CREATE TABLE arrival (number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX arrival_id ON arrival (id);
