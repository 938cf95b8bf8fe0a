//! Changing one's own account.

use crate::{installed, on_both};
use serde_json::{Value, json};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

const ADA: &str = "ada@example.org";
const NEW: &str = "new@example.org";

async fn put(client: &Client, token: &str, body: Value) -> Answer {
    client.send(client.request("PUT", "/api/v1/users/me").bearer_auth(token).json(&body)).await
}

async fn put_if(client: &Client, token: &str, tag: &str, body: Value) -> Answer {
    let request = client.request("PUT", "/api/v1/users/me").bearer_auth(token).header("if-match", tag);
    client.send(request.json(&body)).await
}

async fn verify(client: &Client, secret: &str) -> Answer {
    client.get(&format!("/api/v1/verify/{secret}")).await
}

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

on_both! {
    async fn names_change_and_go_and_what_is_left_out_stays(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let named = put(&client, &token, json!({"username": "Ada", "display_name": "Ada Lovelace"})).await;
        assert_eq!(named.status, 200, "{named:?}");
        assert_eq!((&named.body["username"], &named.body["display_name"]), (&json!("ada"), &json!("Ada Lovelace")));
        assert!(named.text_of("updated_at") > named.text_of("created_at"));
        let bare = put(&client, &token, json!({"display_name": null})).await;
        assert_eq!((&bare.body["username"], &bare.body["display_name"]), (&json!("ada"), &Value::Null));
        let me = client.me(&token).await;
        assert_eq!((&me.body, me.header("etag")), (&bare.body, bare.header("etag")));
        let by_name = client.post("/api/v1/login", json!({"username": "ada", "password": GOOD_PASSWORD})).await;
        assert_eq!(by_name.status, 200);
    }

    async fn a_change_for_an_older_version_is_refused(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let first = client.me(&token).await.header("etag").to_owned();
        assert_eq!(first, "\"1\"");
        let second = put_if(&client, &token, &first, json!({"username": "ada"})).await;
        assert_eq!((second.status, second.header("etag")), (200, "\"2\""));
        let weak = format!("W/{}", second.header("etag"));
        for stale in [first.as_str(), "\"x\"", "2", weak.as_str()] {
            let refused = put_if(&client, &token, stale, json!({"username": "other"})).await;
            assert_eq!(outcome(&refused), (412, "precondition-failed"), "{stale}");
        }
        let listed = format!("\"7\", {}", second.header("etag"));
        assert_eq!(put_if(&client, &token, &listed, json!({"display_name": "A"})).await.status, 200);
        assert_eq!(put_if(&client, &token, "*", json!({"display_name": "B"})).await.body["username"], "ada");
    }

    async fn nothing_new_is_no_new_version(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        for body in [json!({}), json!({"email": ADA, "username": null, "display_name": null})] {
            assert_eq!(put(&client, &token, body).await.header("etag"), "\"1\"");
        }
    }

    async fn taken_names_are_conflicts_and_bad_ones_are_all_named(server) {
        let client = server.client();
        let others = json!({"email": "bob@example.org", "password": GOOD_PASSWORD, "username": "bob"});
        assert_eq!(client.post("/api/v1/register", others).await.status, 201);
        let token = client.token_of_new(ADA).await;
        let by_name = put(&client, &token, json!({"username": "BOB"})).await;
        assert_eq!((outcome(&by_name), by_name.faults()[0].0.as_str()), ((409, "username-taken"), "username"));
        let by_email = put(&client, &token, json!({"email": "Bob@Example.org"})).await;
        assert_eq!((outcome(&by_email), by_email.faults()[0].0.as_str()), ((409, "email-taken"), "email"));
        let bad = put(&client, &token, json!({"email": null, "username": "admin", "display_name": "", "x": 1})).await;
        let codes: Vec<_> = bad.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect();
        let expected = ["email required", "username reserved", "display_name too-short", "x unknown-field"];
        assert_eq!((bad.status, codes), (422, expected.map(str::to_owned).to_vec()));
    }

    async fn a_new_address_waits_until_its_owner_confirms_it(server) {
        let client = server.client();
        let (token, other) = (client.token_of_new(ADA).await, client.token_of(ADA).await);
        verify(&client, &server.mails().secret(ADA, 1, "verify").await).await;
        let waiting = put(&client, &token, json!({"email": "New@example.org"})).await;
        assert_eq!((&waiting.body["email"], &waiting.body["pending_email"]), (&json!(ADA), &json!("New@example.org")));
        let told = server.mails().wait_for(ADA, 2).await.pop().unwrap();
        assert!(told.text.contains("New@example.org") && told.secret("verify").is_none(), "{told:?}");
        assert_eq!(client.login("New@example.org", GOOD_PASSWORD).await.status, 401, "it is not yet theirs");
        let secret = server.mails().secret("New@example.org", 1, "verify").await;
        let confirming = client.request("GET", &format!("/api/v1/verify/{secret}")).bearer_auth(&token);
        let confirmed = client.send(confirming).await;
        assert_eq!(confirmed.status, 200, "{confirmed:?}");
        let user = &confirmed.body["user"];
        assert_eq!((&user["email"], &user["pending_email"]), (&json!("New@example.org"), &Value::Null));
        assert_eq!(client.me(&token).await.body["email"], "New@example.org", "who confirmed goes on");
        assert_eq!(outcome(&client.me(&other).await), (401, "token-revoked"));
        assert_eq!(client.login(ADA, GOOD_PASSWORD).await.status, 401);
        assert_eq!(client.login(NEW, GOOD_PASSWORD).await.status, 200);
        let farewell = server.mails().wait_for(ADA, 3).await.pop().unwrap();
        assert!(farewell.text.contains("New@example.org"), "{farewell:?}");
        assert_eq!(client.register(ADA).await.status, 201, "the former address is free");
    }

    async fn a_change_that_nobody_confirms_while_signed_in_ends_every_session(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        put(&client, &token, json!({"email": NEW})).await;
        let secret = server.mails().secret(NEW, 1, "verify").await;
        let stranger = client.token_of_new("bob@example.org").await;
        let confirming = client.request("GET", &format!("/api/v1/verify/{secret}")).bearer_auth(&stranger);
        assert_eq!(client.send(confirming).await.status, 200);
        assert_eq!(outcome(&client.me(&token).await), (401, "token-revoked"));
        assert_eq!(client.me(&stranger).await.status, 200);
    }

    async fn links_to_choose_a_password_are_void_after_a_change_of_address(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        client.post("/api/v1/password/forgot", json!({"email": ADA})).await;
        let reset = server.mails().secret(ADA, 2, "reset").await;
        put(&client, &token, json!({"email": NEW})).await;
        verify(&client, &server.mails().secret(NEW, 1, "verify").await).await;
        let body = json!({"token": reset, "new_password": "seventeen amber lanterns 4"});
        assert_eq!(outcome(&client.post("/api/v1/password/reset", body).await), (410, "token-used"));
    }

    async fn a_later_wish_takes_the_place_of_an_earlier_one(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        put(&client, &token, json!({"email": NEW})).await;
        let first = server.mails().secret(NEW, 1, "verify").await;
        put(&client, &token, json!({"email": NEW})).await;
        let again = server.mails().secret(NEW, 2, "verify").await;
        assert_eq!(outcome(&verify(&client, &first).await), (410, "token-used"), "another mail voids the first");
        let withdrawn = put(&client, &token, json!({"email": ADA})).await;
        assert_eq!(withdrawn.body["pending_email"], Value::Null);
        assert_eq!(outcome(&verify(&client, &again).await), (410, "token-used"));
        assert_eq!(client.me(&token).await.body["email"], ADA);
    }

    async fn the_spelling_of_an_address_that_waits_can_be_mended(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        put(&client, &token, json!({"email": NEW})).await;
        let mended = put(&client, &token, json!({"email": "New@example.org"})).await;
        let me = client.me(&token).await;
        assert_eq!((&me.body, me.header("etag")), (&mended.body, mended.header("etag")), "what was answered is stored");
        assert_eq!((&me.body["pending_email"], me.header("etag")), (&json!("New@example.org"), "\"3\""));
    }

    async fn of_two_who_wait_for_one_address_the_first_to_confirm_gets_it(server) {
        let client = server.client();
        let (ada, bob) = (client.token_of_new(ADA).await, client.token_of_new("bob@example.org").await);
        put(&client, &ada, json!({"email": NEW})).await;
        let for_ada = server.mails().secret(NEW, 1, "verify").await;
        put(&client, &bob, json!({"email": NEW})).await;
        let for_bob = server.mails().secret(NEW, 2, "verify").await;
        let (ada, bob) = futures::join!(verify(&client, &for_ada), verify(&client, &for_bob));
        let mut outcomes = [outcome(&ada), outcome(&bob)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [(200, ""), (409, "email-taken")]);
    }

    async fn an_address_that_was_registered_in_between_is_taken_at_confirmation(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        put(&client, &token, json!({"email": NEW})).await;
        let secret = server.mails().secret(NEW, 1, "verify").await;
        assert_eq!(client.register(NEW).await.status, 201);
        assert_eq!(outcome(&verify(&client, &secret).await), (409, "email-taken"));
        assert_eq!(client.me(&token).await.body["email"], ADA);
    }

    async fn nobody_thwarts_a_change_of_address(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        for _ in 0..6 {
            client.post("/api/v1/verify/resend", json!({"email": NEW})).await;
        }
        assert_eq!(put(&client, &token, json!({"email": NEW})).await.status, 200);
        let secret = server.mails().secret(NEW, 1, "verify").await;
        client.post("/api/v1/verify/resend", json!({"email": ADA})).await;
        server.mails().wait_for(ADA, 3).await;
        assert_eq!(verify(&client, &secret).await.status, 200);
    }

    async fn of_many_wishes_at_once_no_more_are_granted_than_one_after_the_other(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        let many = (0..20).map(|number| put(&client, &token, json!({"email": format!("stranger-{number}@example.org")})));
        let answers = futures::future::join_all(many).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 5, "{answers:?}");
    }

    async fn making_and_deleting_accounts_writes_to_nobody_without_end(server) {
        let client = server.client();
        for _ in 0..8 {
            let token = client.token_of_new(ADA).await;
            let delete = client.request("DELETE", "/api/v1/users/me").bearer_auth(&token);
            assert_eq!(client.send(delete.json(&json!({"password": GOOD_PASSWORD}))).await.status, 200);
        }
        assert!(server.mails().to(ADA).len() <= 5);
    }

    async fn nobody_has_strangers_written_to_without_end(server) {
        let client = server.client();
        let token = client.token_of_new(ADA).await;
        for number in 0..5 {
            let asked = put(&client, &token, json!({"email": format!("stranger-{number}@example.org")})).await;
            assert_eq!(asked.status, 200, "{asked:?}");
        }
        let refused = put(&client, &token, json!({"email": "stranger-5@example.org"})).await;
        assert_eq!(outcome(&refused), (429, "rate-limited"));
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 3000), "{refused:?}");
        assert_eq!(put(&client, &token, json!({"username": "ada"})).await.status, 200, "other changes go on");
    }
}

#[tokio::test]
async fn where_accounts_are_concealed_a_taken_address_waits_like_any_other() {
    let server = installed(Backend::Sqlite).await.with("REGISTRATION__CONCEAL_EXISTING", "true").start().await;
    let client = server.client();
    for email in [ADA, "bob@example.org"] {
        assert_eq!(client.register(email).await.status, 202);
    }
    server.mails().wait_for("bob@example.org", 1).await;
    let token = client.token_of(ADA).await;
    let waiting = put(&client, &token, json!({"email": "bob@example.org"})).await;
    assert_eq!((waiting.status, &waiting.body["pending_email"]), (200, &json!("bob@example.org")));
    let told = server.mails().wait_for("bob@example.org", 2).await.pop().unwrap();
    assert!(told.secret("verify").is_none(), "its owner is told, and can't be had to give it away: {told:?}");
}
