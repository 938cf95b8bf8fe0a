-- How far each chain of records has got. Whoever writes holds one that nobody else holds; few rows, changed all the time.
CREATE TABLE audit_segments (
  lane INTEGER NOT NULL CHECK (lane BETWEEN 1 AND 65535),
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'erased')),
  records INTEGER NOT NULL CHECK (records >= 0),
  checkpointed INTEGER NOT NULL DEFAULT 0,
  hash BLOB NOT NULL,
  signature BLOB NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  emptied_at INTEGER,
  PRIMARY KEY (lane, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX audit_segments_open_key ON audit_segments (lane) WHERE state = 'open';

CREATE TABLE audit_records (
  lane INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  id BLOB NOT NULL CHECK (length(id) = 16),
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT,
  address TEXT,
  user_agent TEXT,
  request_id TEXT,
  details TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (lane, segment, position),
  FOREIGN KEY (lane, segment) REFERENCES audit_segments (lane, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_records_at_idx ON audit_records (at, id);
CREATE INDEX audit_records_actor_idx ON audit_records (actor, at, id);
CREATE INDEX audit_records_subject_idx ON audit_records (subject, at, id) WHERE subject IS NOT NULL;
CREATE INDEX audit_records_action_idx ON audit_records (action, at, id);

CREATE TABLE audit_checkpoints (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
  at INTEGER NOT NULL,
  previous BLOB NOT NULL,
  heads TEXT NOT NULL,
  hash BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;

CREATE INDEX audit_checkpoints_at_idx ON audit_checkpoints (at);
