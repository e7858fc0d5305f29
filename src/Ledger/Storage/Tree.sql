-- The tree over the entries, its signed heads, and what witnesses said of them. Schema version 2.
CREATE TABLE log (
    id     INTEGER PRIMARY KEY CHECK (id = 0),
    origin TEXT NOT NULL
) STRICT;

-- Complete nodes above the leaves, in the order in which entries completed them, lower ones first: a list of hashes of 32 bytes,
-- of which each append adds a piece. One row an append and not one a node: that is one page to write instead of one a level.
CREATE TABLE tree (
    first INTEGER PRIMARY KEY CHECK (first >= 0),
    nodes BLOB NOT NULL CHECK (length(nodes) > 0 AND length(nodes) % 32 = 0)
) STRICT;

-- One for each transaction that appended: the signed note of the size that it reached.
CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY CHECK (size >= 0),
    note BLOB NOT NULL
) STRICT;

CREATE TABLE cosignatures (
    size      INTEGER NOT NULL REFERENCES checkpoints (size),
    witness   TEXT NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (size, witness)
) STRICT, WITHOUT ROWID;

-- SHA-256 of the statements in the ledger: each stands there once.
CREATE TABLE statements (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_is_never_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the origin of a log never changes'); END;
CREATE TRIGGER log_is_never_deleted BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the origin of a log never changes'); END;
CREATE TRIGGER tree_is_never_changed BEFORE UPDATE ON tree
BEGIN SELECT RAISE(ABORT, 'the tree is append-only'); END;
CREATE TRIGGER tree_is_never_deleted BEFORE DELETE ON tree
BEGIN SELECT RAISE(ABORT, 'the tree is append-only'); END;
CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER checkpoints_are_never_deleted BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
CREATE TRIGGER statements_are_never_deleted BEFORE DELETE ON statements
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
