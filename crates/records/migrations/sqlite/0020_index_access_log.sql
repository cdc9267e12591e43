-- What the access log is searched by. The log itself lies in files (crates/records/src/log/folder.rs); this can be made anew
-- from them at any time and proves nothing.
CREATE TABLE access_log_index (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    decision TEXT NOT NULL,
    -- Where its line begins in its file, and how long it is: a hint, for retention moves lines.
    place INTEGER NOT NULL,
    length INTEGER NOT NULL
) STRICT;
CREATE INDEX access_log_index_by_time ON access_log_index (at);
CREATE INDEX access_log_index_by_person ON access_log_index (who, seq);
CREATE TABLE access_log_index_of (
    -- 'dataset' or 'subject'.
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, word, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_log_index_of_entry ON access_log_index_of (seq);
-- The log that belongs to this store, and how far the index has come. A log that is gone, folder and all, is missed.
CREATE TABLE access_log_known (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    origin TEXT NOT NULL,
    indexed INTEGER NOT NULL
) STRICT;
