-- Work the district keeps aside (待认领): where each item of it stands. Disposable: rebuilt from the
-- notices and claims among the items, equal rows (store/claims). What was given of it is in 0005.

-- Which lines of the log, notices and claims, speak of what.
CREATE TABLE said_of (
    about BLOB NOT NULL,        -- an item, a place, a record, a child: spelled in store/claims/line.rs
    line INTEGER NOT NULL,      -- the notice or claim: its item
    PRIMARY KEY (about, line)
) STRICT, WITHOUT ROWID;

-- Claims that send work back (退回), by whose work it is.
CREATE TABLE sent_back (
    device BLOB NOT NULL,
    at INTEGER NOT NULL,        -- when it was decided, ms
    line INTEGER NOT NULL,
    PRIMARY KEY (device, at, line)
) STRICT, WITHOUT ROWID;

-- One row an item, by its place in its author's chain.
CREATE TABLE kept_aside (
    device BLOB NOT NULL,
    branch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    digest BLOB,                -- NULL: the server never named the item
    child BLOB,
    notice BLOB NOT NULL,       -- what the server said last
    told INTEGER,               -- when, ms
    stands INTEGER NOT NULL,    -- 0 open; 1 taken over; 2 returned; 3 shelved
    claim INTEGER,              -- the last decision: its item
    accepted INTEGER NOT NULL,  -- in the log after all
    given INTEGER NOT NULL,     -- in `claimable`
    PRIMARY KEY (device, branch, seq, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_item ON kept_aside (digest);
CREATE INDEX kept_told ON kept_aside (device, told);
CREATE INDEX kept_counted ON kept_aside (device, child, stands) WHERE accepted = 0;
CREATE INDEX kept_wanted ON kept_aside (child, device, branch, seq, place)
    WHERE given = 0 AND accepted = 0 AND stands <> 1 AND digest IS NOT NULL AND child IS NOT NULL;
CREATE INDEX kept_listed ON kept_aside (device, branch, seq, place)
    WHERE given = 1 AND accepted = 0 AND stands <> 1;

-- However an item comes into the log or leaves it, its row says so; in the log it needs nobody's
-- decision, and what was given of it goes.
CREATE TRIGGER item_came AFTER INSERT ON item WHEN NEW.state = 1 BEGIN
    UPDATE kept_aside SET accepted = 1 WHERE digest = NEW.digest;
    DELETE FROM claimable WHERE digest = NEW.digest;
END;
CREATE TRIGGER item_accepted AFTER UPDATE OF state ON item WHEN NEW.state = 1 AND OLD.state <> 1 BEGIN
    UPDATE kept_aside SET accepted = 1 WHERE digest = NEW.digest;
    DELETE FROM claimable WHERE digest = NEW.digest;
END;
CREATE TRIGGER item_unplaced AFTER UPDATE OF state ON item WHEN NEW.state <> 1 AND OLD.state = 1 BEGIN
    UPDATE kept_aside SET accepted = 0 WHERE digest = NEW.digest;
END;
CREATE TRIGGER item_gone AFTER DELETE ON item WHEN OLD.state = 1 BEGIN
    UPDATE kept_aside SET accepted = 0 WHERE digest = OLD.digest;
END;
CREATE TRIGGER claimable_came AFTER INSERT ON claimable BEGIN
    UPDATE kept_aside SET given = 1 WHERE digest = NEW.digest;
END;
CREATE TRIGGER claimable_gone AFTER DELETE ON claimable BEGIN
    UPDATE kept_aside SET given = 0 WHERE digest = OLD.digest;
END;
