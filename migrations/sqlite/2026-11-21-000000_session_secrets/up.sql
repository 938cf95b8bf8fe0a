-- What proves a session, how it lives, where it came from. The version before goes on making rows: they get an empty digest,
-- which no secret has.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'tokens' CHECK (kind IN ('tokens', 'browser'));
ALTER TABLE sessions ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN idle_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN secret_digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN renewed_at INTEGER NOT NULL DEFAULT 0;

UPDATE sessions SET last_seen_at = created_at, idle_until = expires_at, renewed_at = created_at;

-- Idle sessions are purged.
CREATE INDEX sessions_idle_until_idx ON sessions (idle_until);

ALTER TABLE users ADD COLUMN grants_changed_at INTEGER;
-- Asked several times a second by every instance; few users' grants ever change.
CREATE INDEX users_grants_changed_at_idx ON users (grants_changed_at) WHERE grants_changed_at IS NOT NULL;
