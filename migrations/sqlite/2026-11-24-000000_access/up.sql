-- What can be permitted; the program adds what it knows and is not here.
CREATE TABLE permissions (
  name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE roles (
  name TEXT NOT NULL PRIMARY KEY,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  grants_version INTEGER NOT NULL,
  grants_changed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE role_permissions (
  role TEXT NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
  permission TEXT NOT NULL REFERENCES permissions (name),
  PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_roles (
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL REFERENCES roles (name),
  PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;

-- Who holds a role; nearly everybody holds "user", and nobody asks who does.
CREATE INDEX user_roles_role_idx ON user_roles (role, user_id) WHERE role <> 'user';

-- The last change of what anybody may do. Whoever makes the next one holds this row until it is committed.
CREATE TABLE grants_versions (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO grants_versions (id, last) VALUES (1, 0);
ALTER TABLE users ADD COLUMN grants_version INTEGER NOT NULL DEFAULT 0;

INSERT INTO roles (name, description, created_at, updated_at, version, grants_version) VALUES
  ('admin', 'May everything.', CAST(unixepoch('subsec') * 1000000 AS INTEGER), CAST(unixepoch('subsec') * 1000000 AS INTEGER), 1, 0),
  ('operator', 'Keeps services running: objectives, rules, alerts.', CAST(unixepoch('subsec') * 1000000 AS INTEGER), CAST(unixepoch('subsec') * 1000000 AS INTEGER), 1, 0),
  ('auditor', 'Sees everything and changes nothing.', CAST(unixepoch('subsec') * 1000000 AS INTEGER), CAST(unixepoch('subsec') * 1000000 AS INTEGER), 1, 0),
  ('user', 'One''s own account, and nothing else.', CAST(unixepoch('subsec') * 1000000 AS INTEGER), CAST(unixepoch('subsec') * 1000000 AS INTEGER), 1, 0);

INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users;
