-- What happened in pseudonymisation projects: each event once, in order, never changed. What a project is follows from
-- its events alone.
CREATE TABLE project_events (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    -- Its place among the project's events, from 0: two who act at once cannot both be the next.
    place INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    event TEXT NOT NULL,
    UNIQUE (project, place)
) STRICT;
CREATE TRIGGER project_events_stay BEFORE UPDATE ON project_events
BEGIN SELECT RAISE(ABORT, 'what happened in a project is not changed'); END;
-- What the gate checked of bytes that were to leave, and what came of it.
CREATE TABLE release_records (
    id INTEGER PRIMARY KEY,
    release TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    passed INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX release_records_by_release ON release_records (release, id);
CREATE TRIGGER release_records_stay BEFORE UPDATE ON release_records
BEGIN SELECT RAISE(ABORT, 'what was checked is not changed'); END;
CREATE TRIGGER release_records_are_kept BEFORE DELETE ON release_records
BEGIN SELECT RAISE(ABORT, 'what was checked is kept'); END;
-- Somebody asks for a release. Of the word that shows them what became of it only the hash is kept.
CREATE TABLE release_requests (
    id TEXT PRIMARY KEY,
    release TEXT NOT NULL,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX release_requests_by_release ON release_requests (release, at);
-- What became of a request: granted, declined, delivered; each time it happened.
CREATE TABLE release_request_events (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL REFERENCES release_requests (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    -- Of a grant: the bytes that are given, until when, and whether once.
    sha256 TEXT,
    until TEXT,
    once INTEGER
) STRICT;
CREATE INDEX release_request_events_by_request ON release_request_events (request, id);
CREATE TRIGGER release_request_events_stay BEFORE UPDATE ON release_request_events
BEGIN SELECT RAISE(ABORT, 'what became of a request is not changed'); END;
