CREATE TABLE quota (
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT;
