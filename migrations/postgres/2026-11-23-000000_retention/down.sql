DELETE FROM jobs WHERE kind IN ('enforce_retention', 'send_email_change');
DELETE FROM job_ticks WHERE schedule = 'enforce_retention';
DROP INDEX jobs_dead_idx;
DROP INDEX users_deleted_at_idx;
