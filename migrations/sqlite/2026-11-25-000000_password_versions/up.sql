-- Whoever has proven a password has proven one version of it.
ALTER TABLE users ADD COLUMN password_version INTEGER NOT NULL DEFAULT 0;

-- An address that is to take the place of another is proven by links of their own.
CREATE TABLE new_account_links (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
  email TEXT NOT NULL,
  digest BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO new_account_links SELECT * FROM account_links;
DROP TABLE account_links;
ALTER TABLE new_account_links RENAME TO account_links;

CREATE UNIQUE INDEX account_links_digest_key ON account_links (digest);
CREATE INDEX account_links_user_id_idx ON account_links (user_id, purpose);
CREATE INDEX account_links_expires_at_idx ON account_links (expires_at);
