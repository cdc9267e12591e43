CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    dataset TEXT,
    state TEXT NOT NULL,
    rows_done INTEGER NOT NULL,
    rows_total INTEGER,
    bytes_done INTEGER NOT NULL,
    bytes_total INTEGER,
    message TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT
) STRICT;
CREATE INDEX jobs_by_dataset ON jobs (dataset, id);
CREATE INDEX jobs_by_state ON jobs (state);
