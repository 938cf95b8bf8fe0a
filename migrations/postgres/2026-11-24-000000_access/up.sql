-- What can be permitted; the program adds what it knows and is not here.
CREATE TABLE permissions (
  name text COLLATE "C" NOT NULL PRIMARY KEY
);

CREATE TABLE roles (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  description text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  grants_version bigint NOT NULL,
  grants_changed_at timestamptz
);

CREATE TABLE role_permissions (
  role text COLLATE "C" NOT NULL REFERENCES roles (name) ON DELETE CASCADE,
  permission text COLLATE "C" NOT NULL REFERENCES permissions (name),
  PRIMARY KEY (role, permission)
);

CREATE TABLE user_roles (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role text COLLATE "C" NOT NULL REFERENCES roles (name),
  PRIMARY KEY (user_id, role)
);

-- Who holds a role; nearly everybody holds "user", and nobody asks who does.
CREATE INDEX user_roles_role_idx ON user_roles (role, user_id) WHERE role <> 'user';

-- The last change of what anybody may do. Whoever makes the next one holds this row until it is committed.
CREATE TABLE grants_versions (
  id bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  last bigint NOT NULL
);

INSERT INTO grants_versions (id, last) VALUES (1, 0);
ALTER TABLE users ADD COLUMN grants_version bigint NOT NULL DEFAULT 0;

INSERT INTO roles (name, description, created_at, updated_at, version, grants_version) VALUES
  ('admin', 'May everything.', now(), now(), 1, 0),
  ('operator', 'Keeps services running: objectives, rules, alerts.', now(), now(), 1, 0),
  ('auditor', 'Sees everything and changes nothing.', now(), now(), 1, 0),
  ('user', 'One''s own account, and nothing else.', now(), now(), 1, 0);

INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users;
