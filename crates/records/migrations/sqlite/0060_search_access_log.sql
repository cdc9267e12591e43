-- The index of the access log is made anew from its files, with all that an officer searches by: purposes, words of queries,
-- what completes what, and reads of whole versions.
DROP TABLE access_log_index;
DROP TABLE access_log_index_of;
CREATE TABLE access_log_index (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    decision TEXT NOT NULL,
    -- In access_log_text: few texts stand in many entries.
    purpose INTEGER NOT NULL,
    query INTEGER,
    -- The entry whose end this one is.
    completes INTEGER,
    -- Where its line begins in its file, and how long it is: a hint, for retention moves lines.
    place INTEGER NOT NULL,
    length INTEGER NOT NULL
) STRICT;
CREATE INDEX access_log_index_by_time ON access_log_index (at);
CREATE INDEX access_log_index_by_person ON access_log_index (who, completes, seq);
CREATE INDEX access_log_index_by_purpose ON access_log_index (purpose, completes, seq);
CREATE INDEX access_log_index_by_query ON access_log_index (query, seq);
CREATE INDEX access_log_index_begun ON access_log_index (seq) WHERE completes IS NULL;
CREATE INDEX access_log_index_denied ON access_log_index (seq) WHERE decision = 'denied';
CREATE INDEX access_log_index_ends ON access_log_index (completes) WHERE completes IS NOT NULL;
CREATE TABLE access_log_index_of (
    -- 'dataset', 'subject', or 'whole' (dataset@version: anybody of it may be among those read).
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (kind, word, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_log_index_of_entry ON access_log_index_of (seq);
CREATE TABLE access_log_text (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;
UPDATE access_log_known SET indexed = 0;
