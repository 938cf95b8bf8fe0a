//! Proving an address by mail, and choosing a new password, by mail or by the old one.

use crate::{installed, on_both};
use serde_json::json;
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

const ADA: &str = "ada@example.org";
const NEW_PASSWORD: &str = "seventeen amber lanterns 4";

async fn verify(client: &Client, secret: &str) -> Answer {
    client.get(&format!("/api/v1/verify/{secret}")).await
}

async fn ask(client: &Client, path: &str, email: &str) -> Answer {
    client.post(path, json!({"email": email})).await
}

async fn reset(client: &Client, secret: &str, password: &str) -> Answer {
    client.post("/api/v1/password/reset", json!({"token": secret, "new_password": password})).await
}

async fn change(client: &Client, token: &str, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    client.send(client.request("POST", "/api/v1/password/change").bearer_auth(token).json(&body)).await
}

fn bare(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.text.as_str())
}

on_both! {
    async fn a_new_account_is_mailed_a_link_that_proves_its_address_once(server) {
        let client = server.client();
        client.register(ADA).await;
        let secret = server.mails().secret(ADA, 1, "verify").await;
        let verified = verify(&client, &secret).await;
        assert_eq!(verified.status, 200, "{verified:?}");
        assert_eq!(verified.body["user"]["status"], "active");
        assert!(verified.body["user"]["email_verified_at"].is_string());
        let again = verify(&client, &secret).await;
        assert_eq!((again.status, again.code()), (410, "token-used"));
        let me = client.me(&client.token_of(ADA).await).await;
        assert_eq!(me.body["status"], "active");
    }

    async fn of_many_who_follow_one_link_one_gets_through(server) {
        let client = server.client();
        client.register(ADA).await;
        let secret = server.mails().secret(ADA, 1, "verify").await;
        let answers = futures::future::join_all((0..10).map(|_| verify(&client, &secret))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.code() == "token-used"));
    }

    async fn what_is_no_link_of_ours_is_unknown(server) {
        let client = server.client();
        for secret in ["x", &"A".repeat(43), &"A".repeat(44), "%00", "%C3%A9", &"x".repeat(4000)] {
            let answer = verify(&client, secret).await;
            assert_eq!((answer.status, answer.code()), (404, "token-unknown"), "{secret}");
            let answer = reset(&client, secret, NEW_PASSWORD).await;
            assert_eq!((answer.status, answer.code()), (404, "token-unknown"), "{secret}");
        }
    }

    async fn a_newer_link_voids_the_older_one(server) {
        let client = server.client();
        client.register(ADA).await;
        let first = server.mails().secret(ADA, 1, "verify").await;
        assert_eq!(ask(&client, "/api/v1/verify/resend", ADA).await.status, 202);
        let second = server.mails().secret(ADA, 2, "verify").await;
        assert_ne!(first, second);
        assert_eq!(verify(&client, &first).await.code(), "token-used");
        assert_eq!(verify(&client, &second).await.status, 200);
    }

    async fn asking_tells_nobody_who_has_an_account(server) {
        let client = server.client();
        client.register(ADA).await;
        server.mails().wait_for(ADA, 1).await;
        for path in ["/api/v1/verify/resend", "/api/v1/password/forgot"] {
            let (known, unknown) = (ask(&client, path, ADA).await, ask(&client, path, "nobody@example.org").await);
            assert_eq!(bare(&known), (202, r#"{"status":"accepted"}"#));
            assert_eq!(bare(&known), bare(&unknown));
        }
        server.mails().wait_for(ADA, 3).await;
        assert_eq!(server.mails().to("nobody@example.org"), []);
    }

    async fn one_address_is_written_to_five_times_an_hour_however_many_ask(server) {
        let client = server.client();
        client.register(ADA).await;
        for _ in 0..8 {
            assert_eq!(ask(&client, "/api/v1/password/forgot", ADA).await.status, 202);
        }
        // One for registering; of the resets the older are void before they are sent, or not.
        ask(&client, "/api/v1/verify/resend", ADA).await;
        server.mails().wait_for(ADA, 3).await;
        assert!(server.mails().to(ADA).len() <= 7);
    }

    async fn a_reset_replaces_the_password_ends_every_session_and_proves_the_address(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        server.mails().wait_for(ADA, 1).await;
        ask(&client, "/api/v1/password/forgot", ADA).await;
        let secret = server.mails().secret(ADA, 2, "reset").await;
        assert_eq!(reset(&client, &secret, NEW_PASSWORD).await.status, 204);
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.code(), "invalid-credentials");
        assert_eq!(client.login(ADA, NEW_PASSWORD).await.body["user"]["status"], "active");
        assert_eq!(reset(&client, &secret, GOOD_PASSWORD).await.code(), "token-used");
        let notice = server.mails().wait_for(ADA, 3).await.pop().unwrap();
        assert!(notice.text.contains("password") && notice.secret("reset").is_none(), "{notice:?}");
    }

    async fn a_bad_new_password_is_refused_and_the_link_stays_good(server) {
        let client = server.client();
        client.register(ADA).await;
        ask(&client, "/api/v1/password/forgot", ADA).await;
        let secret = server.mails().secret(ADA, 2, "reset").await;
        for (bad, code) in [("short", "too-short"), ("password", "weak")] {
            let answer = reset(&client, &secret, bad).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![("new_password".to_owned(), code.to_owned())]));
        }
        assert_eq!(reset(&client, &secret, NEW_PASSWORD).await.status, 204);
    }

    async fn a_link_is_good_for_its_purpose_alone(server) {
        let client = server.client();
        client.register(ADA).await;
        let secret = server.mails().secret(ADA, 1, "verify").await;
        assert_eq!(reset(&client, &secret, NEW_PASSWORD).await.code(), "token-unknown");
        assert_eq!(verify(&client, &secret).await.status, 200);
    }

    async fn a_changed_password_ends_every_other_session_and_voids_reset_links(server) {
        let client = server.client();
        let (kept, other) = (client.token_of_new(ADA).await, client.token_of(ADA).await);
        ask(&client, "/api/v1/password/forgot", ADA).await;
        let secret = server.mails().secret(ADA, 2, "reset").await;
        assert_eq!(change(&client, &kept, GOOD_PASSWORD, NEW_PASSWORD).await.status, 204);
        assert_eq!((client.me(&kept).await.status, client.me(&other).await.code()), (200, "token-revoked"));
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.status, 401);
        assert_eq!(client.login(ADA, NEW_PASSWORD).await.status, 200);
        assert_eq!(reset(&client, &secret, GOOD_PASSWORD).await.code(), "token-used");
        server.mails().wait_for(ADA, 3).await;
    }

    async fn a_wrong_current_password_is_counted_like_a_failed_sign_in(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        for _ in 0..10 {
            let answer = change(&client, &token, "not the password", NEW_PASSWORD).await;
            assert_eq!((answer.status, answer.code()), (403, "invalid-credentials"));
        }
        let answer = change(&client, &token, GOOD_PASSWORD, NEW_PASSWORD).await;
        assert_eq!((answer.status, answer.code()), (429, "too-many-attempts"));
        let answer = client.post("/api/v1/password/change", json!({"current_password": "x", "new_password": "y"})).await;
        assert_eq!(answer.code(), "unauthenticated");
    }

    async fn a_new_password_that_is_not_good_enough_changes_nothing(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let answer = change(&client, &token, GOOD_PASSWORD, "password").await;
        assert_eq!((answer.status, answer.faults()), (422, vec![("new_password".to_owned(), "weak".to_owned())]));
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.status, 200);
    }

    async fn people_are_written_to_in_their_language(server) {
        let client = server.client();
        let body = json!({"email": ADA, "password": GOOD_PASSWORD});
        let request = client.request("POST", "/api/v1/register").header("accept-language", "de-AT, en;q=0.5");
        client.send(request.json(&body)).await;
        let mail = server.mails().wait_for(ADA, 1).await.remove(0);
        assert!(mail.text.contains("Content-Language: de"), "{}", mail.text);
    }
}

