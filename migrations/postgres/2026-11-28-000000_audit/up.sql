-- How far each chain of records has got. Whoever writes holds one that nobody else holds; few rows, changed all the time.
CREATE TABLE audit_segments (
  lane bigint NOT NULL CHECK (lane BETWEEN 1 AND 65535),
  number bigint NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
  state text COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed', 'erased')),
  records bigint NOT NULL CHECK (records >= 0),
  checkpointed bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL,
  signature bytea NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  emptied_at timestamptz,
  PRIMARY KEY (lane, number)
) WITH (fillfactor = 20);

CREATE UNIQUE INDEX audit_segments_open_key ON audit_segments (lane) WHERE state = 'open';

CREATE TABLE audit_records (
  lane bigint NOT NULL,
  segment bigint NOT NULL,
  position bigint NOT NULL CHECK (position >= 1),
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  action text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  subject text COLLATE "C",
  address text COLLATE "C",
  user_agent text,
  request_id text,
  details text NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (lane, segment, position),
  FOREIGN KEY (lane, segment) REFERENCES audit_segments (lane, number)
);

CREATE INDEX audit_records_at_idx ON audit_records (at, id);
CREATE INDEX audit_records_actor_idx ON audit_records (actor, at, id);
CREATE INDEX audit_records_subject_idx ON audit_records (subject, at, id) WHERE subject IS NOT NULL;
CREATE INDEX audit_records_action_idx ON audit_records (action, at, id);

CREATE TABLE audit_checkpoints (
  number bigint NOT NULL PRIMARY KEY CHECK (number >= 1),
  at timestamptz NOT NULL,
  previous bytea NOT NULL,
  heads text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  signature bytea NOT NULL
);

CREATE INDEX audit_checkpoints_at_idx ON audit_checkpoints (at);
