CREATE TABLE signing_keys (
  kid TEXT NOT NULL PRIMARY KEY,
  algorithm TEXT NOT NULL CHECK (algorithm IN ('EdDSA', 'ES256')),
  sealed_private_key BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT, WITHOUT ROWID;

-- One key an algorithm signs.
CREATE UNIQUE INDEX signing_keys_algorithm_key ON signing_keys (algorithm) WHERE retired_at IS NULL;
