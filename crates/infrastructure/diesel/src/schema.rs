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
        grants_changed_at -> Nullable<SqlInstant>,
        grants_version -> BigInt,
        password_version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    sessions (id) {
        id -> SqlId,
        user_id -> SqlId,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        kind -> Text,
        remembered -> Bool,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        last_seen_at -> SqlInstant,
        idle_until -> SqlInstant,
        secret_digest -> Binary,
        generation -> BigInt,
        renewed_at -> SqlInstant,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::types::SqlInstant;

    failed_attempts (key) {
        key -> Binary,
        failures -> BigInt,
        since -> SqlInstant,
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
        signs_from -> SqlInstant,
        withdrawn_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    // Kept by the library that migrates.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    jobs (id) {
        id -> SqlId,
        kind -> Text,
        payload -> Text,
        priority -> BigInt,
        state -> Text,
        attempts -> BigInt,
        run_at -> SqlInstant,
        expires_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        claimed_by -> Nullable<SqlId>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::SqlInstant;

    job_ticks (schedule) {
        schedule -> Text,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    account_links (id) {
        id -> SqlId,
        user_id -> SqlId,
        purpose -> Text,
        email -> Text,
        digest -> Binary,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
        used_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    permissions (name) {
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::types::SqlInstant;

    roles (name) {
        name -> Text,
        description -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> BigInt,
        grants_version -> BigInt,
        grants_changed_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    role_permissions (role, permission) {
        role -> Text,
        permission -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::SqlId;

    user_roles (user_id, role) {
        user_id -> SqlId,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;

    grants_versions (id) {
        id -> BigInt,
        last -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    api_keys (id) {
        id -> SqlId,
        name -> Text,
        prefix -> Text,
        digest -> Binary,
        created_by_user -> Nullable<SqlId>,
        created_by_key -> Nullable<SqlId>,
        created_at -> SqlInstant,
        expires_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
        last_used_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::types::SqlId;

    api_key_permissions (api_key_id, permission) {
        api_key_id -> SqlId,
        permission -> Text,
    }
}

diesel::joinable!(user_roles -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(user_roles, users);

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::SqlInstant;

    audit_segments (lane, number) {
        lane -> BigInt,
        number -> BigInt,
        state -> Text,
        records -> BigInt,
        checkpointed -> BigInt,
        hash -> Binary,
        signature -> Binary,
        opened_at -> SqlInstant,
        closed_at -> Nullable<SqlInstant>,
        emptied_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::types::{SqlId, SqlInstant};

    audit_records (lane, segment, position) {
        lane -> BigInt,
        segment -> BigInt,
        position -> BigInt,
        id -> SqlId,
        at -> SqlInstant,
        action -> Text,
        actor -> Text,
        subject -> Nullable<Text>,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        request_id -> Nullable<Text>,
        details -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::types::SqlInstant;

    audit_checkpoints (number) {
        number -> BigInt,
        at -> SqlInstant,
        previous -> Binary,
        heads -> Text,
        hash -> Binary,
        signature -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::types::SqlId;

    user_search (number) {
        number -> BigInt,
        user_id -> SqlId,
        text -> Text,
    }
}
