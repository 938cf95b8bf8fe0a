//! What is deleted is erased in the end.

use crate::jobs::opened;
use crate::{PATIENCE, installed};
use chrono::TimeDelta;
use std::time::Instant;
use threshold_application::ports::{AccountReader, Clock, IdGenerator};
use threshold_domain::accounts::{Email, Login, UserId};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_in_process::{SystemClock, UuidV7Ids};
use threshold_tests::{Backend, GOOD_PASSWORD, Installation};

/// Has the running service enforce the retention now.
async fn enforce(installation: &Installation) {
    let (now, database) = (SystemClock.now(), opened(installation).await);
    let mut tx = database.unit_of_work().begin().await.unwrap();
    let id = JobId::new(UuidV7Ids::default().next());
    tx.jobs().enqueue(&Job::new(id, Task::EnforceRetention, now, now)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn hash_of(accounts: &dyn AccountReader, email: &str) -> String {
    let login = Login::Email(Email::parse(email).unwrap());
    accounts.find_by_login(&login).await.unwrap().unwrap().password_hash.unwrap().expose().to_owned()
}

/// Deletes an account as if it had been an hour ago.
async fn delete_an_hour_ago(installation: &Installation, user: UserId) {
    let database = opened(installation).await;
    let mut tx = database.unit_of_work().begin().await.unwrap();
    let user = tx.users().lock(user).await.unwrap().unwrap();
    tx.users().update(&user.deleted(SystemClock.now() - TimeDelta::hours(1))).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_deleted_account_is_erased_after_its_time_and_the_log_names_its_id_alone() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await.with("RETENTION__DELETED_ACCOUNTS", "59m");
        let mut server = installation.start().await;
        let client = server.client();
        let (token, stays) =
            (client.token_of_new("ada@example.org").await, client.token_of_new("bob@example.org").await);
        let id = UserId::new(client.me(&token).await.text_of("id").parse().unwrap());
        delete_an_hour_ago(&installation, id).await;
        enforce(&installation).await;
        let line = server.wait_for_line("erased an account whose retention is over").await;
        assert_eq!(line["user"], id.to_string(), "{line}");
        let started = Instant::now();
        // The run at the start had nothing to do.
        while !server.log().lines().any(|line| line.contains("kept long enough") && line.contains(r#""accounts":1"#)) {
            assert!(started.elapsed() < PATIENCE, "{}", server.log());
            tokio::task::yield_now().await;
        }
        assert!(!server.log().contains("ada@example.org"));
        assert_eq!(client.me(&stays).await.status, 200);
    }
}

#[tokio::test]
async fn a_hash_made_cheaper_before_is_made_anew_at_sign_in() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let earlier = installation.start().await;
        for email in ["ada@example.org", "bob@example.org"] {
            assert_eq!(earlier.client().register(email).await.status, 201);
        }
        drop(earlier);
        let installation = installation.with("PASSWORD__BCRYPT_COST", "5");
        let server = installation.start().await;
        let database = opened(&installation).await;
        let accounts = database.accounts();
        let before = hash_of(accounts.as_ref(), "bob@example.org").await;
        assert!(before.starts_with("$2b$04$"));
        assert_eq!(server.client().login("ada@example.org", GOOD_PASSWORD).await.status, 200);
        assert!(hash_of(accounts.as_ref(), "ada@example.org").await.starts_with("$2b$05$"));
        assert_eq!(hash_of(accounts.as_ref(), "bob@example.org").await, before, "who has not signed in keeps theirs");
        assert_eq!(server.client().login("ada@example.org", GOOD_PASSWORD).await.status, 200);
    }
}
