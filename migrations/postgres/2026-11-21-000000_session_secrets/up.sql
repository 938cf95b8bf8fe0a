-- What proves a session, how it lives, where it came from. The version before goes on making rows: they get an empty digest,
-- which no secret has.
ALTER TABLE sessions
  ADD COLUMN kind text NOT NULL DEFAULT 'tokens' CHECK (kind IN ('tokens', 'browser')),
  ADD COLUMN remembered boolean NOT NULL DEFAULT false,
  ADD COLUMN address text,
  ADD COLUMN user_agent text,
  ADD COLUMN last_seen_at timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN idle_until timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN secret_digest bytea NOT NULL DEFAULT '',
  ADD COLUMN generation bigint NOT NULL DEFAULT 0,
  ADD COLUMN renewed_at timestamptz NOT NULL DEFAULT 'epoch';

UPDATE sessions SET last_seen_at = created_at, idle_until = expires_at, renewed_at = created_at;

-- Idle sessions are purged.
CREATE INDEX sessions_idle_until_idx ON sessions (idle_until);

ALTER TABLE users ADD COLUMN grants_changed_at timestamptz;
-- Asked several times a second by every instance; few users' grants ever change.
CREATE INDEX users_grants_changed_at_idx ON users (grants_changed_at) WHERE grants_changed_at IS NOT NULL;
