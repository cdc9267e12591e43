-- A person said that nothing has changed since: it restarts the clock of a dataset.
CREATE TABLE confirmations (
    id INTEGER PRIMARY KEY,
    dataset TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX confirmations_by_dataset ON confirmations (dataset, at);
-- Mails that wait, went out, or were given up. One that is under way has its next try set before it is begun, so a
-- crash in between costs a second copy at worst, under the same id.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    sent_at TEXT,
    error TEXT
) STRICT;
CREATE INDEX mails_by_state ON mails (state, next_at);
CREATE INDEX mails_by_department ON mails (department, queued_at);
-- What a mail reminded of: each step of each due day once.
CREATE TABLE reminded (
    dataset TEXT NOT NULL,
    due_on TEXT NOT NULL,
    step TEXT NOT NULL,
    mail TEXT NOT NULL REFERENCES mails (id),
    PRIMARY KEY (dataset, due_on, step)
) STRICT;
