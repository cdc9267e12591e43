-- The lasting word that a person's passkeys know them by: random, so that it tells nothing.
CREATE TABLE passkey_people (
    account TEXT NOT NULL PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

-- Passkeys: public keys, and what must be compared at the next use (counter, backup). No secret is in it.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES passkey_people (account),
    name TEXT NOT NULL,
    transports INTEGER NOT NULL,
    fixed BLOB NOT NULL,
    moving BLOB NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT
) WITHOUT ROWID;
CREATE INDEX passkeys_account ON passkeys (account);
