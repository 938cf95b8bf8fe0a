//! Leaving, and taking along what is held.

use crate::on_both;
use serde_json::{Value, json};
use threshold_tests::{Answer, Client, GOOD_PASSWORD};

const ADA: &str = "ada@example.org";

async fn delete(client: &Client, token: &str, body: Value) -> Answer {
    client.send(client.request("DELETE", "/api/v1/users/me").bearer_auth(token).json(&body)).await
}

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

on_both! {
    async fn who_deletes_their_account_is_out_everywhere_and_told_so(server) {
        let client = server.client();
        let registered = json!({"email": ADA, "password": GOOD_PASSWORD, "username": "ada"});
        client.post("/api/v1/register", registered.clone()).await;
        client.get(&format!("/api/v1/verify/{}", server.mails().secret(ADA, 1, "verify").await)).await;
        let (token, other) = (client.token_of(ADA).await, client.token_of(ADA).await);
        let refresh = client.post("/api/v1/login", json!({"email": ADA, "password": GOOD_PASSWORD, "token_delivery": "body"}));
        let refresh = refresh.await.text_of("refresh_token");
        client.post("/api/v1/password/forgot", json!({"email": ADA})).await;
        let secret = server.mails().secret(ADA, 2, "reset").await;
        let deleted = delete(&client, &token, json!({"password": GOOD_PASSWORD})).await;
        assert_eq!(deleted.status, 200, "{deleted:?}");
        assert!(!deleted.text_of("message").is_empty());
        assert!(deleted.text_of("purge_after") > deleted.text_of("deleted_at"));
        assert_eq!(deleted.cookie("threshold_refresh").as_deref(), Some(""), "{deleted:?}");
        for token in [&token, &other] {
            assert_eq!(outcome(&client.me(token).await), (401, "token-revoked"));
        }
        assert_eq!(outcome(&client.login(ADA, GOOD_PASSWORD).await), (401, "invalid-credentials"));
        let refreshed = client.post("/api/v1/refresh", json!({"refresh_token": refresh})).await;
        assert_eq!(outcome(&refreshed), (401, "refresh-invalid"));
        let reset = json!({"token": secret, "new_password": "seventeen amber lanterns 4"});
        assert_eq!(outcome(&client.post("/api/v1/password/reset", reset).await), (410, "token-used"));
        let notice = server.mails().wait_for(ADA, 3).await.pop().unwrap();
        assert!(notice.text.contains("deleted"), "{notice:?}");
        assert_eq!(client.post("/api/v1/register", registered).await.status, 201, "both names are free");
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.body["user"]["status"], "unverified", "and it is a new account");
    }

    async fn only_who_knows_the_password_deletes_an_account(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let bare = client.send(client.request("DELETE", "/api/v1/users/me").bearer_auth(&token)).await;
        assert_eq!((bare.status, bare.faults()), (422, vec![("password".to_owned(), "required".to_owned())]));
        for _ in 0..10 {
            let wrong = delete(&client, &token, json!({"password": "something else 11"})).await;
            assert_eq!(outcome(&wrong), (403, "invalid-credentials"));
        }
        let late = delete(&client, &token, json!({"password": GOOD_PASSWORD})).await;
        assert_eq!(outcome(&late), (429, "too-many-attempts"));
        assert_eq!(client.me(&token).await.status, 200);
    }

    async fn an_account_that_has_changed_since_is_not_deleted(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let deleting = |tag: &'static str| {
            let request = client.request("DELETE", "/api/v1/users/me").bearer_auth(&token).header("if-match", tag);
            client.send(request.json(&json!({"password": GOOD_PASSWORD})))
        };
        assert_eq!(outcome(&deleting("\"2\"").await), (412, "precondition-failed"));
        assert_eq!(deleting("\"1\"").await.status, 200);
    }

    async fn of_many_deletions_at_once_one_happens(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let many = (0..8).map(|_| delete(&client, &token, json!({"password": GOOD_PASSWORD})));
        let answers = futures::future::join_all(many).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.code() == "token-revoked"), "{answers:?}");
        assert!(!server.mails().to(ADA).iter().any(|mail| mail.text.contains("deleted")), "the address was never proven");
    }

    async fn one_is_given_everything_that_is_held(server) {
        let client = server.client();
        let (token, other) = (client.token_of_new(ADA).await, client.token_of(ADA).await);
        client.token_of_new("bob@example.org").await;
        client.logout(&other).await;
        server.mails().wait_for(ADA, 1).await;
        let exported = client.send(client.request("GET", "/api/v1/users/me/export").bearer_auth(&token)).await;
        assert_eq!(exported.status, 200);
        assert!(exported.header("content-disposition").starts_with("attachment"));
        assert_eq!(exported.body["user"], client.me(&token).await.body);
        assert_eq!(exported.body["has_password"], true);
        let sessions = exported.body["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 2);
        assert!(sessions.iter().all(|session| session["ip"] == "127.0.0.1" && session["kind"] == "tokens"));
        let ended = sessions.iter().filter(|session| !session["ended_at"].is_null()).count();
        assert_eq!(ended, 1, "those that have ended are held for a while, too");
        let links = exported.body["mailed_links"].as_array().unwrap();
        assert_eq!(links.len(), 1);
        assert_eq!((&links[0]["purpose"], &links[0]["email"]), (&json!("verify_email"), &json!(ADA)));
        assert!(!exported.text.contains("bob@") && !exported.text.contains("digest"), "{exported:?}");
    }
}
