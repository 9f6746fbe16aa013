-- How far each device said that its chain goes. No index by when it was seen: there are as many rows as
-- computers in the district, and every request would have to keep it.
ALTER TABLE device ADD COLUMN branch BLOB;
ALTER TABLE device ADD COLUMN seq INTEGER;
