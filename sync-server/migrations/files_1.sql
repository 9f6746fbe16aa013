-- Pieces of photographs and scans, encrypted by the desks; which belong together stands in the manifests.
CREATE TABLE piece (
  id INTEGER PRIMARY KEY, child BLOB NOT NULL, file BLOB NOT NULL, n INTEGER NOT NULL, digest BLOB NOT NULL,
  size INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
-- Everything but the bytes, so that looking and counting never reads them.
CREATE UNIQUE INDEX piece_place ON piece (child, file, n, digest, size);
