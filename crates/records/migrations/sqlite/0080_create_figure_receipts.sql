-- What a figure was made of, by the hash of it: measure, versions, what narrowed it, and under whose sight.
CREATE TABLE figure_receipts (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    -- The value as it was told, digit by digit; nothing where there was none.
    value TEXT,
    made_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER figure_receipts_stay BEFORE UPDATE ON figure_receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is not changed'); END;
CREATE TRIGGER figure_receipts_are_kept BEFORE DELETE ON figure_receipts
BEGIN SELECT RAISE(ABORT, 'a receipt is kept'); END;
