-- The truth of one district: what arrived, what was decided, in which order.
CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  device BLOB PRIMARY KEY, counter INTEGER NOT NULL, confirmed INTEGER NOT NULL,
  seen INTEGER NOT NULL, leased INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  id INTEGER PRIMARY KEY, secret BLOB NOT NULL, person BLOB NOT NULL,
  expires INTEGER NOT NULL, tries INTEGER NOT NULL, used INTEGER NOT NULL
) STRICT;

-- An envelope as signed, every part a bare digest; the items stand in their own rows.
CREATE TABLE envelope (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, device BLOB NOT NULL, branch BLOB NOT NULL,
  seq INTEGER NOT NULL, floor INTEGER NOT NULL, header BLOB NOT NULL,
  voucher BLOB -- who else returned it after a restore
) STRICT;
CREATE INDEX envelope_chain ON envelope (device, branch, seq);

-- standing: 0 new, 1 accepted (at = position), 2 held (at = reason), 3 waiting (awaits = digest)
CREATE TABLE item (
  id INTEGER PRIMARY KEY, envelope INTEGER NOT NULL, place INTEGER NOT NULL, digest BLOB NOT NULL,
  number INTEGER NOT NULL, kind INTEGER NOT NULL, record BLOB NOT NULL, form TEXT NOT NULL, child BLOB,
  standing INTEGER NOT NULL, at INTEGER NOT NULL, awaits BLOB
) STRICT;
CREATE UNIQUE INDEX item_record ON item (record, digest);
CREATE INDEX item_envelope ON item (envelope, place);
CREATE INDEX item_new ON item (number, id) WHERE standing = 0;
CREATE INDEX item_held ON item (child) WHERE standing = 2;
CREATE INDEX item_waiting ON item (record, id) WHERE standing = 3;

-- Apart from the item so that judging never rewrites its bytes.
CREATE TABLE body (item INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

CREATE TABLE verdict (number INTEGER PRIMARY KEY, device BLOB NOT NULL, verdict BLOB NOT NULL) STRICT;
CREATE INDEX verdict_device ON verdict (device, number);

CREATE TABLE log (position INTEGER PRIMARY KEY, item INTEGER NOT NULL, child BLOB, chain BLOB NOT NULL) STRICT;
CREATE INDEX log_child ON log (child, position) WHERE child IS NOT NULL;

CREATE TABLE feed (channel BLOB NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (channel, position))
  STRICT, WITHOUT ROWID;

CREATE TABLE roster (position INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;

CREATE TABLE record (record BLOB PRIMARY KEY, form TEXT NOT NULL, child BLOB, last INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
