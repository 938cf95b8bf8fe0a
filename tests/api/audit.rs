//! The audit log: what is in it, and that it can be proven.

use crate::access::{admin_of, ask};
use crate::administration::id_of;
use crate::{installed, on_both};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use threshold_tests::{Backend, Client, GOOD_PASSWORD, Installation};

const AUDIT: &str = "/api/v1/admin/audit";

/// The actions of the records that a query finds, the latest first.
async fn actions(client: &Client, admin: &str, query: &str) -> Vec<String> {
    let found = ask(client, admin, "GET", &format!("{AUDIT}?limit=200&{query}"), None).await;
    found.items().iter().map(|record| record["action"].as_str().unwrap().to_owned()).collect()
}

/// Exit code, standard output and standard error of a command.
fn run(installation: &Installation, arguments: &[&str]) -> (i32, String, String) {
    let output = installation.command(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn nothing_is_proven_and_nothing_made_where_there_is_no_log() {
    let installation = installed(Backend::Sqlite).await;
    let entries = || fs::read_dir(installation.folder()).unwrap().count();
    for task in [vec!["audit", "verify"], vec!["audit", "export"], vec!["audit", "export", "log.ndjson"]] {
        let mut command = installation.command(&task);
        let refused = command.env_remove("THRESHOLD_SECRET_KEY").output().unwrap();
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(1) && told.contains("there is no database"), "{told}");
        assert_eq!(entries(), 0, "{task:?}");
    }
    // There is a log, but not what proves it.
    assert_eq!(run(&installation, &["migrate", "up"]).0, 0);
    let before = entries();
    let mut command = installation.command(&["audit", "verify"]);
    let refused = command.env_remove("THRESHOLD_SECRET_KEY").output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && told.contains("there is no secret key"), "{told}");
    assert_eq!(entries(), before);
}

#[tokio::test]
async fn a_log_of_another_version_is_left_as_it_is() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await;
        let told = |task: &str| {
            let (code, _out, err) = run(&installation, &["audit", task]);
            assert!(code == 1 && err.contains("threshold migrate up"), "{err}");
        };
        if backend == Backend::Postgres {
            told("verify");
        }
        assert_eq!(run(&installation, &["migrate", "up"]).0, 0);
        assert_eq!(run(&installation, &["migrate", "down"]).0, 0);
        let before = run(&installation, &["migrate", "status"]).1;
        assert!(before.contains("pending"), "{before}");
        let bytes = || fs::read(installation.folder().join("threshold.db")).ok();
        let there = bytes();
        told("verify");
        told("export");
        assert_eq!(bytes(), there);
        assert_eq!(run(&installation, &["migrate", "status"]).1, before);
    }
}

