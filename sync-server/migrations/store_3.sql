-- Children erased whose key and pieces may still be there: written with the erasure, gone once they are gone.
CREATE TABLE erasing (child BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
