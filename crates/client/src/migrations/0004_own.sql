-- This device's own items, so that how far they have come is counted without looking at others'.
CREATE INDEX item_own ON item (envelope, state) WHERE batch IS NOT NULL;
