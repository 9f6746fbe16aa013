-- How far each chain goes and where numbers of it are not here, so that a day's end asks for no more
-- than there is to tell. Disposable: rebuilt from the envelopes, equal rows (store/chains.rs).

-- The newest envelope of each chain.
CREATE TABLE chain (
    device BLOB NOT NULL,
    branch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (device, branch)
) STRICT, WITHOUT ROWID;

-- Numbers that are not here: those behind `before`, the last that is, and below `seq`.
CREATE TABLE gap (
    device BLOB NOT NULL,
    branch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    before INTEGER NOT NULL,
    PRIMARY KEY (device, branch, seq)
) STRICT, WITHOUT ROWID;

-- Each envelope with a gap before it.
CREATE VIEW follows_gap AS
    SELECT device, branch, seq, before FROM (
        SELECT DISTINCT e.device, e.branch, e.seq, coalesce(
            (SELECT max(b.seq) FROM envelope b WHERE b.device = e.device AND b.branch = e.branch AND b.seq < e.seq),
            0) AS before
        FROM envelope e)
    WHERE seq > before + 1;

CREATE TRIGGER envelope_came AFTER INSERT ON envelope BEGIN
    INSERT INTO chain VALUES (NEW.device, NEW.branch, NEW.seq)
        ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq);
    DELETE FROM gap WHERE device = NEW.device AND branch = NEW.branch AND seq = (SELECT min(seq) FROM envelope
        WHERE device = NEW.device AND branch = NEW.branch AND seq > NEW.seq);
    INSERT OR REPLACE INTO gap SELECT * FROM follows_gap
        WHERE device = NEW.device AND branch = NEW.branch AND seq IN (NEW.seq, (SELECT min(seq) FROM envelope
        WHERE device = NEW.device AND branch = NEW.branch AND seq > NEW.seq));
END;
CREATE TRIGGER envelope_went AFTER DELETE ON envelope BEGIN
    DELETE FROM chain WHERE device = OLD.device AND branch = OLD.branch;
    INSERT INTO chain SELECT device, branch, max(seq) FROM envelope
        WHERE device = OLD.device AND branch = OLD.branch GROUP BY device, branch;
    DELETE FROM gap WHERE device = OLD.device AND branch = OLD.branch AND seq >= OLD.seq;
    INSERT INTO gap SELECT * FROM follows_gap
        WHERE device = OLD.device AND branch = OLD.branch AND seq >= OLD.seq;
END;

INSERT INTO chain SELECT device, branch, max(seq) FROM envelope GROUP BY device, branch;
INSERT INTO gap SELECT * FROM follows_gap;
