//! Administering others.

use crate::access::{admin_of, ask, is_soon_stale};
use crate::{installed, on_both};
use serde_json::{Value, json};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

pub(crate) async fn id_of(client: &Client, token: &str) -> String {
    client.me(token).await.text_of("id")
}

async fn put(client: &Client, token: &str, id: &str, body: Value) -> Answer {
    ask(client, token, "PUT", &format!("/api/v1/admin/users/{id}"), Some(body)).await
}

/// Makes a role, gives it to somebody new, and answers their token.
pub(crate) async fn holder_of(client: &Client, admin: &str, role: &str, permissions: &[&str], email: &str) -> String {
    let body = json!({"name": role, "permissions": permissions});
    assert_eq!(ask(client, admin, "POST", "/api/v1/admin/roles", Some(body)).await.status, 201);
    let token = client.token_of_new(email).await;
    let given = put(client, admin, &id_of(client, &token).await, json!({"roles": ["user", role]})).await;
    assert_eq!(given.status, 200, "{given:?}");
    client.token_of(email).await
}

on_both! {
    async fn a_role_that_is_given_or_changed_bites_within_a_second(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let before = client.token_of_new("ada@example.org").await;
        let id = id_of(&client, &before).await;
        let made = json!({"name": "support", "permissions": ["users:read"]});
        ask(&client, &admin, "POST", "/api/v1/admin/roles", Some(made)).await;
        let given = put(&client, &admin, &id, json!({"roles": ["support", "user"]})).await;
        assert_eq!((given.status, &given.body["roles"]), (200, &json!(["support", "user"])));
        assert!(is_soon_stale(&client, &before).await);
        let holder = client.token_of("ada@example.org").await;
        let path = format!("/api/v1/admin/users/{id}");
        assert_eq!(ask(&client, &holder, "GET", &path, None).await.status, 200);
        let change = json!({"permissions": ["jobs:read"]});
        ask(&client, &admin, "PUT", "/api/v1/admin/roles/support", Some(change)).await;
        assert!(is_soon_stale(&client, &holder).await, "the role permits something else");
        let again = client.token_of("ada@example.org").await;
        assert_eq!(outcome(&ask(&client, &again, "GET", &path, None).await), (403, "permission-denied"));
        let in_use = ask(&client, &admin, "DELETE", "/api/v1/admin/roles/support", None).await;
        assert_eq!(outcome(&in_use), (409, "role-in-use"));
    }

    async fn nobody_hands_out_what_they_lack(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let permissions = ["users:read", "users:write", "roles:read", "roles:write", "roles:assign"];
        let helper = holder_of(&client, &admin, "helpdesk", &permissions, "helper@example.org").await;
        let helper_id = id_of(&client, &helper).await;
        let ada = id_of(&client, &client.token_of_new("ada@example.org").await).await;
        let root = id_of(&client, &admin).await;
        let denied = (403, "permission-denied");
        for (id, body) in [
            (&helper_id, json!({"roles": ["admin"]})),
            (&ada, json!({"roles": ["auditor"]})),
            (&root, json!({"status": "suspended"})),
            (&root, json!({"display_name": "x"})),
            (&root, json!({"roles": []})),
        ] {
            assert_eq!(outcome(&put(&client, &helper, id, body.clone()).await), denied, "{body}");
        }
        let sign_out = ask(&client, &helper, "DELETE", &format!("/api/v1/admin/users/{root}/sessions"), None).await;
        assert_eq!(outcome(&sign_out), denied);
        let stronger = json!({"name": "stronger", "permissions": ["audit:read"]});
        assert_eq!(outcome(&ask(&client, &helper, "POST", "/api/v1/admin/roles", Some(stronger)).await), denied);
        let grown = json!({"permissions": ["users:read", "audit:read"]});
        assert_eq!(outcome(&ask(&client, &helper, "PUT", "/api/v1/admin/roles/helpdesk", Some(grown)).await), denied);
        assert_eq!(put(&client, &helper, &ada, json!({"roles": ["helpdesk"]})).await.status, 200);
        assert_eq!(put(&client, &helper, &ada, json!({"display_name": "Ada"})).await.status, 200);
    }

    async fn giving_roles_takes_a_permission_of_its_own(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let writer = holder_of(&client, &admin, "writer", &["users:write"], "writer@example.org").await;
        let ada = id_of(&client, &client.token_of_new("ada@example.org").await).await;
        let refused = put(&client, &writer, &ada, json!({"roles": []})).await;
        assert_eq!(outcome(&refused), (403, "permission-denied"));
        assert!(refused.text_of("detail").contains("roles:assign"), "{refused:?}");
        assert_eq!(put(&client, &writer, &ada, json!({"username": "ada"})).await.body["username"], "ada");
    }

    async fn who_is_suspended_is_out_and_can_come_back(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let token = client.token_of_new("ada@example.org").await;
        let id = id_of(&client, &token).await;
        let suspended = put(&client, &admin, &id, json!({"status": "suspended"})).await;
        assert_eq!((suspended.status, &suspended.body["status"]), (200, &json!("suspended")));
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        assert_eq!(outcome(&client.login("ada@example.org", GOOD_PASSWORD).await), (403, "account-suspended"));
        assert_eq!(put(&client, &admin, &id, json!({"status": "active"})).await.body["status"], "unverified");
        assert_eq!(client.login("ada@example.org", GOOD_PASSWORD).await.status, 200);
    }

    async fn a_changed_address_is_told_and_ends_every_session(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let token = client.token_of_new("ada@example.org").await;
        let id = id_of(&client, &token).await;
        server.mails().wait_for("ada@example.org", 1).await;
        let changed = put(&client, &admin, &id, json!({"email": "new@example.org"})).await;
        assert_eq!((&changed.body["email"], &changed.body["status"]), (&json!("new@example.org"), &json!("active")));
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        let told = server.mails().wait_for("ada@example.org", 2).await.pop().unwrap();
        assert!(told.text.contains("new@example.org"), "{told:?}");
        let refused = put(&client, &admin, &id, json!({"email": "root@example.org"})).await;
        assert_eq!(outcome(&refused), (409, "email-taken"));
    }

    async fn bad_changes_are_refused(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let id = id_of(&client, &client.token_of_new("ada@example.org").await).await;
        for (body, fault) in [
            (json!({"roles": ["nobody"]}), "roles unknown-role"),
            (json!({"roles": ["No Role"]}), "roles invalid-character"),
            (json!({"roles": "admin"}), "roles wrong-type"),
            (json!({"status": "deleted"}), "status unknown-choice"),
            (json!({"status": null}), "status required"),
            (json!({"email": null}), "email required"),
            (json!({"version": 1}), "version unknown-field"),
        ] {
            let refused = put(&client, &admin, &id, body).await;
            let faults: Vec<_> = refused.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect();
            assert_eq!((refused.status, faults), (422, vec![fault.to_owned()]));
        }
        for nobody in ["x", "00000000-0000-7000-8000-000000000000"] {
            assert_eq!(outcome(&put(&client, &admin, nobody, json!({"username": "x1y"})).await), (404, "user-not-found"));
        }
        let path = format!("/api/v1/admin/users/{id}");
        let stale = client.request("PUT", &path).bearer_auth(&admin).header("if-match", "\"9\"");
        let stale = client.send(stale.json(&json!({"username": "ada"}))).await;
        assert_eq!(outcome(&stale), (412, "precondition-failed"));
        assert_eq!(put(&client, &admin, &id, json!({})).await.header("etag"), "\"1\"", "nothing is no change");
    }

    async fn a_suspension_voids_what_was_mailed_and_its_end_proves_no_address(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let id = id_of(&client, &client.token_of_new("ada@example.org").await).await;
        client.post("/api/v1/password/forgot", json!({"email": "ada@example.org"})).await;
        let secret = server.mails().secret("ada@example.org", 2, "reset").await;
        put(&client, &admin, &id, json!({"status": "suspended"})).await;
        let reset = json!({"token": secret, "new_password": "another violet harbour 17"});
        assert_eq!(outcome(&client.post("/api/v1/password/reset", reset.clone()).await), (410, "token-used"));
        let back = put(&client, &admin, &id, json!({"status": "active"})).await;
        assert_eq!((&back.body["status"], &back.body["email_verified_at"]), (&json!("unverified"), &Value::Null));
        assert_eq!(outcome(&client.post("/api/v1/password/reset", reset).await), (410, "token-used"));
    }

    async fn the_last_administrator_is_not_lost_by_any_call(server, installation) {
        let client = server.client();
        let one = admin_of(&installation, &client, "one@example.org").await;
        let one_id = id_of(&client, &one).await;
        let invited = json!({"email": "late@example.org", "roles": ["admin"]});
        assert_eq!(ask(&client, &one, "POST", "/api/v1/admin/users", Some(invited)).await.status, 201);
        for body in [json!({"roles": ["user"]}), json!({"status": "suspended"})] {
            assert_eq!(outcome(&put(&client, &one, &one_id, body).await), (409, "last-admin"));
        }
        let other = admin_of(&installation, &client, "other@example.org").await;
        let other_id = id_of(&client, &other).await;
        let (first, second) = futures::join!(
            put(&client, &one, &one_id, json!({"roles": ["user"]})),
            put(&client, &other, &other_id, json!({"roles": ["user"]}))
        );
        let mut outcomes = [outcome(&first), outcome(&second)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [(200, ""), (409, "last-admin")]);
    }
}

#[tokio::test]
async fn a_change_of_grants_bites_on_every_instance() {
    let installation = installed(Backend::Postgres).await;
    let (here, there) = (installation.start().await, installation.start().await);
    let admin = admin_of(&installation, &here.client(), "root@example.org").await;
    let token = here.client().token_of_new("ada@example.org").await;
    let id = id_of(&there.client(), &token).await;
    put(&here.client(), &admin, &id, json!({"roles": ["auditor"]})).await;
    assert!(is_soon_stale(&there.client(), &token).await);
    let again = there.client().token_of("ada@example.org").await;
    assert_eq!(ask(&there.client(), &again, "GET", "/api/v1/admin/roles", None).await.status, 200);
    let change = json!({"roles": ["user"]});
    put(&there.client(), &admin, &id, change).await;
    assert!(is_soon_stale(&here.client(), &again).await);
}
