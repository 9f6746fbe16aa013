-- Rebuilt from the log at any time; never backed up.
CREATE TABLE document (record BLOB PRIMARY KEY, at INTEGER NOT NULL, saved BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE segment (
  set_id BLOB NOT NULL, number INTEGER NOT NULL, upto INTEGER NOT NULL, first INTEGER NOT NULL, frame BLOB NOT NULL,
  PRIMARY KEY (set_id, number)
) STRICT;
CREATE TABLE segment_channel (
  channel BLOB NOT NULL, set_id BLOB NOT NULL, PRIMARY KEY (channel, set_id)
) STRICT, WITHOUT ROWID;
