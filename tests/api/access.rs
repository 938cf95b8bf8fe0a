//! Who may do what.

use crate::races::until_somebody_waits;
use crate::{installed, on_both};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD, Installation};

const ROLES: &str = "/api/v1/admin/roles";
/// Changes of grants bite within a second.
const SECOND: Duration = Duration::from_secs(1);

pub(crate) async fn ask(client: &Client, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = client.request(method, path).bearer_auth(token);
    client.send(if let Some(body) = body { request.json(&body) } else { request }).await
}

/// Somebody who is an administrator from the command line, while the service runs.
pub(crate) async fn admin_of(installation: &Installation, client: &Client, email: &str) -> String {
    let made =
        installation.command(&["admin", "create", "--email", email, "--password", GOOD_PASSWORD]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    client.token_of(email).await
}

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

/// Asks until a second has passed, and answers whether it was refused as stale before.
pub(crate) async fn is_soon_stale(client: &Client, token: &str) -> bool {
    let started = Instant::now();
    while started.elapsed() < SECOND {
        if client.me(token).await.code() == "token-stale" {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

#[tokio::test]
async fn every_operation_asks_for_the_permission_that_its_document_names() {
    let installation = installed(Backend::Sqlite).await;
    let server = installation.start().await;
    let client = server.client();
    let admin = admin_of(&installation, &client, "root@example.org").await;
    let nobody = client.token_of_new("ada@example.org").await;
    let document = client.get("/api/openapi.json").await.body;
    let mut guarded = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let permission = operation["x-permission"].as_str();
            assert_eq!(path.starts_with("/api/v1/admin/"), permission.is_some(), "{method} {path}");
            let Some(permission) = permission else { continue };
            guarded += 1;
            let path = path.replace("{name}", "nobody").replace("{id}", "nobody");
            let method = method.to_uppercase();
            let bare = client.send(client.request(&method, &path)).await;
            assert_eq!(outcome(&bare), (401, "unauthenticated"), "{method} {path}");
            let refused = ask(&client, &nobody, &method, &path, None).await;
            assert_eq!(outcome(&refused), (403, "permission-denied"), "{method} {path}");
            assert!(refused.text_of("detail").contains(permission), "{refused:?}");
            let let_in = ask(&client, &admin, &method, &path, None).await;
            assert!(![401, 403].contains(&let_in.status), "{method} {path}: {let_in:?}");
        }
    }
    assert!(guarded >= 6, "{guarded}");
}

#[tokio::test]
async fn an_administrator_is_made_while_the_service_runs_and_without_it() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let early =
            installation.command(&["admin", "create", "--email", "early@example.org", "--password", GOOD_PASSWORD]);
        let made = { early }.output().unwrap();
        assert!(made.status.success(), "{made:?}");
        let server = installation.start().await;
        let client = server.client();
        let token = client.token_of("early@example.org").await;
        let me = client.me(&token).await;
        assert_eq!((&me.body["roles"], &me.body["status"]), (&json!(["admin", "user"]), &json!("active")));
        let before = client.token_of_new("ada@example.org").await;
        let secret = server.mails().secret("ada@example.org", 1, "verify").await;
        assert_eq!(client.get(&format!("/api/v1/verify/{secret}")).await.status, 200);
        admin_of(&installation, &client, "ada@example.org").await;
        assert!(is_soon_stale(&client, &before).await, "who gains a role has a token that says otherwise");
        let again = client.token_of("ada@example.org").await;
        assert_eq!(ask(&client, &again, "GET", ROLES, None).await.status, 200);
        let weak =
            installation.command(&["admin", "create", "--email", "x@example.org", "--password", "short"]).output();
        let weak = weak.unwrap();
        assert_eq!(weak.status.code(), Some(1));
        assert!(String::from_utf8(weak.stderr).unwrap().contains("at least"));
    }
}

#[tokio::test]
async fn nobody_suspended_is_made_an_administrator_and_no_role_taken_away_is_given_back() {
    let installation = installed(Backend::Postgres).await;
    let create = installation.command(&["admin", "create", "--email", "ada@example.org", "--password", GOOD_PASSWORD]);
    assert!({ create }.output().unwrap().status.success());
    let database = installation.postgres.as_ref().unwrap();
    let suspend = "UPDATE users SET status = 'suspended'";
    database.client().await.batch_execute(suspend).await.unwrap();
    let suspended = installation.command(&["admin", "create", "--email", "ada@example.org"]).output().unwrap();
    let told = String::from_utf8(suspended.stderr).unwrap();
    assert!(suspended.status.code() == Some(1) && told.contains("is suspended"), "{told}");
    database.client().await.batch_execute("UPDATE users SET status = 'active'").await.unwrap();
    let (other, watcher) = (database.client().await, database.client().await);
    let count = async |query: &str| watcher.query_one(query, &[]).await.unwrap().get::<_, i64>(0);
    other.batch_execute("BEGIN; UPDATE users SET version = version + 1; DELETE FROM user_roles").await.unwrap();
    let mut again = installation.command(&["admin", "create", "--email", "ada@example.org"]);
    let again = again.spawn().unwrap();
    until_somebody_waits(&installation).await;
    other.batch_execute("COMMIT").await.unwrap();
    let refused = again.wait_with_output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && told.contains("just changed"), "{told}");
    assert_eq!(count("SELECT count(*) FROM user_roles").await, 0);
}

