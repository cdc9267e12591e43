-- Manifests that are changed in the browser, text by text, in the order in which the program came to know them. A text
-- that somebody wrote outside the program has no `who`. Nothing is changed and nothing is taken away.
CREATE TABLE manifest_versions (
    id INTEGER PRIMARY KEY,
    -- measure
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Moment, by the clock.
    at TEXT NOT NULL,
    -- Account that saved it.
    who TEXT,
    -- The whole file; nothing where it is gone.
    body TEXT
) STRICT;
CREATE INDEX manifest_versions_by_name ON manifest_versions (kind, name, id);
CREATE TRIGGER manifest_versions_stay BEFORE UPDATE ON manifest_versions
BEGIN SELECT RAISE(ABORT, 'a version of a manifest is not changed'); END;
CREATE TRIGGER manifest_versions_are_kept BEFORE DELETE ON manifest_versions
BEGIN SELECT RAISE(ABORT, 'a version of a manifest is kept'); END;
