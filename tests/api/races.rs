//! What is decided of somebody while somebody else changes it: on PostgreSQL, where both go on at once.

use crate::administration::id_of;
use crate::{access::admin_of, installed};
use serde_json::json;
use std::time::{Duration, Instant};
use threshold_tests::{Backend, GOOD_PASSWORD, Installation};

const ADA: &str = "ada@example.org";

/// Waits until somebody waits for a lock that another one holds.
pub(crate) async fn until_somebody_waits(installation: &Installation) {
    let watcher = installation.postgres.as_ref().unwrap().client().await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let started = Instant::now();
    while watcher.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "nobody waits");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn who_became_the_last_administrator_a_moment_ago_stays() {
    let installation = installed(Backend::Postgres).await;
    let server = installation.start().await;
    let client = server.client();
    admin_of(&installation, &client, "root@example.org").await;
    let token = client.token_of_new(ADA).await;
    let id = id_of(&client, &token).await;
    let other = installation.postgres.as_ref().unwrap().client().await;
    let hand_over = format!(
        "BEGIN; UPDATE grants_versions SET last = last + 1; DELETE FROM user_roles WHERE role = 'admin'; \
         INSERT INTO user_roles (user_id, role) VALUES ('{id}', 'admin')"
    );
    other.batch_execute(&hand_over).await.unwrap();
    let delete =
        client.request("DELETE", "/api/v1/users/me").bearer_auth(&token).json(&json!({"password": GOOD_PASSWORD}));
    let deleting = tokio::spawn({
        let client = client.clone();
        async move { client.send(delete).await }
    });
    until_somebody_waits(&installation).await;
    other.batch_execute("COMMIT").await.unwrap();
    let refused = deleting.await.unwrap();
    assert_eq!((refused.status, refused.code()), (409, "last-admin"));
}

#[tokio::test]
async fn who_was_suspended_a_moment_ago_does_not_get_in() {
    let installation = installed(Backend::Postgres).await;
    let server = installation.start().await;
    let client = server.client();
    client.register(ADA).await;
    let other = installation.postgres.as_ref().unwrap().client().await;
    other.batch_execute("BEGIN; UPDATE users SET status = 'suspended', version = version + 1").await.unwrap();
    let signing_in = tokio::spawn({
        let client = client.clone();
        async move { client.login(ADA, GOOD_PASSWORD).await }
    });
    until_somebody_waits(&installation).await;
    other.batch_execute("COMMIT").await.unwrap();
    let refused = signing_in.await.unwrap();
    assert_eq!((refused.status, refused.code()), (401, "invalid-credentials"));
}
