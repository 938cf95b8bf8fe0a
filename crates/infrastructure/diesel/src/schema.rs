//! The tables, as the migrations leave them in both databases.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    users (id) {
        id -> SqlId,
        email -> Text,
        email_canonical -> Text,
        username -> Nullable<Text>,
        display_name -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        status -> Text,
        email_verified_at -> Nullable<SqlInstant>,
        pending_email -> Nullable<Text>,
        last_login_at -> Nullable<SqlInstant>,
        deleted_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use crate::types::{SqlId, SqlInstant};

    sessions (id) {
        id -> SqlId,
        user_id -> SqlId,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::SqlInstant;

    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        sealed_private_key -> Binary,
        created_at -> SqlInstant,
        retired_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    // Kept by the library that migrates.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}
