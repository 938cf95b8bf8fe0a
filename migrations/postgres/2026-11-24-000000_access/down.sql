ALTER TABLE users DROP COLUMN grants_version;
DROP TABLE grants_versions;
DROP TABLE user_roles;
DROP TABLE role_permissions;
DROP TABLE roles;
DROP TABLE permissions;
