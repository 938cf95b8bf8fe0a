-- Failed sign-ins, under a keyed digest of what was tried: neither names nor addresses can be read from it.
CREATE TABLE failed_attempts (
  key BLOB NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL CHECK (failures >= 1),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX failed_attempts_since_idx ON failed_attempts (since);