on_both! {
    async fn what_somebody_does_is_recorded_with_where_from(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let token = client.token_of_new("ada@example.org").await;
        let id = id_of(&client, &token).await;
        client.login("ada@example.org", "not the password").await;
        client.login("nobody@example.org", "not the password").await;
        let body = json!({"current_password": GOOD_PASSWORD, "new_password": "another violet harbour 17"});
        assert_eq!(ask(&client, &token, "POST", "/api/v1/password/change", Some(body)).await.status, 204);
        ask(&client, &token, "PUT", "/api/v1/users/me", Some(json!({"display_name": "Ada"}))).await;
        assert_eq!(ask(&client, &token, "GET", AUDIT, None).await.status, 403);
        client.logout(&token).await;
        let by_ada = actions(&client, &admin, &format!("actor={id}")).await;
        let expected =
            ["authn_token_revoked", "authz_fail", "user_updated", "authn_password_change", "authn_login_success"];
        assert_eq!(by_ada, expected);
        let on_ada = actions(&client, &admin, &format!("subject=user:{id}")).await;
        assert_eq!(on_ada, ["user_updated", "authn_password_change", "authn_login_fail", "user_created"]);
        let failed = ask(&client, &admin, "GET", &format!("{AUDIT}?action=authn_login_fail"), None).await;
        let subjects: Vec<_> = failed.items().iter().map(|record| record["subject"].as_str()).collect();
        assert_eq!(subjects, [None, Some(format!("user:{id}").as_str())]);
        for record in failed.items() {
            assert_eq!((&record["actor"], &record["ip"]), (&json!("anonymous"), &json!("127.0.0.1")));
            assert!(record["request_id"].is_string());
        }
        let everything = ask(&client, &admin, "GET", &format!("{AUDIT}?limit=200"), None).await;
        let text = everything.body.to_string();
        for secret in ["ada@example.org", "nobody@example.org", GOOD_PASSWORD, "not the password"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }

    async fn whoever_reaches_for_more_than_they_have_is_recorded(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let root = id_of(&client, &admin).await;
        let permissions = json!(["users:read", "users:write", "roles:write", "api-keys:write"]);
        let made = json!({"name": "support", "permissions": permissions});
        assert_eq!(ask(&client, &admin, "POST", "/api/v1/admin/roles", Some(made)).await.status, 201);
        let body = json!({"email": "stella@example.org", "password": GOOD_PASSWORD, "roles": ["support"]});
        assert_eq!(ask(&client, &admin, "POST", "/api/v1/admin/users", Some(body)).await.status, 201);
        let token = client.token_of("stella@example.org").await;
        let user = format!("/api/v1/admin/users/{root}");
        let reaches = [
            ("PUT", user.clone(), Some(json!({"email": "x@evil.example"})), Some(root.as_str())),
            ("PUT", user.clone(), Some(json!({"roles": ["user"]})), Some(root.as_str())),
            ("DELETE", format!("{user}/sessions"), None, Some(root.as_str())),
            ("POST", "/api/v1/admin/roles".to_owned(), Some(json!({"name": "all", "permissions": ["jobs:write"]})), None),
            ("POST", "/api/v1/admin/api-keys".to_owned(), Some(json!({"name": "k", "permissions": ["jobs:write"]})), None),
        ];
        for (method, path, body, _) in &reaches {
            assert_eq!(ask(&client, &token, method, path, body.clone()).await.status, 403, "{method} {path}");
        }
        let recorded = ask(&client, &admin, "GET", &format!("{AUDIT}?action=authz_fail"), None).await;
        let targets: Vec<_> = recorded.items().iter().map(|record| record["details"]["target"].as_str()).collect();
        let expected: Vec<_> = reaches.iter().rev().map(|(_, _, _, target)| *target).collect();
        assert_eq!(targets, expected, "{recorded:?}");
    }

    async fn what_administrators_do_is_recorded(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let root = id_of(&client, &admin).await;
        let ada = id_of(&client, &client.token_of_new("ada@example.org").await).await;
        let user = format!("/api/v1/admin/users/{ada}");
        let role = json!({"name": "support", "permissions": ["users:read"]});
        let key = json!({"name": "export", "permissions": ["audit:read"]});
        let acts = [
            ("POST", "/api/v1/admin/roles", Some(role)),
            ("PUT", "/api/v1/admin/roles/support", Some(json!({"permissions": ["jobs:read"]}))),
            ("PUT", user.as_str(), Some(json!({"roles": ["support", "user"]}))),
            ("PUT", user.as_str(), Some(json!({"status": "suspended"}))),
            ("DELETE", user.as_str(), None),
            ("POST", &format!("{user}/restore"), None),
        ];
        for (method, path, body) in acts {
            let done = ask(&client, &admin, method, path, body).await;
            assert!((200..300).contains(&done.status), "{method} {path}: {done:?}");
        }
        let made = ask(&client, &admin, "POST", "/api/v1/admin/api-keys", Some(key)).await;
        let (id, key) = (made.text_of("id"), made.text_of("key"));
        let by_root = actions(&client, &admin, &format!("actor=user:{root}")).await;
        let expected = [
            "authn_token_created",
            "user_restored",
            "user_archived",
            "user_updated",
            "authz_change",
            "privilege_permissions_changed",
            "authz_admin",
            "authn_login_success",
        ];
        assert_eq!(by_root, expected);
        let changed = ask(&client, &admin, "GET", &format!("{AUDIT}?action=authz_change"), None).await;
        let details = &changed.items().first().unwrap()["details"];
        assert_eq!(details, &json!({"from": "user", "to": "support user"}));
        // A machine reads the log, and that it was there is recorded soon after.
        assert_eq!(ask(&client, &key, "GET", AUDIT, None).await.status, 200);
        ask(&client, &admin, "DELETE", &format!("/api/v1/admin/api-keys/{id}"), None).await;
        let mut by_key = Vec::new();
        for _ in 0..500 {
            by_key = actions(&client, &admin, &format!("actor=api-key:{id}")).await;
            if !by_key.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(by_key, ["authn_login_success"]);
        let on_key = actions(&client, &admin, &format!("subject=api-key:{id}")).await;
        assert_eq!(on_key, ["authn_token_revoked", "authn_token_created"]);
        assert_eq!(run(&installation, &["audit", "verify"]).0, 0);
    }

    async fn pages_and_filters_of_the_audit_log_are_checked(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for (query, field) in [
            ("actor=planet:7", "actor"),
            ("subject=role:A", "subject"),
            ("action=fly", "action"),
            ("after=yesterday", "after"),
            ("before=2026-02-30T00:00:00Z", "before"),
            ("limit=0", "limit"),
            ("cursor=abc", "cursor"),
            ("colour=red", "colour"),
        ] {
            let refused = ask(&client, &admin, "GET", &format!("{AUDIT}?{query}"), None).await;
            assert_eq!(refused.status, 422, "{query}: {refused:?}");
            assert_eq!(refused.faults().first().unwrap().0, field, "{query}");
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(&client, &admin, "GET", &format!("{AUDIT}?limit=2{cursor}"), None).await;
            seen.extend(page.items().iter().map(|record| record["place"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            let foreign = format!("{AUDIT}?limit=2&action=user_created{cursor}");
            assert_eq!(ask(&client, &admin, "GET", &foreign, None).await.status, 422);
        }
        let mut places = seen.clone();
        places.sort_unstable();
        places.dedup();
        assert_eq!((places.len(), places.len() >= 4), (seen.len(), true), "{seen:?}");
    }

    async fn the_program_proves_the_log_and_writes_it_down(server, installation) {
        let client = server.client();
        client.register("ada@example.org").await;
        client.login("ada@example.org", GOOD_PASSWORD).await;
        let (code, out, err) = run(&installation, &["audit", "verify"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        assert!(out.ends_with("The audit log is whole.\n"), "{out}");
        let anchor = format!("1:{}", "0".repeat(64));
        let (code, _out, err) = run(&installation, &["audit", "verify", "--anchor", &anchor]);
        assert_eq!(code, 1);
        assert!(err.contains("checkpoint 1 was removed or replaced"), "{err}");
        let file = installation.folder().join("log.ndjson");
        fs::write(&file, "of before").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let (code, out, _err) = run(&installation, &["audit", "export", "log.ndjson"]);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let records = lines.iter().filter(|line| line["type"] == "record").count();
        assert_eq!((code, out), (0, format!("Exported {records}.\n")));
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        assert_eq!(types.first(), Some(&"key"));
        assert!(types.contains(&"segment") && records >= 3, "{types:?}");
        let wrong = run(&installation, &["audit", "verify", "--anchor", "x"]);
        assert_eq!(wrong.0, 2, "{wrong:?}");
    }

    async fn starts_stops_and_other_settings_are_recorded(server, installation) {
        let mut server = server;
        server.signal("TERM");
        server.ended().await;
        drop(server);
        let installation = installation.with("LOGIN__REQUIRE_VERIFIED_EMAIL", "false").with("USERS__CACHE_SIZE", "77");
        let again = installation.start().await;
        let client = again.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let of_system = actions(&client, &admin, "actor=system").await;
        let lifecycle: Vec<_> = of_system.iter().filter(|action| action.starts_with("sys_") && !action.contains("key")).collect();
        assert_eq!(lifecycle, ["sys_settings_changed", "sys_startup", "sys_shutdown", "sys_startup"]);
        let changed = ask(&client, &admin, "GET", &format!("{AUDIT}?action=sys_settings_changed"), None).await;
        let settings = changed.items().first().unwrap()["details"]["settings"].as_str().unwrap().to_owned();
        assert!(settings.split(' ').any(|key| key == "users.cache_size"), "{settings}");
        let started = ask(&client, &admin, "GET", &format!("{AUDIT}?action=sys_startup"), None).await;
        let details = started.items().first().unwrap()["details"].clone();
        assert_eq!(details["users.cache_size"], "77");
        assert_eq!(run(&installation, &["audit", "verify"]).0, 0);
    }
}
