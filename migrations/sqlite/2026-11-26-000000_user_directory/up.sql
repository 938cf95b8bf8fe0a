-- What users are found by. Apart from them, so that a sign-in, which changes the user's row, never touches the index.
CREATE TABLE user_search (
  number INTEGER NOT NULL PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;

INSERT INTO user_search (user_id, text)
SELECT id,
  char(10, 10) || lower(email)
  || iif(email_canonical <> lower(email), char(10, 10) || email_canonical, '')
  || COALESCE(char(10, 10) || username, '')
  || COALESCE(char(10, 10) || lower(display_name), '')
FROM users ORDER BY created_at, id;

CREATE UNIQUE INDEX user_search_user_id_key ON user_search (user_id);
-- Which texts hold which three characters; the texts themselves stay where they are, in one case already.
CREATE VIRTUAL TABLE user_search_index USING fts5 (
  text, content = 'user_search', content_rowid = 'number', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
);
INSERT INTO user_search_index (user_search_index) VALUES ('rebuild');

CREATE TRIGGER user_search_inserted AFTER INSERT ON user_search BEGIN
  INSERT INTO user_search_index (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER user_search_updated AFTER UPDATE OF text ON user_search BEGIN
  INSERT INTO user_search_index (user_search_index, rowid, text) VALUES ('delete', old.number, old.text);
  INSERT INTO user_search_index (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER user_search_deleted AFTER DELETE ON user_search BEGIN
  INSERT INTO user_search_index (user_search_index, rowid, text) VALUES ('delete', old.number, old.text);
END;

-- An index for each order of the list, and for each filter that few may meet.
CREATE INDEX users_created_at_idx ON users (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_last_login_at_idx ON users (last_login_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_status_idx ON users (status, id) WHERE deleted_at IS NULL;
DROP INDEX users_deleted_at_idx;
CREATE INDEX users_deleted_at_idx ON users (deleted_at, id) WHERE deleted_at IS NOT NULL;
DROP INDEX user_roles_role_idx;
CREATE INDEX user_roles_role_idx ON user_roles (role, user_id);

-- Whoever is invited chooses a password by a link of its own.
CREATE TABLE new_account_links (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password', 'invite')),
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
