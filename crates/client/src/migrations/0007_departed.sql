-- Children that left this person's charge or its place, until she has read the line that says so.
-- No name stands here: what was purged is not kept under another roof.
CREATE TABLE departed (
    child BLOB PRIMARY KEY,
    at INTEGER NOT NULL         -- when this desk heard of it, ms
) STRICT, WITHOUT ROWID;
