-- Names are compared byte by byte, whatever the language of the database.
CREATE TABLE users (
  id uuid NOT NULL PRIMARY KEY,
  email text NOT NULL,
  email_canonical text COLLATE "C" NOT NULL,
  username text COLLATE "C",
  display_name text,
  password_hash text,
  status text NOT NULL CHECK (status IN ('unverified', 'active', 'suspended')),
  email_verified_at timestamptz,
  pending_email text,
  last_login_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version bigint NOT NULL CHECK (version >= 1)
);

-- Deleted users give their names free.
CREATE UNIQUE INDEX users_email_key ON users (email_canonical) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username_key ON users (username) WHERE deleted_at IS NULL;
