-- Links that were mailed to prove an address. Of their secrets only the SHA-256 is kept.
CREATE TABLE account_links (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
  email text NOT NULL,
  digest bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE UNIQUE INDEX account_links_digest_key ON account_links (digest);
CREATE INDEX account_links_user_id_idx ON account_links (user_id, purpose);
CREATE INDEX account_links_expires_at_idx ON account_links (expires_at);
