-- When each computer of a station's places was last in touch with the district, as the server told it, and how
-- far it said then that its chain goes. Asked for again from the newest time on.
CREATE TABLE contact (
    device BLOB PRIMARY KEY,
    at INTEGER NOT NULL,        -- by the server's clock, ms
    branch BLOB,                -- NULL: it never had any work
    seq INTEGER
) STRICT, WITHOUT ROWID;
