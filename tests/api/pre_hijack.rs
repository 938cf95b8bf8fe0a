//! Whoever registers somebody else's address first gains nothing by it: once its owner has the account, nobody else does.

use crate::{installed, on_both};
use serde_json::json;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD, Server};

const VICTIM: &str = "victim@example.org";
const ATTACKER: &str = "attacker@example.org";
const OWN_PASSWORD: &str = "seventeen amber lanterns 4";

/// What an attacker holds who was there first: a password, tokens, a browser, and a link for an address of their own.
struct Attacker {
    token: String,
    refresh: String,
    cookie: String,
    link: String,
}

impl Attacker {
    async fn registers_first(server: &Server) -> Self {
        let client = server.client();
        let token = client.token_of_new(VICTIM).await;
        let sign_in = json!({"email": VICTIM, "password": GOOD_PASSWORD, "token_delivery": "body"});
        let refresh = client.post("/api/v1/login", sign_in).await.text_of("refresh_token");
        let browser = json!({"email": VICTIM, "password": GOOD_PASSWORD});
        let cookie = client.post("/api/v1/sessions", browser).await.cookie("threshold_session").unwrap();
        let wish = client.request("PUT", "/api/v1/users/me").bearer_auth(&token).json(&json!({"email": ATTACKER}));
        assert_eq!(client.send(wish).await.status, 200);
        let link = server.mails().secret(ATTACKER, 1, "verify").await;
        Self { token, refresh, cookie, link }
    }

    /// Everything is tried; nothing works.
    async fn has_nothing_left(&self, client: &Client) {
        let refused = |answer: Answer, code: &str| assert_eq!((answer.status / 100, answer.code()), (4, code));
        refused(client.login(VICTIM, GOOD_PASSWORD).await, "invalid-credentials");
        refused(client.me(&self.token).await, "token-revoked");
        refused(client.post("/api/v1/refresh", json!({"refresh_token": self.refresh})).await, "refresh-invalid");
        let cookie = format!("threshold_session={}", self.cookie);
        let by_cookie = client.request("GET", "/api/v1/users/me").header("cookie", cookie);
        refused(client.send(by_cookie).await, "token-revoked");
        refused(client.get(&format!("/api/v1/verify/{}", self.link)).await, "token-used");
    }
}

async fn reset_by_mail(server: &Server, mails: usize) {
    let client = server.client();
    client.post("/api/v1/password/forgot", json!({"email": VICTIM})).await;
    let secret = server.mails().secret(VICTIM, mails, "reset").await;
    let reset = json!({"token": secret, "new_password": OWN_PASSWORD});
    assert_eq!(client.post("/api/v1/password/reset", reset).await.status, 204);
}

async fn belongs_to_the_victim(client: &Client) {
    let signed_in = client.login(VICTIM, OWN_PASSWORD).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let user = |member: &str| signed_in.body.pointer(&format!("/user/{member}")).cloned();
    assert_eq!((user("status"), user("pending_email")), (Some(json!("active")), Some(json!(null))));
}

#[tokio::test]
async fn the_operator_makes_no_stranger_an_administrator() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let server = installation.start().await;
        let attacker = Attacker::registers_first(&server).await;
        let create = || {
            let output = installation.command(&["admin", "create", "--email", VICTIM]).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let (code, told) = create();
        assert!(code == Some(1) && told.contains("forgot password"), "{told}");
        let client = server.client();
        assert_eq!(client.me(&attacker.token).await.body["roles"], json!(["user"]));
        server.mails().wait_for(VICTIM, 2).await;
        reset_by_mail(&server, 3).await;
        assert_eq!(create(), (Some(0), String::new()));
        attacker.has_nothing_left(&client).await;
        belongs_to_the_victim(&client).await;
        let signed_in = client.login(VICTIM, OWN_PASSWORD).await;
        assert_eq!(signed_in.body["user"]["roles"], json!(["admin", "user"]));
    }
}

on_both! {
    async fn the_owner_of_the_address_chooses_a_password_by_mail(server) {
        let attacker = Attacker::registers_first(&server).await;
        server.mails().wait_for(VICTIM, 2).await;
        reset_by_mail(&server, 3).await;
        attacker.has_nothing_left(&server.client()).await;
        belongs_to_the_victim(&server.client()).await;
    }

    async fn the_owner_registers_again_and_is_led_to_their_mails(server) {
        let attacker = Attacker::registers_first(&server).await;
        let client = server.client();
        let again = client.post("/api/v1/register", json!({"email": VICTIM, "password": OWN_PASSWORD})).await;
        assert_eq!((again.status, again.code()), (409, "email-taken"));
        assert_eq!(client.login(VICTIM, OWN_PASSWORD).await.code(), "invalid-credentials", "which changes nothing");
        server.mails().wait_for(VICTIM, 2).await;
        reset_by_mail(&server, 3).await;
        attacker.has_nothing_left(&client).await;
        belongs_to_the_victim(&client).await;
    }

    async fn the_owner_proves_the_address_first_and_then_chooses_a_password(server) {
        let attacker = Attacker::registers_first(&server).await;
        let client = server.client();
        server.mails().wait_for(VICTIM, 2).await;
        client.post("/api/v1/verify/resend", json!({"email": VICTIM})).await;
        let secret = server.mails().secret(VICTIM, 3, "verify").await;
        assert_eq!(client.get(&format!("/api/v1/verify/{secret}")).await.status, 200);
        reset_by_mail(&server, 4).await;
        attacker.has_nothing_left(&client).await;
        belongs_to_the_victim(&client).await;
    }

    async fn an_address_that_waits_gives_nobody_a_hold_on_it(server) {
        let client = server.client();
        let attacker = client.token_of_new(ATTACKER).await;
        let wish = client.request("PUT", "/api/v1/users/me").bearer_auth(&attacker).json(&json!({"email": VICTIM}));
        assert_eq!(client.send(wish).await.status, 200);
        let first = server.mails().secret(VICTIM, 1, "verify").await;
        let registered = client.post("/api/v1/register", json!({"email": VICTIM, "password": OWN_PASSWORD})).await;
        assert_eq!(registered.status, 201);
        let stolen = client.get(&format!("/api/v1/verify/{first}")).await;
        assert_eq!((stolen.status, stolen.code()), (409, "email-taken"));
        assert_eq!(client.login(VICTIM, OWN_PASSWORD).await.body["user"]["email"], VICTIM);
    }

    async fn a_changed_password_withdraws_an_address_that_waits(server) {
        let client = server.client();
        let token = client.token_of_new(VICTIM).await;
        let wish = client.request("PUT", "/api/v1/users/me").bearer_auth(&token).json(&json!({"email": ATTACKER}));
        assert_eq!(client.send(wish).await.status, 200);
        let link = server.mails().secret(ATTACKER, 1, "verify").await;
        let body = json!({"current_password": GOOD_PASSWORD, "new_password": OWN_PASSWORD});
        let change = client.request("POST", "/api/v1/password/change").bearer_auth(&token).json(&body);
        assert_eq!(client.send(change).await.status, 204);
        let stolen = client.get(&format!("/api/v1/verify/{link}")).await;
        assert_eq!((stolen.status, stolen.code()), (410, "token-used"));
        assert_eq!(client.me(&token).await.body["pending_email"], json!(null));
    }
}
