-- The access log. `sealed` is the entry as it was hashed; the other columns are derived from it, so they cannot differ.
CREATE TABLE access_log (
    seq INTEGER PRIMARY KEY,
    sealed TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    at TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.at')) VIRTUAL,
    who TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.entry.who')) VIRTUAL,
    act TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.entry.act')) VIRTUAL,
    decision TEXT GENERATED ALWAYS AS (json_extract(sealed, '$.entry.decision')) VIRTUAL
) STRICT;
CREATE INDEX access_log_by_time ON access_log (at);
CREATE INDEX access_log_by_person ON access_log (who, seq);
-- Where the chain ends: cutting entries off its end is found, too.
CREATE TABLE access_log_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO access_log_head (only, seq, hash) VALUES (1, 0, '');
CREATE TRIGGER access_log_is_never_changed BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_log_is_never_deleted BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
