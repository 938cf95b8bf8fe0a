//! Demo data, by the program itself.

use crate::access::{admin_of, ask};
use crate::installed;
use serde_json::{Value, json};
use threshold_tests::{Answer, Backend, Client, Installation};

/// As docs/seed.md has it.
const PASSWORD: &str = "amber meadow 58 lantern";
const DOCUMENT: &str = include_str!("../../docs/seed.md");

/// Exit code, standard output and standard error.
fn seed(installation: &Installation) -> (i32, String, String) {
    let output = installation.command(&["seed"]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

async fn both() -> [Installation; 2] {
    [installed(Backend::Sqlite).await, installed(Backend::Postgres).await]
}

/// Everybody, deleted users too, as an administrator sees them.
async fn everybody(client: &Client, token: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["/api/v1/admin/users", "/api/v1/admin/users/deleted"] {
        let list = ask(client, token, "GET", path, None).await;
        all.extend(list.body.get("items").and_then(Value::as_array).cloned().unwrap_or_else(|| panic!("{list:?}")));
    }
    // Signing in is dated, and no change.
    for user in &mut all {
        user["last_login_at"] = Value::Null;
    }
    all
}

fn token(signed_in: &Answer) -> String {
    signed_in.text_of("access_token")
}

fn is_of(user: &Value, name: &str, text: &str) -> bool {
    user[name].as_str() == Some(text)
}

#[tokio::test]
async fn there_are_users_of_every_kind_and_the_second_run_changes_nothing() {
    for installation in both().await {
        let server = installation.start().await;
        let client = server.client();
        let (code, out, err) = seed(&installation);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        assert_eq!(out, "Added 10 users, and the role support. docs/seed.md has their names and their password.\n");
        let admin = client.login("ada@demo.example", PASSWORD).await;
        assert_eq!(admin.status, 200, "{admin:?}");
        let users = everybody(&client, &token(&admin)).await;
        assert_eq!(users.len(), 10);
        for status in ["unverified", "active", "suspended", "deleted"] {
            assert!(users.iter().any(|user| is_of(user, "status", status)), "{status}");
        }
        assert!(users.iter().any(|user| is_of(user, "pending_email", "new.paula@demo.example")), "{users:?}");
        assert_eq!(
            seed(&installation),
            (0, "Everything is there already; nothing was changed.\n".to_owned(), String::new())
        );
        assert_eq!(everybody(&client, &token(&admin)).await, users);
        let path = "/api/v1/admin/audit?action=user_created";
        let records = ask(&client, &token(&admin), "GET", path, None).await.text;
        assert_eq!(records.matches("seeded").count(), 10, "once each: {records}");
    }
}

#[tokio::test]
async fn everybody_signs_in_as_the_document_says() {
    for installation in both().await {
        assert_eq!(seed(&installation).0, 0);
        let client = installation.start().await;
        let client = client.client();
        let admin = token(&client.login("ada@demo.example", PASSWORD).await);
        for user in everybody(&client, &admin).await {
            let (name, email) = (user["username"].as_str().unwrap(), user["email"].as_str().unwrap());
            let row = DOCUMENT.lines().find(|line| line.contains(&format!("| `{email}` | `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("docs/seed.md lacks {email}"));
            let roles: Vec<_> = user["roles"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(row.contains(&format!("| {} |", roles.join(", "))), "{row}");
            assert!(row.contains(&format!("| {} |", user["status"].as_str().unwrap())), "{row}");
            let signed_in = client.login(email, PASSWORD).await;
            let outcome = (signed_in.status, signed_in.code());
            match name {
                "sam" => assert_eq!(outcome, (403, "account-suspended")),
                "iris" | "dora" => assert_eq!(outcome, (401, "invalid-credentials"), "{name}"),
                _ => assert_eq!(outcome.0, 200, "{signed_in:?}"),
            }
        }
        assert!(DOCUMENT.contains(&format!("`{PASSWORD}`")));
        let support = token(&client.login("stella@demo.example", PASSWORD).await);
        assert_eq!(ask(&client, &support, "GET", "/api/v1/admin/users", None).await.status, 200);
        assert_eq!(ask(&client, &support, "GET", "/api/v1/admin/roles", None).await.status, 403);
    }
}

#[tokio::test]
async fn where_others_have_the_names_nothing_is_done_and_each_is_named() {
    for installation in both().await {
        let server = installation.start().await;
        let client = server.client();
        client.register("ULLA@demo.example").await;
        let body = json!({"email": "other@example.org", "username": "sam", "password": threshold_tests::GOOD_PASSWORD});
        assert_eq!(client.post("/api/v1/register", body).await.status, 201);
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let role = json!({"name": "support", "permissions": ["audit:read"]});
        assert_eq!(ask(&client, &admin, "POST", "/api/v1/admin/roles", Some(role)).await.status, 201);
        let before = everybody(&client, &admin).await;
        let (code, out, err) = seed(&installation);
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        let expected =
            "threshold: others have the role support, the address ulla@demo.example, the username sam: nothing";
        assert!(err.starts_with(expected), "{err}");
        assert_eq!(everybody(&client, &admin).await, before);
    }
}

#[tokio::test]
async fn demo_users_who_have_changed_are_left_alone() {
    let installation = installed(Backend::Sqlite).await;
    assert_eq!(seed(&installation).0, 0);
    let server = installation.start().await;
    let client = server.client();
    let admin = token(&client.login("ada@demo.example", PASSWORD).await);
    let ulla = token(&client.login("ulla@demo.example", PASSWORD).await);
    let id = client.me(&ulla).await.text_of("id");
    let path = format!("/api/v1/admin/users/{id}");
    ask(&client, &admin, "PUT", &path, Some(json!({"email": "moved@example.org"}))).await;
    assert_eq!(seed(&installation).1, "Everything is there already; nothing was changed.\n");
    assert_eq!(ask(&client, &admin, "GET", &path, None).await.text_of("email"), "moved@example.org");
    assert!(ask(&client, &admin, "DELETE", &path, None).await.status < 300);
    assert_eq!(seed(&installation).0, 0);
    let status = ask(&client, &admin, "GET", &path, None).await.text_of("status");
    assert_eq!(status, "deleted", "nobody comes back by it");
}

#[tokio::test]
async fn production_gets_no_demo_users() {
    let installation = installed(Backend::Sqlite).await.with("ENV", "production");
    let (code, out, err) = seed(&installation);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1), "{err}");
    assert!(err.contains("production") && err.contains("THRESHOLD_ENV"), "{err}");
    assert!(!installation.folder().join("threshold.db").exists(), "nothing was touched");
}
