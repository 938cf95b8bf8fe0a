DELETE FROM jobs WHERE kind = 'send_link' AND payload LIKE '%"invite"%';
DELETE FROM account_links WHERE purpose = 'invite';
ALTER TABLE account_links DROP CONSTRAINT account_links_purpose_check;
ALTER TABLE account_links ADD CONSTRAINT account_links_purpose_check
  CHECK (purpose IN ('verify_email', 'change_email', 'reset_password'));

DROP INDEX user_roles_role_idx;
CREATE INDEX user_roles_role_idx ON user_roles (role, user_id) WHERE role <> 'user';
DROP INDEX users_deleted_at_idx;
CREATE INDEX users_deleted_at_idx ON users (deleted_at) WHERE deleted_at IS NOT NULL;
DROP INDEX users_status_idx;
DROP INDEX users_last_login_at_idx;
DROP INDEX users_created_at_idx;
-- The extension stays: others in this database may use it by now.
DROP TABLE user_search;
