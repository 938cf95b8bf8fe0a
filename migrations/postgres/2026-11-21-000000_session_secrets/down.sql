DROP INDEX users_grants_changed_at_idx;
ALTER TABLE users DROP COLUMN grants_changed_at;
DROP INDEX sessions_idle_until_idx;
ALTER TABLE sessions
  DROP COLUMN kind,
  DROP COLUMN remembered,
  DROP COLUMN address,
  DROP COLUMN user_agent,
  DROP COLUMN last_seen_at,
  DROP COLUMN idle_until,
  DROP COLUMN secret_digest,
  DROP COLUMN generation,
  DROP COLUMN renewed_at;
