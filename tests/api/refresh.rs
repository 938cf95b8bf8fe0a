//! Refresh tokens over HTTP.

use crate::{installed, on_both};
use futures::future::join_all;
use serde_json::json;
use std::collections::HashSet;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

const REFRESH: &str = "/api/v1/refresh";
const COOKIE: &str = "threshold_refresh";

async fn sign_in(client: &Client, delivery: &str) -> Answer {
    client.register("ada@example.org").await;
    let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD, "token_delivery": delivery});
    let answer = client.post("/api/v1/login", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

async fn by_body(client: &Client, token: &str) -> Answer {
    client.post(REFRESH, json!({"refresh_token": token})).await
}

async fn by_cookie(client: &Client, token: &str) -> Answer {
    let request = client.request("POST", REFRESH).header("cookie", format!("{COOKIE}={token}"));
    client.send(request.header("sec-fetch-site", "same-origin")).await
}

fn refresh_token(answer: &Answer) -> String {
    answer.text_of("refresh_token")
}

fn access_token(answer: &Answer) -> String {
    answer.text_of("access_token")
}

on_both! {
    async fn a_refresh_token_travels_in_a_cookie_that_scripts_can_not_read(server) {
        let client = server.client();
        let signed_in = sign_in(&client, "cookie").await;
        let line = signed_in.cookie_line(COOKIE).unwrap();
        assert!(line.ends_with("; HttpOnly; SameSite=Strict; Path=/api/v1"), "{line}");
        assert!(signed_in.body.get("refresh_token").is_none());
        let first = signed_in.cookie(COOKIE).unwrap();
        let answer = by_cookie(&client, &first).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{answer:?}");
        let second = answer.cookie(COOKIE).unwrap();
        assert_ne!(first, second);
        assert!(!answer.text.contains(&second));
        assert_eq!(client.me(&access_token(&answer)).await.status, 200);
        assert_eq!(by_cookie(&client, &second).await.status, 200);
    }

    async fn a_refresh_token_travels_in_the_body_where_it_was_asked_for(server) {
        let client = server.client();
        let signed_in = sign_in(&client, "body").await;
        assert_eq!(signed_in.cookie(COOKIE), None);
        let answer = by_body(&client, &refresh_token(&signed_in)).await;
        assert_eq!((answer.status, answer.cookie(COOKIE)), (200, None), "{answer:?}");
        assert_ne!(refresh_token(&answer), refresh_token(&signed_in));
        assert_eq!(answer.body["user"]["email"], "ada@example.org");
        assert_eq!(client.me(&access_token(&answer)).await.status, 200);
    }

    async fn fifty_at_once_leave_one_live_lineage(server) {
        let client = server.client();
        let first = refresh_token(&sign_in(&client, "body").await);
        let answers = join_all((0..50).map(|_| by_body(&client, &first))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let successors: HashSet<_> = answers.iter().map(refresh_token).collect();
        assert_eq!(successors.len(), 1);
        let second = successors.into_iter().next().unwrap();
        let third = refresh_token(&by_body(&client, &second).await);
        assert_eq!(by_body(&client, &first).await.code(), "refresh-reused", "its successor was used");
        assert_eq!(by_body(&client, &third).await.code(), "refresh-invalid");
    }

    async fn what_is_no_refresh_token_is_refused_and_its_cookie_taken_away(server) {
        let client = server.client();
        for token in ["", "x", &"A".repeat(70), &"A".repeat(5000), "\u{e9}"] {
            let answer = by_body(&client, token).await;
            assert_eq!((answer.status, answer.code()), (401, "refresh-invalid"), "{token}");
        }
        let answer = by_cookie(&client, "nonsense").await;
        assert_eq!((answer.status, answer.code()), (401, "refresh-invalid"));
        assert_eq!(answer.cookie(COOKIE), Some(String::new()));
        assert_eq!(client.send(client.request("POST", REFRESH)).await.code(), "refresh-invalid");
        let answer = client.post(REFRESH, json!({"refresh_token": 7, "x": 1})).await;
        assert_eq!(answer.status, 422);
    }

    async fn a_cookie_counts_only_from_our_own_site(server) {
        let client = server.client();
        let token = sign_in(&client, "cookie").await.cookie(COOKIE).unwrap();
        let request = || client.request("POST", REFRESH).header("cookie", format!("{COOKIE}={token}"));
        let foreign = [
            request(),
            request().header("sec-fetch-site", "cross-site"),
            request().header("origin", "https://evil.example"),
            request().header("origin", "null"),
            request().header("sec-fetch-site", "cross-site").header("origin", format!("http://{}", server.address)),
        ];
        for request in foreign {
            let answer = client.send(request).await;
            assert_eq!((answer.status, answer.code()), (403, "csrf-failed"));
        }
        let ours = request().header("origin", format!("http://{}", server.address));
        assert_eq!(client.send(ours).await.status, 200);
    }

    async fn logging_out_ends_the_refresh_token_too(server) {
        let client = server.client();
        let signed_in = sign_in(&client, "body").await;
        let answer = client.logout(&access_token(&signed_in)).await;
        assert_eq!((answer.status, answer.cookie(COOKIE)), (204, Some(String::new())));
        assert_eq!(answer.header("clear-site-data"), r#""cache", "storage""#);
        assert_eq!(by_body(&client, &refresh_token(&signed_in)).await.code(), "refresh-invalid");
    }

    async fn the_database_holds_no_token_and_no_row_a_refresh(server) {
        let client = server.client();
        let mut last = refresh_token(&sign_in(&client, "body").await);
        for _ in 0..20 {
            last = refresh_token(&by_body(&client, &last).await);
        }
        let bearer = access_token(&by_body(&client, &last).await);
        let listed = client.send(client.request("GET", "/api/v1/users/me/sessions").bearer_auth(bearer)).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_used_token_that_comes_back_after_a_restart_ends_its_session() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let server = installation.start().await;
        let client = server.client();
        let first = refresh_token(&sign_in(&client, "body").await);
        let second = refresh_token(&by_body(&client, &first).await);
        let third = by_body(&client, &second).await;
        drop(server);
        let server = installation.start().await;
        let client = server.client();
        assert_eq!(client.me(&access_token(&third)).await.status, 200);
        assert_eq!(by_body(&client, &first).await.code(), "refresh-reused");
        assert_eq!(by_body(&client, &refresh_token(&third)).await.code(), "refresh-invalid");
        assert_eq!(client.me(&access_token(&third)).await.code(), "token-revoked");
    }
}

#[tokio::test]
async fn more_refreshes_at_once_than_connections_all_finish() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let server = installed(backend).await.with("DATABASE__MAX_CONNECTIONS", "3").start().await;
        let client = server.client();
        client.register("ada@example.org").await;
        let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD, "token_delivery": "body"});
        let mut tokens = Vec::new();
        for _ in 0..12 {
            tokens.push(refresh_token(&client.post("/api/v1/login", body.clone()).await));
        }
        let answers = join_all(tokens.iter().map(|token| by_body(&client, token))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    }
}

