-- What screens read. Everything down to `draft` is disposable: rebuilt from the records, equal rows.

-- One row a child: what lists show, search and sort by. Columns from the child's file come with
-- that record; those of visits with each visit note.
CREATE TABLE child_card (
    child BLOB PRIMARY KEY,
    record BLOB NOT NULL,       -- of form `child`
    name TEXT NOT NULL,
    sorted TEXT NOT NULL,       -- the name as it is said
    sex TEXT,
    birth TEXT,
    categories TEXT NOT NULL,   -- codes of the present ones, each with a space after it
    risk TEXT,
    id_no TEXT,
    phone TEXT,
    school TEXT,
    missing INTEGER NOT NULL,   -- fields that must be filled and are not
    registered TEXT NOT NULL,   -- day of the file's first change
    needles TEXT NOT NULL,      -- search.rs
    last_visit TEXT,
    last_met TEXT,
    unmet INTEGER NOT NULL,     -- tries in a row without meeting the child
    planned TEXT,               -- the last note's next visit
    next_due TEXT
) STRICT, WITHOUT ROWID;

-- One row a record of a child's file: when it was last written in, by its authors' clocks.
CREATE TABLE file_card (
    record BLOB PRIMARY KEY,
    form TEXT NOT NULL,
    child BLOB NOT NULL,
    begun INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX file_changed ON file_card (changed);

-- One row a finished visit note.
CREATE TABLE visit_card (
    record BLOB PRIMARY KEY,
    child BLOB NOT NULL,
    at TEXT NOT NULL,           -- when the visit was, RFC 3339 as written
    day TEXT NOT NULL,
    mode TEXT NOT NULL,
    met INTEGER NOT NULL,
    next TEXT,
    hint TEXT,
    opening TEXT NOT NULL,      -- how the note begins
    made INTEGER NOT NULL,      -- when it was finished, ms
    actor BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_of_child ON visit_card (child, at);
CREATE INDEX visit_made ON visit_card (made);

-- Supplements and reviews of visit notes, and assessments of children.
CREATE TABLE remark_card (
    record BLOB PRIMARY KEY,
    form TEXT NOT NULL,
    child BLOB,
    about BLOB,                 -- the visit note
    verdict TEXT,               -- review: 1 read, 2 returned; assessment: the level
    text TEXT NOT NULL,
    made INTEGER NOT NULL,
    actor BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX remark_about ON remark_card (about, made);
CREATE INDEX remark_verdict ON remark_card (form, verdict);
CREATE INDEX remark_made ON remark_card (made);
CREATE INDEX remark_of_child ON remark_card (child, form, made);

-- Keys under which two people wrote differently.
CREATE TABLE differing (
    record BLOB NOT NULL,
    key TEXT NOT NULL,
    form TEXT NOT NULL,
    child BLOB,
    PRIMARY KEY (record, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX differing_of_child ON differing (child);

-- Not disposable: what this person is writing, and how she likes it.
CREATE TABLE draft (
    draft BLOB PRIMARY KEY,
    form TEXT NOT NULL,
    children BLOB NOT NULL,     -- 16 bytes each
    body TEXT NOT NULL,         -- JSON: key to value
    begun INTEGER NOT NULL,
    saved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL         -- JSON
) STRICT, WITHOUT ROWID;
