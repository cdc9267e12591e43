-- The ledger of promises: what was entered about each, in the order in which it was entered. The day of an entry is the
-- clock's, whatever day it tells of. Nothing is changed and nothing is taken away.
CREATE TABLE promise_entries (
    id INTEGER PRIMARY KEY,
    promise TEXT NOT NULL,
    -- Its place among the promise's entries, from 0: two who write at once cannot both be the next.
    place INTEGER NOT NULL,
    -- Moment of entry, by the clock.
    entered_at TEXT NOT NULL,
    -- Account, or the file that said it.
    who TEXT NOT NULL,
    -- opened, claim, file, person
    way TEXT NOT NULL,
    -- What was entered, as JSON.
    entry TEXT NOT NULL,
    -- SHA-256 of the entry before and of this one: an edit of the table behind the program's back shows.
    seal TEXT NOT NULL,
    UNIQUE (promise, place)
) STRICT;
CREATE TRIGGER promise_entries_stay BEFORE UPDATE ON promise_entries
BEGIN SELECT RAISE(ABORT, 'what was entered about a promise is not changed'); END;
CREATE TRIGGER promise_entries_are_kept BEFORE DELETE ON promise_entries
BEGIN SELECT RAISE(ABORT, 'what was entered about a promise is kept'); END;