#[tokio::test]
async fn idle_and_absolute_lifetimes_are_kept() {
    let server = installed(Backend::Sqlite)
        .await
        .with("TOKENS__REFRESH_IDLE_LIFETIME", "1s")
        .with("TOKENS__REFRESH_ABSOLUTE_LIFETIME", "3s")
        .start()
        .await;
    let client = server.client();
    let idle = refresh_token(&sign_in(&client, "body").await);
    let mut used = refresh_token(&sign_in(&client, "body").await);
    let mut renewals = 0;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let answer = by_body(&client, &used).await;
        if answer.status != 200 {
            assert_eq!(answer.code(), "refresh-invalid");
            break;
        }
        renewals += 1;
        used = refresh_token(&answer);
    }
    assert!(renewals >= 4, "it lived longer than an idle one: {renewals} renewals");
    assert_eq!(by_body(&client, &idle).await.code(), "refresh-invalid");
}

#[tokio::test]
async fn behind_https_the_cookies_have_their_prefixes() {
    let server = installed(Backend::Sqlite).await.with("SERVER__PUBLIC_URL", "https://id.example.org").start().await;
    let client = server.client();
    let line = sign_in(&client, "cookie").await.cookie_line("__Secure-threshold_refresh").unwrap();
    assert!(line.ends_with("; HttpOnly; SameSite=Strict; Secure; Path=/api/v1"), "{line}");
    let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD, "remember": true});
    let answer = client.post("/api/v1/sessions", body).await;
    let line = answer.cookie_line("__Host-threshold_session").unwrap();
    assert!(line.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2592000"), "{line}");
    let line = answer.cookie_line("__Host-threshold_csrf").unwrap();
    assert!(!line.contains("HttpOnly") && line.contains("; Secure; Path=/"), "{line}");
    let line = answer.cookie_line("threshold_device").unwrap();
    assert!(line.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=31536000"), "{line}");
}
