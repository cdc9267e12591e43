-- Times at which a board's alert was on: from when the figure passed its limit until it was back.
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    board TEXT NOT NULL,
    alert TEXT NOT NULL,
    measure TEXT NOT NULL,
    department TEXT NOT NULL,
    began_at TEXT NOT NULL,
    began_with REAL NOT NULL,
    -- When the department was told; nothing while quiet hours last.
    told_at TEXT,
    ended_at TEXT,
    ended_with REAL,
    -- Who has taken it on, when, and in what words.
    taken_by TEXT,
    taken_at TEXT,
    words TEXT
) STRICT;
-- One of an alert is on at a time.
CREATE UNIQUE INDEX alerts_on ON alerts (board, alert) WHERE ended_at IS NULL;
CREATE INDEX alerts_by_begin ON alerts (began_at);
