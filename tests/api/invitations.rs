//! Accounts that administrators make for others.

use crate::access::{admin_of, ask};
use crate::administration::holder_of;
use crate::{installed, on_both};
use serde_json::{Value, json};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

const USERS: &str = "/api/v1/admin/users";
const EVE: &str = "eve@example.org";
const CHOSEN: &str = "seventeen amber lanterns 4";

async fn make(client: &Client, token: &str, body: Value) -> Answer {
    ask(client, token, "POST", USERS, Some(body)).await
}

async fn choose(client: &Client, secret: &str, password: &str) -> Answer {
    client.post("/api/v1/password/reset", json!({"token": secret, "new_password": password})).await
}

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

on_both! {
    async fn an_account_with_a_password_is_active_at_once(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let body = json!({
            "email": EVE, "username": "eve", "display_name": "Eve", "password": GOOD_PASSWORD, "roles": ["auditor", "user"]
        });
        let made = make(&client, &admin, body).await;
        assert_eq!((made.status, &made.body["status"]), (201, &json!("active")), "{made:?}");
        assert_eq!(made.body["roles"], json!(["auditor", "user"]));
        let shown = ask(&client, &admin, "GET", made.header("location"), None).await;
        assert_eq!((&shown.body, shown.header("etag")), (&made.body, made.header("etag")));
        let token = client.token_of(EVE).await;
        assert_eq!(ask(&client, &token, "GET", USERS, None).await.status, 200, "an auditor sees users");
        let same_address = json!({"email": "Eve@example.org", "password": GOOD_PASSWORD});
        assert_eq!(outcome(&make(&client, &admin, same_address).await), (409, "email-taken"));
        let same_name = json!({"email": "other@example.org", "username": "eve"});
        assert_eq!(outcome(&make(&client, &admin, same_name).await), (409, "username-taken"));
        assert!(server.mails().to(EVE).is_empty() && server.mails().to("other@example.org").is_empty());
    }

    async fn who_is_invited_chooses_the_password_once(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let made = make(&client, &admin, json!({"email": EVE, "username": "evelyn"})).await;
        assert_eq!((made.status, &made.body["status"], &made.body["roles"]), (201, &json!("unverified"), &json!(["user"])));
        let secret = server.mails().secret(EVE, 1, "invite").await;
        assert_eq!(outcome(&client.login(EVE, GOOD_PASSWORD).await), (401, "invalid-credentials"));
        let weak = choose(&client, &secret, "evelyn evelyn").await;
        assert_eq!((weak.status, weak.faults().remove(0).0), (422, "new_password".to_owned()));
        assert_eq!(choose(&client, &secret, CHOSEN).await.status, 204);
        let user = client.login(EVE, CHOSEN).await.body["user"].clone();
        assert_eq!((&user["status"], user["email_verified_at"].is_string()), (&json!("active"), true));
        assert_eq!(outcome(&choose(&client, &secret, GOOD_PASSWORD).await), (410, "token-used"));
        assert_eq!(client.login(EVE, CHOSEN).await.status, 200);
        assert_eq!(server.mails().to(EVE).len(), 1, "nothing has changed that they should be told of");
    }

    async fn asking_for_a_new_password_works_for_who_is_invited_and_ends_the_invitation(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        make(&client, &admin, json!({"email": EVE})).await;
        let invitation = server.mails().secret(EVE, 1, "invite").await;
        client.post("/api/v1/password/forgot", json!({"email": EVE})).await;
        let reset = server.mails().secret(EVE, 2, "reset").await;
        assert_eq!(choose(&client, &reset, CHOSEN).await.status, 204);
        assert_eq!(outcome(&choose(&client, &invitation, GOOD_PASSWORD).await), (410, "token-used"));
        assert_eq!(client.login(EVE, CHOSEN).await.body["user"]["status"], "active");
    }

    async fn who_is_invited_is_so_again_at_another_address(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let path = format!("{USERS}/{}", make(&client, &admin, json!({"email": EVE})).await.text_of("id"));
        let former = server.mails().secret(EVE, 1, "invite").await;
        let moved = ask(&client, &admin, "PUT", &path, Some(json!({"email": "eva@example.org"}))).await;
        assert_eq!((&moved.body["status"], &moved.body["email_verified_at"]), (&json!("unverified"), &Value::Null));
        assert_eq!(outcome(&choose(&client, &former, CHOSEN).await), (410, "token-used"));
        let secret = server.mails().secret("eva@example.org", 1, "invite").await;
        assert_eq!(choose(&client, &secret, CHOSEN).await.status, 204);
        assert_eq!(client.login("eva@example.org", CHOSEN).await.body["user"]["status"], "active");
    }

    async fn nobody_makes_an_account_that_may_more_than_they(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let writer = holder_of(&client, &admin, "writer", &["users:write"], "writer@example.org").await;
        let with_roles = make(&client, &writer, json!({"email": EVE, "roles": ["user"]})).await;
        assert_eq!(outcome(&with_roles), (403, "permission-denied"));
        assert!(with_roles.text_of("detail").contains("roles:assign"), "{with_roles:?}");
        let permissions = ["users:write", "users:read", "roles:assign"];
        let helper = holder_of(&client, &admin, "helper", &permissions, "helper@example.org").await;
        let stronger = make(&client, &helper, json!({"email": EVE, "roles": ["admin"]})).await;
        assert_eq!(outcome(&stronger), (403, "permission-denied"));
        assert!(server.mails().to(EVE).is_empty(), "and nobody is written to");
        assert_eq!(make(&client, &helper, json!({"email": EVE, "roles": ["helper"]})).await.status, 201);
        assert_eq!(make(&client, &writer, json!({"email": "adam@example.org"})).await.status, 201);
    }

    async fn bad_accounts_are_refused_field_by_field(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for (body, expected) in [
            (json!({}), vec!["email required"]),
            (json!({"email": "x", "username": "a", "roles": ["No Role"]}), vec!["email invalid-format", "roles invalid-character", "username too-short"]),
            (json!({"email": EVE, "roles": ["nobody"]}), vec!["roles unknown-role"]),
            (json!({"email": EVE, "password": "short"}), vec!["password too-short"]),
            (json!({"email": EVE, "status": "active"}), vec!["status unknown-field"]),
            (json!({"email": 7, "username": 7, "display_name": 7, "password": 7, "roles": 7}),
                vec!["display_name wrong-type", "email wrong-type", "password wrong-type", "roles wrong-type", "username wrong-type"]),
        ] {
            let refused = make(&client, &admin, body.clone()).await;
            let mut faults: Vec<_> = refused.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect();
            faults.sort_unstable();
            assert_eq!((refused.status, faults), (422, expected.into_iter().map(str::to_owned).collect()), "{body}");
        }
    }
}

#[tokio::test]
async fn an_invitation_ends_with_its_time() {
    let installation = installed(Backend::Sqlite).await.with("INVITATION__LIFETIME", "1s");
    let server = installation.start().await;
    let client = server.client();
    let admin = admin_of(&installation, &client, "root@example.org").await;
    make(&client, &admin, json!({"email": EVE})).await;
    let secret = server.mails().secret(EVE, 1, "invite").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(outcome(&choose(&client, &secret, CHOSEN).await), (410, "token-expired"));
}
