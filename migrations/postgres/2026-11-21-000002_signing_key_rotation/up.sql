-- A key is published before it signs, and can be withdrawn. The version before makes keys that sign at once.
ALTER TABLE signing_keys
  ADD COLUMN signs_from timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN withdrawn_at timestamptz;

UPDATE signing_keys SET signs_from = created_at;
