-- Work that is done later. A job that is done is deleted; a running one is due again when its lease ends (run_at).
CREATE TABLE jobs (
  id uuid NOT NULL PRIMARY KEY,
  kind text NOT NULL,
  payload text NOT NULL,
  priority bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
  attempts bigint NOT NULL CHECK (attempts >= 0),
  run_at timestamptz NOT NULL,
  expires_at timestamptz,
  created_at timestamptz NOT NULL,
  claimed_by uuid,
  last_error text
  -- Rows come and go all the time.
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

CREATE INDEX jobs_due_idx ON jobs (priority, run_at) WHERE state <> 'dead';
-- When the next one is due.
CREATE INDEX jobs_run_at_idx ON jobs (run_at) WHERE state <> 'dead';

-- The last tick of each schedule.
CREATE TABLE job_ticks (
  schedule text NOT NULL PRIMARY KEY,
  at timestamptz NOT NULL
);
