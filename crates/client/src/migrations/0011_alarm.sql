-- What raises an alarm and was answered or not, and files that are closed. Disposable like the rest of 0002;
-- `stale` says that all such rows are to be made anew, because this program has others than the one before.

CREATE TABLE IF NOT EXISTS stale (
    one INTEGER PRIMARY KEY CHECK (one = 1)
) STRICT;
INSERT OR IGNORE INTO stale (one) VALUES (1);

-- One row a finished note or assessment that raises an alarm (domain::alarm).
CREATE TABLE alarm_card (
    record BLOB PRIMARY KEY,
    form TEXT NOT NULL,
    child BLOB NOT NULL,
    danger INTEGER NOT NULL,    -- 0: only a question (建议升)
    causes TEXT NOT NULL,       -- codes of the causes, each with a space after it
    made INTEGER NOT NULL,
    actor BLOB NOT NULL,
    answered INTEGER NOT NULL   -- a review of the station answers it
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_open ON alarm_card (child) WHERE answered = 0;

ALTER TABLE remark_card ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;  -- review: answers an alarm

ALTER TABLE child_card ADD COLUMN assessed TEXT;    -- day of the risk level
ALTER TABLE child_card ADD COLUMN closed TEXT;      -- why the file is closed; NULL: it is open
ALTER TABLE child_card ADD COLUMN closed_on TEXT;