on_both! {
    async fn the_catalogue_and_the_built_in_roles_are_there_from_the_start(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let permissions = ask(&client, &admin, "GET", "/api/v1/admin/permissions", None).await;
        let names: Vec<_> = permissions.body["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert!(names.contains(&json!("users:read")) && names.contains(&json!("alerting:respond")), "{names:?}");
        let roles = ask(&client, &admin, "GET", ROLES, None).await;
        let built_in = |name: &str| {
            roles.body["items"].as_array().unwrap().iter().find(|role| role["name"] == name).cloned().unwrap()
        };
        assert_eq!(built_in("admin")["permissions"], json!(names));
        assert_eq!(built_in("user")["permissions"], json!([]));
        for name in ["admin", "operator", "auditor", "user"] {
            assert_eq!(built_in(name)["built_in"], true);
            let path = format!("{ROLES}/{name}");
            let changed = ask(&client, &admin, "PUT", &path, Some(json!({"permissions": []}))).await;
            assert_eq!(outcome(&changed), (409, "role-built-in"));
            assert_eq!(outcome(&ask(&client, &admin, "DELETE", &path, None).await), (409, "role-built-in"));
        }
    }

    async fn roles_are_made_changed_and_deleted(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let body = json!({"name": "support", "description": "Helps.", "permissions": ["users:read"]});
        let made = ask(&client, &admin, "POST", ROLES, Some(body.clone())).await;
        assert_eq!((made.status, made.header("location")), (201, "/api/v1/admin/roles/support"), "{made:?}");
        let expected = json!({"name": "support", "description": "Helps.", "permissions": ["users:read"], "built_in": false});
        assert_eq!(made.body, expected);
        assert_eq!(outcome(&ask(&client, &admin, "POST", ROLES, Some(body)).await), (409, "role-taken"));
        let path = "/api/v1/admin/roles/support";
        let shown = ask(&client, &admin, "GET", path, None).await;
        assert_eq!((&shown.body, shown.header("etag")), (&expected, made.header("etag")));
        let change = json!({"description": null, "permissions": ["users:read", "users:write"]});
        let stale = client.request("PUT", path).bearer_auth(&admin).header("if-match", "\"9\"").json(&change);
        assert_eq!(outcome(&client.send(stale).await), (412, "precondition-failed"));
        let changed = ask(&client, &admin, "PUT", path, Some(change)).await;
        assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
        assert_eq!((&changed.body["description"], &changed.body["permissions"]), (&json!(""), &json!(["users:read", "users:write"])));
        assert_eq!(ask(&client, &admin, "DELETE", path, None).await.status, 204);
        assert_eq!(outcome(&ask(&client, &admin, "GET", path, None).await), (404, "role-not-found"));
        assert_eq!(outcome(&ask(&client, &admin, "DELETE", path, None).await), (404, "role-not-found"));
    }

    async fn bad_roles_are_refused_field_by_field(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let faults = async |body: Value| {
            let refused = ask(&client, &admin, "POST", ROLES, Some(body)).await;
            assert_eq!(refused.status, 422, "{refused:?}");
            refused.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({})).await, ["name required", "permissions required"]);
        let all = json!({"name": "Support", "description": "a\nb", "permissions": ["users:*"]});
        assert_eq!(
            faults(all).await,
            ["name invalid-character", "description invalid-character", "permissions unknown-permission"]
        );
        for permissions in [json!("users:read"), json!([1]), json!(null), json!({})] {
            assert_eq!(faults(json!({"name": "x1", "permissions": permissions})).await, ["permissions wrong-type"]);
        }
        assert_eq!(outcome(&ask(&client, &admin, "GET", "/api/v1/admin/roles/NO%20ROLE", None).await), (404, "role-not-found"));
    }

    async fn lists_come_in_pages(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(&client, &admin, "GET", &format!("{ROLES}?limit=3{cursor}"), None).await;
            names.extend(page.body["items"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(names, ["admin", "auditor", "operator", "user"]);
        for (query, fault) in [
            ("limit=0", "limit out-of-range"),
            ("limit=-1", "limit out-of-range"),
            ("limit=1000000000", "limit out-of-range"),
            ("cursor=abc", "cursor invalid-cursor"),
            ("limt=3", "limt unknown-field"),
            ("limit=3&limit=4", "limit given-twice"),
        ] {
            let refused = ask(&client, &admin, "GET", &format!("{ROLES}?{query}"), None).await;
            let faults: Vec<_> = refused.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect();
            assert_eq!((refused.status, faults), (422, vec![fault.to_owned()]), "{query}");
        }
        let of_another_list = ask(&client, &admin, "GET", "/api/v1/admin/permissions?limit=1", None).await.text_of("next_cursor");
        let refused = ask(&client, &admin, "GET", &format!("{ROLES}?cursor={of_another_list}"), None).await;
        assert_eq!(refused.status, 422);
    }

    async fn the_last_administrator_stays_one(server, installation) {
        let client = server.client();
        let delete = async |token: &str| {
            let request = client.request("DELETE", "/api/v1/users/me").bearer_auth(token);
            client.send(request.json(&json!({"password": GOOD_PASSWORD}))).await
        };
        let one = admin_of(&installation, &client, "one@example.org").await;
        assert_eq!(outcome(&delete(&one).await), (409, "last-admin"));
        let other = admin_of(&installation, &client, "other@example.org").await;
        let (first, second) = futures::join!(delete(&one), delete(&other));
        let mut outcomes = [outcome(&first), outcome(&second)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [(200, ""), (409, "last-admin")]);
    }
}
