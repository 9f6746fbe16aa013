-- One key per child, or per record without a child. Destroying a row erases what was sealed under it.
CREATE TABLE key (owner BLOB PRIMARY KEY, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
