CREATE TABLE signing_keys (
  kid text NOT NULL PRIMARY KEY,
  algorithm text NOT NULL CHECK (algorithm IN ('EdDSA', 'ES256')),
  sealed_private_key bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz
);

-- One key an algorithm signs.
CREATE UNIQUE INDEX signing_keys_algorithm_key ON signing_keys (algorithm) WHERE retired_at IS NULL;
