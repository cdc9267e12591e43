-- How the platform answered, by hour and kind of address: counts by how long an answer took, in steps of a tenth.
CREATE TABLE service_hours (
    hour TEXT NOT NULL,
    kind TEXT NOT NULL,
    failed INTEGER NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (hour, kind)
) STRICT;
-- Minutes in which the platform was there, by hour.
CREATE TABLE service_minutes (
    minute TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
