-- Words that may be used once (a sign-in that came back, a passkey's challenge), as hashes, until they would have run
-- out anyway.
CREATE TABLE used_marks (
    mark TEXT NOT NULL PRIMARY KEY,
    until TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX used_marks_until ON used_marks (until);
