-- Ids are 16-byte blobs, times are microseconds since 1970 in UTC.
CREATE TABLE users (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  email TEXT NOT NULL,
  email_canonical TEXT NOT NULL,
  username TEXT,
  display_name TEXT,
  password_hash TEXT,
  status TEXT NOT NULL CHECK (status IN ('unverified', 'active', 'suspended')),
  email_verified_at INTEGER,
  pending_email TEXT,
  last_login_at INTEGER,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- Deleted users give their names free.
CREATE UNIQUE INDEX users_email_key ON users (email_canonical) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username_key ON users (username) WHERE deleted_at IS NULL;
