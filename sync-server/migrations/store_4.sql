-- Who else returned an envelope while a restored server took back what it had lost: a set, not the last one.
CREATE TABLE voucher (envelope INTEGER NOT NULL, device BLOB NOT NULL, PRIMARY KEY (envelope, device))
  STRICT, WITHOUT ROWID;
INSERT INTO voucher (envelope, device) SELECT row, voucher FROM envelope WHERE voucher IS NOT NULL;
ALTER TABLE envelope DROP COLUMN voucher;
-- What the stations were told last of an item that is kept outside the log.
CREATE TABLE noticed (item INTEGER PRIMARY KEY, reason INTEGER NOT NULL) STRICT;
