//! The two databases have the same tables, columns, keys and indexes; all but the index of trigrams, which is an index in the one
//! and a table with tables of its own in the other.

use crate::fixture::{Kind, Place};

const TABLES_SQLITE: &str = "SELECT name AS line FROM sqlite_schema \
    WHERE type = 'table' AND name NOT GLOB 'user_search_index*' ORDER BY 1";
const TABLES_POSTGRES: &str = "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

const COLUMNS_SQLITE: &str = r#"
    SELECT t.name || '.' || c.name || ' ' || lower(c.type) || iif(c."notnull", ' not null', '')
        || iif(c.pk, ' key', '') AS line
    FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE '\_\_%' ESCAPE '\' AND t.name NOT GLOB 'user_search_index*' ORDER BY 1"#;
const COLUMNS_POSTGRES: &str = r"
    SELECT c.table_name || '.' || c.column_name || ' '
        || CASE c.data_type WHEN 'uuid' THEN 'blob' WHEN 'bytea' THEN 'blob' WHEN 'bigint' THEN 'integer'
           WHEN 'timestamp with time zone' THEN 'integer' WHEN 'boolean' THEN 'integer' ELSE c.data_type END
        || CASE c.is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
        || CASE WHEN k.column_name IS NULL THEN '' ELSE ' key' END AS line
    FROM information_schema.columns c
    LEFT JOIN information_schema.key_column_usage k
        ON (k.table_name, k.column_name, k.constraint_name)
         = (c.table_name, c.column_name, c.table_name || '_pkey')
    WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\_\_%' ORDER BY 1";

const INDEXES_SQLITE: &str = r#"
    SELECT i.name || ' on ' || t.name || ' (' || group_concat(c.name) || ')' || iif(i."unique", ' unique', '')
        || iif(i.partial, ' where ' || (SELECT substr(sql, instr(sql, 'WHERE ') + 6) FROM sqlite_schema WHERE name = i.name), '')
        AS line
    FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
    WHERE t.type = 'table' AND i.origin = 'c' GROUP BY i.name ORDER BY 1"#;
const INDEXES_POSTGRES: &str = r"
    SELECT i.relname || ' on ' || t.relname || ' (' || string_agg(a.attname, ',' ORDER BY a.attnum) || ')'
        || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
        || COALESCE(' where ' || replace(trim(BOTH '()' FROM pg_get_expr(x.indpred, x.indrelid)), '::text', ''), '') AS line
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_attribute a ON a.attrelid = i.oid
    WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary AND i.relname <> 'user_search_index'
    GROUP BY i.relname, t.relname, x.indisunique, x.indpred, x.indrelid ORDER BY 1";

const FOREIGN_KEYS_SQLITE: &str = r#"
    SELECT t.name || '.' || k."from" || ' to ' || k."table" || '.' || k."to" || ' ' || k.on_delete AS line
    FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table' ORDER BY 1"#;
const FOREIGN_KEYS_POSTGRES: &str = r"
    SELECT k.table_name || '.' || k.column_name || ' to ' || u.table_name || '.' || u.column_name || ' ' || r.delete_rule AS line
    FROM information_schema.referential_constraints r
    JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name)
    JOIN information_schema.key_column_usage u ON u.constraint_schema = r.unique_constraint_schema
        AND u.constraint_name = r.unique_constraint_name AND u.ordinal_position = k.position_in_unique_constraint
    ORDER BY 1";

/// The names of all tables.
pub(crate) fn tables(place: &Place) -> &'static str {
    match place {
        Place::Sqlite(_) => TABLES_SQLITE,
        Place::Postgres(_) => TABLES_POSTGRES,
    }
}

async fn both(on_sqlite: &str, on_postgres: &str) -> (Vec<String>, Vec<String>) {
    let (sqlite, postgres) = (Place::new(Kind::Sqlite).await, Place::new(Kind::Postgres).await);
    drop((sqlite.migrated().await, postgres.migrated().await));
    let mut both = (sqlite.lines(on_sqlite).await, postgres.lines(on_postgres).await);
    // Each database has its own idea of the order of punctuation.
    both.0.sort_unstable();
    both.1.sort_unstable();
    both
}

#[tokio::test]
async fn tables_are_the_same() {
    let (sqlite, postgres) = both(TABLES_SQLITE, TABLES_POSTGRES).await;
    assert_eq!(sqlite, postgres);
    assert!(sqlite.contains(&"users".to_owned()));
}

#[tokio::test]
async fn columns_are_the_same() {
    let (sqlite, postgres) = both(COLUMNS_SQLITE, COLUMNS_POSTGRES).await;
    assert_eq!(sqlite, postgres);
    assert!(sqlite.contains(&"users.id blob not null key".to_owned()), "{sqlite:?}");
}

#[tokio::test]
async fn indexes_are_the_same() {
    let (sqlite, postgres) = both(INDEXES_SQLITE, INDEXES_POSTGRES).await;
    assert_eq!(sqlite, postgres);
    let expected = "users_email_key on users (email_canonical) unique where deleted_at IS NULL";
    assert!(sqlite.contains(&expected.to_owned()), "{sqlite:?}");
}

#[tokio::test]
async fn foreign_keys_are_the_same() {
    let (sqlite, postgres) = both(FOREIGN_KEYS_SQLITE, FOREIGN_KEYS_POSTGRES).await;
    assert_eq!(sqlite, postgres);
    let expected = [
        "account_links.user_id to users.id CASCADE",
        "api_key_permissions.api_key_id to api_keys.id CASCADE",
        "api_key_permissions.permission to permissions.name NO ACTION",
        "api_keys.created_by_key to api_keys.id SET NULL",
        "api_keys.created_by_user to users.id SET NULL",
        "audit_records.lane to audit_segments.lane NO ACTION",
        "audit_records.segment to audit_segments.number NO ACTION",
        "role_permissions.permission to permissions.name NO ACTION",
        "role_permissions.role to roles.name CASCADE",
        "sessions.user_id to users.id CASCADE",
        "user_roles.role to roles.name NO ACTION",
        "user_roles.user_id to users.id CASCADE",
        "user_search.user_id to users.id CASCADE",
    ];
    assert_eq!(sqlite, expected);
}
