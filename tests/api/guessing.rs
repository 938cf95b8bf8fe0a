//! Guessing passwords over HTTP.

use crate::{installed, on_both};
use futures::future::join_all;
use serde_json::json;
use threshold_tests::{Backend, GOOD_PASSWORD};

const WRONG: &str = "something else 11";

on_both! {
    async fn after_ten_failures_the_right_password_is_refused_too(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        for name in ["ada@example.org", "nobody@example.org"] {
            for _ in 0..10 {
                assert_eq!(client.login(name, WRONG).await.code(), "invalid-credentials");
            }
            let answer = client.login(name, GOOD_PASSWORD).await;
            assert_eq!((answer.status, answer.code()), (429, "too-many-attempts"), "{name}");
            let wait: u64 = answer.header("retry-after").parse().unwrap();
            assert!((800..=900).contains(&wait), "{wait}");
        }
        assert!((server.metric("threshold_sign_ins_total{outcome=\"throttled\"} ").await - 2.0).abs() < 0.1);
    }

    async fn of_fifty_guesses_at_once_ten_are_looked_at(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        let answers = join_all((0..50).map(|_| client.login("ada@example.org", WRONG))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 10);
        assert_eq!(answers.iter().filter(|answer| answer.code() == "too-many-attempts").count(), 40);
    }

    async fn fifty_right_passwords_at_once_are_all_let_in(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        let answers = join_all((0..50).map(|_| client.login("ada@example.org", GOOD_PASSWORD))).await;
        let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
        assert!(refused.is_empty(), "{}", server.log());
    }

    async fn a_device_that_has_signed_in_before_is_counted_by_itself(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        let device = client.login("ada@example.org", GOOD_PASSWORD).await.cookie("threshold_device").unwrap();
        for _ in 0..10 {
            client.login("ada@example.org", WRONG).await;
        }
        assert_eq!(client.login("ada@example.org", GOOD_PASSWORD).await.code(), "too-many-attempts");
        let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
        let login = |cookie: String| client.request("POST", "/api/v1/login").header("cookie", cookie).json(&body);
        assert_eq!(client.send(login(format!("threshold_device={device}"))).await.status, 200);
        for forged in [format!("{device}AAAA"), "A".repeat(device.len()), "x".to_owned(), "A".repeat(9000)] {
            let answer = client.send(login(format!("threshold_device={forged}"))).await;
            assert_eq!(answer.code(), "too-many-attempts", "{forged:.20}");
        }
    }
}

#[tokio::test]
async fn failures_are_remembered_over_a_restart() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let server = installation.start().await;
        server.client().register("ada@example.org").await;
        for _ in 0..10 {
            server.client().login("ada@example.org", WRONG).await;
        }
        drop(server);
        let server = installation.start().await;
        assert_eq!(server.client().login("ada@example.org", GOOD_PASSWORD).await.code(), "too-many-attempts");
    }
}
