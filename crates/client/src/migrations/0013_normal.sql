-- Numbers are found by their digits, and two spellings of one thing do not differ: rows made before are made
-- anew (`stale`, 0011).
INSERT OR IGNORE INTO stale (one) VALUES (1);
