-- What the district keeps aside of other people's work and this desk may settle (待认领), as it was
-- signed. Goes with its child; asked for again while it stands open.
CREATE TABLE claimable (
    digest BLOB PRIMARY KEY,
    child BLOB NOT NULL,
    device BLOB NOT NULL,       -- who signed it
    at INTEGER NOT NULL,        -- when
    bytes BLOB NOT NULL         -- the item
) STRICT, WITHOUT ROWID;
CREATE INDEX claimable_of_child ON claimable (child);
-- What was decided on such work.
CREATE INDEX item_claim ON item (no) WHERE form = 'claim';
