-- The log of this device and the caches that are rebuilt from it. Screens read 0002_projection.sql.

-- Where this device stands: one CBOR value (store/standing.rs).
CREATE TABLE standing (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    value BLOB NOT NULL
) STRICT;

-- Envelopes, own and others'. `head` is the signed envelope with every item as a bare digest.
CREATE TABLE envelope (
    no INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    device BLOB NOT NULL,
    branch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    head BLOB NOT NULL,
    own INTEGER NOT NULL,
    inbox INTEGER,              -- own: the receipt's number, NULL until received
    refused INTEGER,            -- own: the server took it for no envelope
    sealed BLOB                 -- own, purged before it was backed up: whole, to the inbox key
) STRICT;
CREATE INDEX envelope_chain ON envelope (device, branch, seq);
CREATE INDEX envelope_open ON envelope (inbox) WHERE own = 1;

-- Items. `state`: 0 own, no verdict; 1 accepted; 2 waiting for another item; 3 held;
-- 4 its edits were made again in a later item; 5 unreadable here (quarantined).
CREATE TABLE item (
    no INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    record BLOB NOT NULL,
    form TEXT NOT NULL,
    child BLOB,
    bytes BLOB NOT NULL,
    envelope INTEGER REFERENCES envelope (no),  -- NULL: own, not yet cut
    batch INTEGER,              -- own: the commit it belongs to
    roster INTEGER,             -- own: roster version known at the commit
    position INTEGER,
    state INTEGER NOT NULL,
    reason INTEGER,             -- held: sync::wire::Reason
    at INTEGER,                 -- own: when it was made
    edits BLOB,                 -- own, unaccepted: what made it
    replaces BLOB               -- own: digest of the held or stranded item it makes again
) STRICT;
CREATE INDEX item_record ON item (record, no);
CREATE INDEX item_child ON item (child, no);
CREATE INDEX item_envelope ON item (envelope);
CREATE INDEX item_position ON item (position);
CREATE INDEX item_open ON item (state) WHERE state <> 1;
CREATE INDEX item_notice ON item (no) WHERE form = 'notice';
CREATE INDEX item_uncut ON item (batch) WHERE envelope IS NULL;
CREATE INDEX item_roster ON item (position) WHERE kind = 2;

-- Changes that came before the ones they build on, or that the validator refused.
CREATE TABLE aside (
    digest BLOB PRIMARY KEY,
    record BLOB NOT NULL,
    why TEXT NOT NULL           -- 'waiting' or the refusal
) STRICT, WITHOUT ROWID;
CREATE INDEX aside_record ON aside (record);

-- Records: what they are, and the saved document of those that are more than one change.
CREATE TABLE record (
    record BLOB PRIMARY KEY,
    form TEXT NOT NULL,
    child BLOB,
    saved BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX record_child ON record (child);

-- Children not (or no longer) shown. `state`: 0 history on its way; 1 leaving, purged once
-- nothing of it is unsent.
CREATE TABLE hidden (
    child BLOB PRIMARY KEY,
    state INTEGER NOT NULL,
    after INTEGER NOT NULL      -- history is here up to this position
) STRICT, WITHOUT ROWID;

-- Authors outside this device's part of the roster: encoded Device rows.
CREATE TABLE author (
    device BLOB PRIMARY KEY,
    row BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Cursors this device has stood at, thinned with age, to find the last common point after a restore.
CREATE TABLE checkpoint (
    position INTEGER PRIMARY KEY,
    chain BLOB NOT NULL
) STRICT;

-- Marks of envelopes the restored server lacks, to be pushed next.
CREATE TABLE lack (
    mark BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
