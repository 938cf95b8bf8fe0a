-- Whoever has proven a password has proven one version of it.
ALTER TABLE users ADD COLUMN password_version bigint NOT NULL DEFAULT 0;

-- An address that is to take the place of another is proven by links of their own.
ALTER TABLE account_links DROP CONSTRAINT account_links_purpose_check;
ALTER TABLE account_links ADD CONSTRAINT account_links_purpose_check
  CHECK (purpose IN ('verify_email', 'change_email', 'reset_password'));
