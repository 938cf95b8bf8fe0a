//! Deleting others, and bringing them back.

use crate::access::{admin_of, ask};
use crate::administration::{holder_of, id_of};
use crate::on_both;
use serde_json::json;
use threshold_tests::{Answer, Client, GOOD_PASSWORD};

const ADA: &str = "ada@example.org";

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

async fn delete(client: &Client, token: &str, id: &str) -> Answer {
    ask(client, token, "DELETE", &format!("/api/v1/admin/users/{id}"), None).await
}

async fn restore(client: &Client, token: &str, id: &str) -> Answer {
    ask(client, token, "POST", &format!("/api/v1/admin/users/{id}/restore"), None).await
}

async fn show(client: &Client, token: &str, id: &str) -> Answer {
    ask(client, token, "GET", &format!("/api/v1/admin/users/{id}"), None).await
}

on_both! {
    async fn who_is_deleted_is_out_and_told_and_can_be_brought_back_as_before(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        client.post("/api/v1/register", json!({"email": ADA, "username": "ada", "password": GOOD_PASSWORD})).await;
        client.get(&format!("/api/v1/verify/{}", server.mails().secret(ADA, 1, "verify").await)).await;
        let token = client.token_of(ADA).await;
        let before = client.me(&token).await.body;
        let id = before["id"].as_str().unwrap();
        client.post("/api/v1/password/forgot", json!({"email": ADA})).await;
        let link = server.mails().secret(ADA, 2, "reset").await;
        let deleted = delete(&client, &admin, id).await;
        assert_eq!(deleted.status, 204, "{deleted:?}");
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        assert_eq!(outcome(&client.login(ADA, GOOD_PASSWORD).await), (401, "invalid-credentials"));
        assert_eq!(outcome(&delete(&client, &admin, id).await), (409, "already-deleted"));
        let told = server.mails().wait_for(ADA, 3).await.pop().unwrap();
        assert!(told.text.contains("brought back"), "{told:?}");
        let restored = restore(&client, &admin, id).await;
        assert_eq!(restored.status, 204, "{restored:?}");
        let shown = show(&client, &admin, id).await;
        assert_eq!((&shown.body["status"], shown.header("etag")), (&json!("active"), restored.header("etag")));
        for member in ["id", "email", "username", "roles", "created_at", "email_verified_at", "deleted_at"] {
            assert_eq!(shown.body[member], before[member], "{member}");
        }
        assert_eq!(outcome(&restore(&client, &admin, id).await), (409, "not-deleted"));
        assert_eq!(client.me(&token).await.code(), "token-revoked", "sessions stay ended");
        let reset = json!({"token": link, "new_password": "seventeen amber lanterns 4"});
        assert_eq!(outcome(&client.post("/api/v1/password/reset", reset).await), (410, "token-used"));
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.status, 200);
    }

    async fn names_that_are_taken_meanwhile_keep_somebody_out(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let body = json!({"email": ADA, "username": "ada", "password": GOOD_PASSWORD});
        let id = client.post("/api/v1/register", body).await.text_of("id");
        delete(&client, &admin, &id).await;
        let other = client.post("/api/v1/register", json!({"email": ADA, "password": GOOD_PASSWORD})).await.text_of("id");
        assert_eq!(outcome(&restore(&client, &admin, &id).await), (409, "email-taken"));
        let rename = json!({"email": "other@example.org", "username": "ada"});
        assert_eq!(ask(&client, &admin, "PUT", &format!("/api/v1/admin/users/{other}"), Some(rename)).await.status, 200);
        assert_eq!(outcome(&restore(&client, &admin, &id).await), (409, "username-taken"));
        delete(&client, &admin, &other).await;
        assert_eq!(restore(&client, &admin, &id).await.status, 204);
        assert_eq!(show(&client, &admin, &id).await.body["status"], "unverified");
    }

    async fn a_suspension_survives_a_deletion(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let id = id_of(&client, &client.token_of_new(ADA).await).await;
        ask(&client, &admin, "PUT", &format!("/api/v1/admin/users/{id}"), Some(json!({"status": "suspended"}))).await;
        delete(&client, &admin, &id).await;
        assert_eq!(restore(&client, &admin, &id).await.status, 204);
        assert_eq!(show(&client, &admin, &id).await.body["status"], "suspended");
        assert_eq!(outcome(&client.login(ADA, GOOD_PASSWORD).await), (403, "account-suspended"));
    }

    async fn nobody_deletes_or_brings_back_who_may_more_than_they(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let other = id_of(&client, &admin_of(&installation, &client, "other@example.org").await).await;
        let cleaner = holder_of(&client, &admin, "cleaner", &["users:delete"], "cleaner@example.org").await;
        assert_eq!(outcome(&delete(&client, &cleaner, &other).await), (403, "permission-denied"));
        let ada = id_of(&client, &client.token_of_new(ADA).await).await;
        assert_eq!(delete(&client, &cleaner, &ada).await.status, 204);
        assert_eq!(restore(&client, &cleaner, &ada).await.status, 204);
        assert_eq!(delete(&client, &admin, &other).await.status, 204);
        assert_eq!(outcome(&restore(&client, &cleaner, &other).await), (403, "permission-denied"));
        assert_eq!(outcome(&restore(&client, &cleaner, &other).await), (403, "permission-denied"), "it is still deleted");
        assert_eq!(restore(&client, &admin, &other).await.status, 204);
    }

    async fn the_last_administrator_is_not_deleted_by_any_call(server, installation) {
        let client = server.client();
        let one = admin_of(&installation, &client, "one@example.org").await;
        let one_id = id_of(&client, &one).await;
        assert_eq!(outcome(&delete(&client, &one, &one_id).await), (409, "last-admin"));
        let other = admin_of(&installation, &client, "other@example.org").await;
        let other_id = id_of(&client, &other).await;
        let (first, second) = futures::join!(delete(&client, &one, &other_id), delete(&client, &other, &one_id));
        let deleted = [&first, &second].iter().filter(|answer| answer.status == 204).count();
        assert_eq!(deleted, 1, "{first:?} {second:?}");
    }

    async fn a_version_and_an_id_must_be_right(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let id = id_of(&client, &client.token_of_new(ADA).await).await;
        let with_tag = |method: &'static str, path: String, tag: &'static str| {
            client.send(client.request(method, &path).bearer_auth(&admin).header("if-match", tag))
        };
        let path = format!("/api/v1/admin/users/{id}");
        assert_eq!(outcome(&with_tag("DELETE", path.clone(), "\"9\"").await), (412, "precondition-failed"));
        assert_eq!(with_tag("DELETE", path.clone(), "\"1\"").await.status, 204);
        assert_eq!(outcome(&with_tag("POST", format!("{path}/restore"), "\"1\"").await), (412, "precondition-failed"));
        assert_eq!(with_tag("POST", format!("{path}/restore"), "\"2\"").await.header("etag"), "\"3\"");
        for nobody in ["x", "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(outcome(&delete(&client, &admin, nobody).await), (404, "user-not-found"));
            assert_eq!(outcome(&restore(&client, &admin, nobody).await), (404, "user-not-found"));
        }
    }
}
