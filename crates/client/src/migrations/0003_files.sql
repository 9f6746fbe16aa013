-- Photographs and scans. `file` is disposable: rebuilt from the manifests among the items.

-- One row a file of a child in sight, as its manifest says.
CREATE TABLE file (
    file BLOB PRIMARY KEY,
    child BLOB NOT NULL,
    about BLOB NOT NULL,        -- the record it belongs to
    item INTEGER NOT NULL,      -- the manifest's item
    pieces INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_of_child ON file (child);
CREATE INDEX file_about ON file (about);

-- Not disposable: own pieces may be nowhere else. Encrypted under the key in the manifest.
-- `state`: 0 to be sent; 1 the district has it; 2 asked for, not here; 3 nobody takes it;
-- 4 here, and the restored server is to be asked whether it has it.
CREATE TABLE piece (
    file BLOB NOT NULL,
    n INTEGER NOT NULL,         -- 0 the thumbnail, 1… the file
    child BLOB,                 -- NULL while it belongs to a draft
    own INTEGER NOT NULL DEFAULT 0,     -- made here
    away INTEGER,               -- own, its child purged: the commit that said so; kept, without the
                                -- key it is sealed, until a compared backup holds that commit
    state INTEGER NOT NULL,
    tried INTEGER NOT NULL DEFAULT 0,   -- when it was last asked about in vain, ms
    bytes BLOB,
    PRIMARY KEY (file, n)
) STRICT;
CREATE INDEX piece_open ON piece (state, n) WHERE state <> 1;
CREATE INDEX piece_of_child ON piece (child);

-- What belongs to a draft: a manifest that becomes an item when the note is finished.
CREATE TABLE draft_file (
    file BLOB PRIMARY KEY,
    draft BLOB NOT NULL,
    at INTEGER NOT NULL,
    manifest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_of_draft ON draft_file (draft);

-- However a draft goes, its photographs go with it; those of a finished note were moved before.
CREATE TRIGGER draft_gone AFTER DELETE ON draft BEGIN
    DELETE FROM draft_file WHERE draft = OLD.draft;
END;
CREATE TRIGGER draft_file_gone AFTER DELETE ON draft_file BEGIN
    DELETE FROM piece WHERE file = OLD.file AND child IS NULL;
END;
