DROP TABLE audit_checkpoints;
DROP TABLE audit_records;
DROP TABLE audit_segments;
DELETE FROM jobs WHERE kind = 'checkpoint_audit';
DELETE FROM job_ticks WHERE schedule = 'checkpoint_audit';
