ALTER TABLE signing_keys DROP COLUMN signs_from, DROP COLUMN withdrawn_at;
