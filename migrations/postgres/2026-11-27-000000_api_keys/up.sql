-- Keys of machines. Of their secrets only the SHA-256 is kept, and the first letters to recognise them by.
CREATE TABLE api_keys (
  id uuid NOT NULL PRIMARY KEY,
  name text NOT NULL,
  prefix text NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  created_by_user uuid REFERENCES users (id) ON DELETE SET NULL,
  created_by_key uuid REFERENCES api_keys (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  CHECK (created_by_user IS NULL OR created_by_key IS NULL)
);

CREATE UNIQUE INDEX api_keys_digest_key ON api_keys (digest);
-- Of each kind there are few. The makers are there for the keys that refer to them.
CREATE INDEX api_keys_created_by_user_idx ON api_keys (created_by_user) WHERE created_by_user IS NOT NULL;
CREATE INDEX api_keys_created_by_key_idx ON api_keys (created_by_key) WHERE created_by_key IS NOT NULL;
CREATE INDEX api_keys_expires_at_idx ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX api_keys_revoked_at_idx ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE api_key_permissions (
  api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  permission text COLLATE "C" NOT NULL REFERENCES permissions (name),
  PRIMARY KEY (api_key_id, permission)
);
