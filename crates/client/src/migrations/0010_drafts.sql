-- Drafts of every form, one a subject; what became of those that ended; what is to follow after a visit.

ALTER TABLE draft ADD COLUMN about BLOB;                        -- the note a supplement or a review is about
ALTER TABLE draft ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- counts the savings: a page that is behind is told
-- Of visits a child may have several begun; of everything else there is one.
CREATE UNIQUE INDEX draft_of_subject ON draft (form, children, coalesce(about, x'')) WHERE form <> 'visit';

-- Drafts that were finished or thrown away, ids alone, so that a page still open does not begin them anew.
CREATE TABLE draft_end (
    draft BLOB PRIMARY KEY,
    finished INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A photograph of one of several children alone; NULL for all of them.
ALTER TABLE draft_file ADD COLUMN child BLOB;

-- Disposable, rebuilt from the records: what visits left to be done, and what supplements say of it.
CREATE TABLE follow_up (
    record BLOB NOT NULL,       -- the visit note
    row TEXT NOT NULL,
    child BLOB NOT NULL,
    item TEXT NOT NULL,
    due TEXT,
    person TEXT,
    done BLOB,                  -- the supplement that says it is done; NULL while it is not
    PRIMARY KEY (record, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_up_open ON follow_up (due) WHERE done IS NULL;
CREATE INDEX follow_up_of_child ON follow_up (child);

CREATE TABLE follow_said (
    record BLOB NOT NULL,       -- the supplement
    row TEXT NOT NULL,
    about BLOB NOT NULL,
    child BLOB NOT NULL,
    done INTEGER NOT NULL,      -- 0: to be done after all
    made INTEGER NOT NULL,
    PRIMARY KEY (record, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_said_about ON follow_said (about, row, made);
CREATE INDEX follow_said_of_child ON follow_said (child);
