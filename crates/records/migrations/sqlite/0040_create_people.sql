-- Who may sign in, who is signed in, keys of programs, attempts that failed, and what was granted to whom.
-- Of passwords, sessions, keys and browsers only hashes are kept.
CREATE TABLE credentials (
    account TEXT PRIMARY KEY,
    password TEXT,
    password_at TEXT,
    blocked_at TEXT,
    blocked_by TEXT,
    signed_in_at TEXT
) STRICT;
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    how TEXT NOT NULL,
    claims TEXT,
    address TEXT,
    browser TEXT,
    begun_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);
CREATE TABLE service_keys (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    scope TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    revoked_by TEXT,
    used_at TEXT
) STRICT;
CREATE TABLE attempts (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    failed_at TEXT NOT NULL,
    locked_until TEXT NOT NULL
) STRICT;
CREATE INDEX attempts_by_time ON attempts (failed_at);
CREATE TABLE known_browsers (
    hash TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    used_at TEXT NOT NULL
) STRICT;
CREATE TABLE grants (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    address TEXT,
    account TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX grants_of_account ON grants (account);
CREATE INDEX grants_by_time ON grants (at);
