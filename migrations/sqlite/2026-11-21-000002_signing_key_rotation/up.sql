-- A key is published before it signs, and can be withdrawn. The version before makes keys that sign at once.
ALTER TABLE signing_keys ADD COLUMN signs_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signing_keys ADD COLUMN withdrawn_at INTEGER;

UPDATE signing_keys SET signs_from = created_at;
