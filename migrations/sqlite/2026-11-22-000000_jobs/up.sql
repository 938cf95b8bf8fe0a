-- Work that is done later. A job that is done is deleted; a running one is due again when its lease ends (run_at).
CREATE TABLE jobs (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  run_at INTEGER NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  claimed_by BLOB,
  last_error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_due_idx ON jobs (priority, run_at) WHERE state <> 'dead';
-- When the next one is due.
CREATE INDEX jobs_run_at_idx ON jobs (run_at) WHERE state <> 'dead';

-- The last tick of each schedule.
CREATE TABLE job_ticks (
  schedule TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
