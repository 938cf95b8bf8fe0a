-- Failed sign-ins, under a keyed digest of what was tried: neither names nor addresses can be read from it.
CREATE TABLE failed_attempts (
  key bytea NOT NULL PRIMARY KEY,
  failures bigint NOT NULL CHECK (failures >= 1),
  since timestamptz NOT NULL
);

CREATE INDEX failed_attempts_since_idx ON failed_attempts (since);
