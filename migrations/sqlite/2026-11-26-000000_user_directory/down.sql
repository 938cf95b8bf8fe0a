DELETE FROM jobs WHERE kind = 'send_link' AND payload LIKE '%"invite"%';
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

INSERT INTO new_account_links SELECT * FROM account_links WHERE purpose <> 'invite';
DROP TABLE account_links;
ALTER TABLE new_account_links RENAME TO account_links;

CREATE UNIQUE INDEX account_links_digest_key ON account_links (digest);
CREATE INDEX account_links_user_id_idx ON account_links (user_id, purpose);
CREATE INDEX account_links_expires_at_idx ON account_links (expires_at);

DROP INDEX user_roles_role_idx;
CREATE INDEX user_roles_role_idx ON user_roles (role, user_id) WHERE role <> 'user';
DROP INDEX users_deleted_at_idx;
CREATE INDEX users_deleted_at_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX users_status_idx;
DROP INDEX users_last_login_at_idx;
DROP INDEX users_created_at_idx;
DROP TABLE user_search_index;
DROP TABLE user_search;
