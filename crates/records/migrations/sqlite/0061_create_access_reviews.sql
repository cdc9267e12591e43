-- Periodic reviews of the access log: what was found stays as it was found; what people said and decided are events.
CREATE TABLE access_reviews (
    id INTEGER PRIMARY KEY,
    -- The first day and the day after the last.
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    made_at TEXT NOT NULL,
    -- Entries looked at, and the rules as they were.
    entries INTEGER NOT NULL,
    rules TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    UNIQUE (since, until)
) STRICT;
CREATE TABLE access_outliers (
    id INTEGER PRIMARY KEY,
    review INTEGER NOT NULL REFERENCES access_reviews (id),
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    count INTEGER NOT NULL,
    usual INTEGER NOT NULL,
    entries TEXT NOT NULL
) STRICT;
CREATE INDEX access_outliers_by_review ON access_outliers (review, id);
CREATE INDEX access_outliers_by_person ON access_outliers (who, id);
CREATE TABLE access_review_events (
    id INTEGER PRIMARY KEY,
    review INTEGER NOT NULL REFERENCES access_reviews (id),
    -- Nothing for what is said of the review as a whole.
    outlier INTEGER REFERENCES access_outliers (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    -- 'explained', 'accepted', 'instructed', 'reported', 'closed'.
    act TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX access_review_events_by_review ON access_review_events (review, id);
