-- People of an identity provider, by its own lasting word for each, and the account each is here. A name that was
-- one person's is never another's.
CREATE TABLE vouched_people (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, account)
) WITHOUT ROWID;
