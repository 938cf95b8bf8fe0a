//! The link that makes the first administrator.

use crate::access::{admin_of, ask};
use crate::{installed, on_both};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD, Installation, Server};

const SETUP: &str = "/api/v1/setup";
const LINK: &str = "/setup?token=";
const ROOT: &str = "root@example.org";

/// The token of the link that the server has shown. It comes after the line that says where it listens.
async fn token(server: &mut Server) -> String {
    server.wait_for_text(LINK).await.split(LINK).nth(1).unwrap().to_owned()
}

fn administrator(token: &str, email: &str) -> Value {
    json!({"token": token, "email": email, "password": GOOD_PASSWORD})
}

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

async fn set_up(client: &Client, token: &str) -> Answer {
    client.post(SETUP, administrator(token, ROOT)).await
}

/// Whether a server that starts now shows a link.
async fn shows_link(installation: &Installation) -> bool {
    let mut server = installation.start().await;
    server.signal("TERM");
    server.ended().await;
    server.log().contains(LINK)
}

on_both! {
    async fn the_link_makes_one_administrator_and_no_other(server, installation) {
        let mut server = server;
        let (client, token) = (server.client(), token(&mut server).await);
        for wrong in ["", "x", &token[1..], &format!("{token}x")] {
            assert_eq!(outcome(&set_up(&client, wrong).await), (403, "setup-token-invalid"), "{wrong}");
        }
        let mut named = administrator(&token, ROOT);
        named["username"] = "admin".into();
        let made = client.post(SETUP, named).await;
        assert_eq!((made.status, made.header("location")), (201, "/api/v1/users/me"), "{made:?}");
        assert_eq!((&made.body["status"], &made.body["roles"]), (&json!("active"), &json!(["admin", "user"])));
        assert!(made.body["email_verified_at"].is_string() && made.body["username"] == "admin", "{made:?}");
        let root = client.token_of(ROOT).await;
        assert_eq!(ask(&client, &root, "GET", "/api/v1/admin/users", None).await.status, 200);
        let again = client.post(SETUP, administrator(&token, "eve@example.org")).await;
        assert_eq!(outcome(&again), (409, "already-set-up"));
        assert_eq!(outcome(&set_up(&client, "x").await), (403, "setup-token-invalid"), "a stranger learns nothing");
        let records = ask(&client, &root, "GET", "/api/v1/admin/audit?action=user_created", None).await;
        assert!(records.text.contains("set_up") && records.text.contains("admin user"), "{records:?}");
        assert!(!shows_link(&installation).await, "nobody is invited to what is no more");
    }
}

#[tokio::test]
async fn of_many_at_once_one_becomes_the_administrator() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let mut server = installed(backend).await.start().await;
        let (client, token) = (server.client(), token(&mut server).await);
        let bodies = (0..6).map(|number| administrator(&token, &format!("root{number}@example.org")));
        let answers = futures::future::join_all(bodies.map(|body| client.post(SETUP, body))).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409], "{backend:?}");
    }
}

#[tokio::test]
async fn the_link_is_for_people_at_the_start_and_not_in_the_log() {
    let installation = installed(Backend::Sqlite).await.with("SERVER__PUBLIC_URL", "http://users.example.org");
    let mut tokens = BTreeSet::new();
    for _start in 0..2 {
        let mut server = installation.start().await;
        tokens.insert(token(&mut server).await);
        set_up(&server.client(), "wrong").await;
        server.signal("TERM");
        server.ended().await;
        let log = server.log();
        let with_link: Vec<_> = log.lines().filter(|line| line.contains(LINK)).collect();
        assert!(matches!(with_link[..], [line] if line.contains(" http://users.example.org/setup?")), "{with_link:?}");
        assert!(
            with_link.iter().all(|line| serde_json::from_str::<Value>(line).is_err()),
            "no line of the log: {with_link:?}"
        );
    }
    assert_eq!(tokens.len(), 1, "the link that was shown first is still good");
    let other = installed(Backend::Sqlite).await.with("SECRET_KEY", &"77".repeat(32));
    assert!(!tokens.contains(&token(&mut other.start().await).await), "each secret key has its own");
}

#[tokio::test]
async fn an_administrator_from_the_command_line_closes_the_link() {
    let installation = installed(Backend::Sqlite).await;
    let mut server = installation.start().await;
    let (client, token) = (server.client(), token(&mut server).await);
    admin_of(&installation, &client, ROOT).await;
    let late = client.post(SETUP, administrator(&token, "eve@example.org")).await;
    assert_eq!(outcome(&late), (409, "already-set-up"));
    assert!(!shows_link(&installation).await);
}

#[tokio::test]
async fn setting_up_is_guarded_like_a_sign_in() {
    let installation = installed(Backend::Sqlite).await.with("RATE_LIMIT__AUTH_PER_MINUTE", "3");
    let mut server = installation.start().await;
    let (client, token) = (server.client(), token(&mut server).await);
    let foreign =
        client.request("POST", SETUP).header("sec-fetch-site", "cross-site").json(&administrator(&token, ROOT));
    assert_eq!(outcome(&client.send(foreign).await), (403, "csrf-failed"));
    let weak = client.post(SETUP, json!({"token": token, "email": ROOT, "password": "root"})).await;
    assert_eq!((weak.status, weak.faults()), (422, vec![("password".to_owned(), "too-short".to_owned())]));
    assert_eq!(outcome(&set_up(&client, "wrong").await), (403, "setup-token-invalid"));
    assert_eq!(outcome(&set_up(&client, &token).await), (429, "rate-limited"));
}

#[tokio::test]
async fn somebody_who_has_the_name_already_keeps_it() {
    let mut server = installed(Backend::Sqlite).await.start().await;
    let (client, token) = (server.client(), token(&mut server).await);
    client.register(ROOT).await;
    assert_eq!(outcome(&set_up(&client, &token).await), (409, "email-taken"));
    assert_eq!(client.post(SETUP, administrator(&token, "other@example.org")).await.status, 201);
}