#[tokio::test]
async fn links_expire() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation =
            installed(backend).await.with("VERIFICATION__LIFETIME", "1ms").with("RESET__LIFETIME", "1ms");
        let server = installation.start().await;
        let client = server.client();
        client.register(ADA).await;
        let secret = server.mails().secret(ADA, 1, "verify").await;
        let answer = verify(&client, &secret).await;
        assert_eq!((answer.status, answer.code()), (410, "token-expired"));
        ask(&client, "/api/v1/password/forgot", ADA).await;
        let secret = server.mails().secret(ADA, 2, "reset").await;
        assert_eq!(reset(&client, &secret, NEW_PASSWORD).await.code(), "token-expired");
    }
}

#[tokio::test]
async fn where_accounts_are_concealed_the_owner_is_told_by_mail() {
    let installation = installed(Backend::Sqlite).await.with("REGISTRATION__CONCEAL_EXISTING", "true");
    let server = installation.start().await;
    let client = server.client();
    for _ in 0..3 {
        assert_eq!(client.register(ADA).await.status, 202);
    }
    let mails = server.mails().wait_for(ADA, 2).await;
    assert_eq!(mails.iter().filter(|mail| mail.secret("verify").is_some()).count(), 1);
    // The mails of one moment come in any order; a third would have come by now with the sign-in's.
    client.login(ADA, GOOD_PASSWORD).await;
    assert_eq!(server.mails().to(ADA).len(), 2, "told once an hour");
}
