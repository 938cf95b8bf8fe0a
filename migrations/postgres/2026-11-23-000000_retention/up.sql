-- What is kept until its time is over. Few rows are of these kinds.
CREATE INDEX users_deleted_at_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX jobs_dead_idx ON jobs (run_at) WHERE state = 'dead';

-- The job is called after everything that it deletes.
DELETE FROM jobs WHERE kind = 'purge_sessions';
DELETE FROM job_ticks WHERE schedule = 'purge_sessions';
