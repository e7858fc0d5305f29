-- The ledger. Entries are never changed or deleted; addenda may be deleted (erasure), never changed.
-- The triggers stop bugs, not somebody with root: that is what the hashes are for.
CREATE TABLE entries (
    position  INTEGER PRIMARY KEY CHECK (position >= 0),
    bytes     BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535),
    leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
) STRICT;

CREATE TABLE addenda (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    bytes  BLOB NOT NULL
) STRICT;

-- The (member, timestamp) pairs of changes whose timestamp can still be replayed, committed together with the change.
CREATE TABLE used_signatures (
    member_id TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    PRIMARY KEY (member_id, timestamp)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_follow_each_other BEFORE INSERT ON entries
WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM entries)
BEGIN SELECT RAISE(ABORT, 'an entry must follow the last one'); END;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

CREATE TRIGGER addenda_are_never_changed BEFORE UPDATE ON addenda
BEGIN SELECT RAISE(ABORT, 'addenda are never changed'); END;

-- INSERT OR REPLACE deletes and inserts; deleting alone is allowed, so the insert must refuse.
CREATE TRIGGER addenda_are_never_replaced BEFORE INSERT ON addenda
WHEN EXISTS (SELECT 1 FROM addenda WHERE digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'addenda are never changed'); END;
