-- Children shown here that were taken away and given back within one answer: what others wrote in
-- between comes as history, and is asked for until it is here whole.
CREATE TABLE missed (
    child BLOB PRIMARY KEY,
    after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
