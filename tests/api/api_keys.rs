//! Keys of machines.

use crate::access::{admin_of, ask};
use crate::{installed, on_both};
use chrono::{DateTime, TimeDelta};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

const KEYS: &str = "/api/v1/admin/api-keys";
const ROLES: &str = "/api/v1/admin/roles";
/// Of the right form, made by nobody.
const UNKNOWN: &str = "thr_00000000000000000000000000000000";

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

/// Makes a key with these permissions.
async fn make(client: &Client, token: &str, permissions: &[&str]) -> Answer {
    ask(client, token, "POST", KEYS, Some(json!({"name": "CI", "permissions": permissions}))).await
}

/// The key that was made, and where it is.
fn made(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text_of("key"), answer.header("location").to_owned())
}

/// A whole key with a checksum, of the letters of `unchecked`.
fn checked(unchecked: &str) -> String {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut crc = u32::MAX;
    for byte in unchecked.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    let digit =
        |place: u32| char::from(*alphabet.get(usize::try_from(!crc / 62_u32.pow(place) % 62).unwrap()).unwrap());
    let sum: String = (0..6).rev().map(digit).collect();
    format!("{unchecked}{sum}")
}

async fn with_basic(client: &Client, user: &str, password: &str) -> Answer {
    client.send(client.request("GET", ROLES).basic_auth(user, Some(password))).await
}

on_both! {
    async fn a_key_opens_what_it_permits_and_nothing_else(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (key, _) = made(&make(&client, &admin, &["roles:read"]).await);
        assert_eq!(key, checked(&key[..36]), "others can tell a key by its checksum");
        assert_eq!(ask(&client, &key, "GET", ROLES, None).await.status, 200);
        for user in ["", "ci", "größe"] {
            assert_eq!(with_basic(&client, user, &key).await.status, 200);
        }
        let denied = ask(&client, &key, "GET", KEYS, None).await;
        assert_eq!(outcome(&denied), (403, "permission-denied"));
        assert!(denied.text_of("detail").contains("api-keys:write"));
        let beside_cookie = client.request("GET", ROLES).bearer_auth(&key).header("cookie", "threshold_session=x");
        assert_eq!(client.send(beside_cookie).await.status, 200, "what Authorization proves decides");
    }

    async fn a_key_is_shown_once_and_recognised_by_its_beginning(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let me = client.me(&admin).await.text_of("id");
        let body = json!({"name": "CI, größer", "permissions": ["users:read"], "expires_at": "2999-01-01T01:00:00+01:00"});
        let answer = ask(&client, &admin, "POST", KEYS, Some(body)).await;
        let (key, place) = made(&answer);
        let mut expected = answer.body.clone();
        expected.as_object_mut().unwrap().remove("key");
        assert_eq!(ask(&client, &admin, "GET", &place, None).await.body, expected);
        let list = ask(&client, &admin, "GET", KEYS, None).await;
        assert_eq!(list.body, json!({"items": [expected], "next_cursor": null}));
        assert_eq!(expected["prefix"], key[..8]);
        assert_eq!(expected["created_by"], json!({"kind": "user", "id": me}));
        assert_eq!((&expected["name"], &expected["permissions"]), (&json!("CI, größer"), &json!(["users:read"])));
        assert_eq!((&expected["expires_at"], &expected["last_used_at"]), (&json!("2999-01-01T00:00:00.000000Z"), &Value::Null));
        assert_eq!(place, format!("{KEYS}/{}", answer.text_of("id")));
    }

    async fn bad_keys_are_refused_field_by_field(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let faults = async |body: Value| {
            let refused = ask(&client, &admin, "POST", KEYS, Some(body)).await;
            assert_eq!(refused.status, 422, "{refused:?}");
            refused.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({})).await, ["name required", "permissions required"]);
        let all = json!({"name": "", "permissions": ["users:*"], "expires_at": "tomorrow", "key": "thr_x"});
        assert_eq!(
            faults(all).await,
            ["name too-short", "permissions unknown-permission", "expires_at invalid-format", "key unknown-field"]
        );
        for past in ["2020-01-01T00:00:00Z", "1500-01-01T00:00:00Z"] {
            let body = json!({"name": "CI", "permissions": [], "expires_at": past});
            assert_eq!(faults(body).await, ["expires_at in-the-past"]);
        }
        assert_eq!(ask(&client, &admin, "GET", KEYS, None).await.body["items"], json!([]));
    }

    async fn nobody_makes_or_revokes_a_key_with_a_permission_that_they_lack(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (keeper, keeper_place) = made(&make(&client, &admin, &["api-keys:write", "users:read"]).await);
        let refused = make(&client, &keeper, &["users:read", "users:write", "jobs:read"]).await;
        assert_eq!(outcome(&refused), (403, "permission-denied"));
        assert!(refused.text_of("detail").contains("users:write, jobs:read"), "{refused:?}");
        let by_key = make(&client, &keeper, &["users:read"]).await;
        let keeper_id = keeper_place.rsplit('/').next().unwrap();
        assert_eq!(by_key.body["created_by"], json!({"kind": "api_key", "id": keeper_id}));
        let (_, stronger) = made(&make(&client, &admin, &["jobs:read"]).await);
        let refused = ask(&client, &keeper, "DELETE", &stronger, None).await;
        assert_eq!(outcome(&refused), (403, "permission-denied"));
        assert_eq!(ask(&client, &keeper, "DELETE", &made(&by_key).1, None).await.status, 204);
        let role = json!({"name": "support", "permissions": ["users:read"]});
        assert_eq!(ask(&client, &keeper, "POST", ROLES, Some(role)).await.status, 403);
    }

    async fn a_machine_administers_within_its_permissions(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let granted = ["users:read", "users:write", "roles:read", "roles:write", "roles:assign"];
        let (key, _) = made(&make(&client, &admin, &granted).await);
        let role = json!({"name": "support", "permissions": ["users:read"]});
        assert_eq!(ask(&client, &key, "POST", ROLES, Some(role)).await.status, 201);
        let beyond = json!({"name": "other", "permissions": ["jobs:read"]});
        assert_eq!(outcome(&ask(&client, &key, "POST", ROLES, Some(beyond)).await), (403, "permission-denied"));
        let ada = client.register("ada@example.org").await.text_of("id");
        let path = format!("/api/v1/admin/users/{ada}");
        let given = ask(&client, &key, "PUT", &path, Some(json!({"roles": ["support", "user"]}))).await;
        assert_eq!((given.status, &given.body["roles"]), (200, &json!(["support", "user"])));
        let refused = ask(&client, &key, "PUT", &path, Some(json!({"roles": ["auditor"]}))).await;
        assert_eq!(outcome(&refused), (403, "permission-denied"));
        assert_eq!(ask(&client, &key, "DELETE", &format!("{path}/sessions"), None).await.status, 204);
        let root = client.me(&admin).await.text_of("id");
        let refused = ask(&client, &key, "DELETE", &format!("/api/v1/admin/users/{root}/sessions"), None).await;
        assert_eq!(outcome(&refused), (403, "permission-denied"));
    }

    async fn a_key_that_is_none_any_more_says_why(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (key, place) = made(&make(&client, &admin, &["roles:read"]).await);
        let mut mistyped = key.clone();
        mistyped.replace_range(20..21, if key.as_bytes()[20] == b'x' { "y" } else { "x" });
        for none in ["thr_", &mistyped, &key[..41], &checked(UNKNOWN)] {
            for refused in [ask(&client, none, "GET", ROLES, None).await, with_basic(&client, "ci", none).await] {
                assert_eq!(outcome(&refused), (401, "token-invalid"), "{none}");
                assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
            }
        }
        assert_eq!(ask(&client, &key, "GET", ROLES, None).await.status, 200);
        assert_eq!(ask(&client, &admin, "DELETE", &place, None).await.status, 204);
        let refused = ask(&client, &key, "GET", ROLES, None).await;
        assert_eq!(outcome(&refused), (401, "token-revoked"), "at once");
        assert!(refused.header("www-authenticate").starts_with("Bearer realm=\"threshold\", error=\"invalid_token\""));
        for gone in [&place, &format!("{KEYS}/nobody"), &format!("{KEYS}/01a1fc20-fbc1-7100-8aa0-d07cc3f506be")] {
            assert_eq!(outcome(&ask(&client, &admin, "DELETE", gone, None).await), (404, "api-key-not-found"));
            assert_eq!(outcome(&ask(&client, &admin, "GET", gone, None).await), (404, "api-key-not-found"));
        }
    }

    async fn a_key_expires_at_its_time(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let now = make(&client, &admin, &[]).await.text_of("created_at");
        let soon = DateTime::parse_from_rfc3339(&now).unwrap() + TimeDelta::seconds(1);
        let body = json!({"name": "CI", "permissions": ["roles:read"], "expires_at": soon.to_rfc3339()});
        let (key, _) = made(&ask(&client, &admin, "POST", KEYS, Some(body)).await);
        let started = Instant::now();
        let mut worked = 0;
        let ended = loop {
            let answer = ask(&client, &key, "GET", ROLES, None).await;
            if answer.status != 200 {
                break answer;
            }
            worked += 1;
            assert!(started.elapsed() < Duration::from_secs(5));
        };
        assert_eq!(outcome(&ended), (401, "token-expired"));
        assert!(worked > 0);
    }

    async fn keys_come_in_pages_the_latest_first(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let mut expected = Vec::new();
        for _ in 0..5 {
            expected.insert(0, make(&client, &admin, &[]).await.text_of("id"));
        }
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ask(&client, &admin, "GET", &format!("{KEYS}?limit=2{cursor}"), None).await;
            ids.extend(page.body["items"].as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(ids, expected);
        assert_eq!(ask(&client, &admin, "GET", &format!("{KEYS}?limit=0"), None).await.status, 422);
    }

    async fn a_key_lives_on_without_whoever_made_it(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let other = admin_of(&installation, &client, "other@example.org").await;
        let (key, _) = made(&make(&client, &other, &["roles:read"]).await);
        let id = client.me(&other).await.text_of("id");
        let path = format!("/api/v1/admin/users/{id}");
        assert_eq!(ask(&client, &admin, "PUT", &path, Some(json!({"status": "suspended"}))).await.status, 200);
        assert_eq!(ask(&client, &key, "GET", ROLES, None).await.status, 200);
    }

    async fn when_a_key_was_used_is_known_also_after_a_restart(server, installation) {
        let mut server = server;
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (key, place) = made(&make(&client, &admin, &["roles:read"]).await);
        assert_eq!(ask(&client, &key, "GET", ROLES, None).await.status, 200);
        server.signal("TERM");
        assert!(server.ended().await.success());
        let server = installation.start().await;
        let client = server.client();
        let shown = ask(&client, &admin, "GET", &place, None).await;
        assert!(shown.text_of("last_used_at") >= shown.text_of("created_at"), "{shown:?}");
        assert_eq!(ask(&client, &key, "GET", ROLES, None).await.status, 200);
    }

    async fn the_log_tells_nothing_of_a_key(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        let (key, place) = made(&make(&client, &admin, &["roles:read"]).await);
        with_basic(&client, "ci", &key).await;
        ask(&client, &key, "GET", &format!("{ROLES}?key={key}"), None).await;
        ask(&client, &key, "GET", "/api/v1/users/me", None).await;
        client.get(&format!("{KEYS}/{key}")).await;
        ask(&client, &admin, "POST", KEYS, Some(json!({"name": key, "permissions": [key], "key": key}))).await;
        ask(&client, &admin, "DELETE", &place, None).await;
        let last = ask(&client, &key, "GET", ROLES, None).await.header("x-request-id").to_owned();
        while !server.log().contains(&last) {
            tokio::task::yield_now().await;
        }
        let metrics = server.metrics().await;
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("ci:{key}"));
        for secret in [&key[4..], &key[8..20], &key[30..], encoded.as_str()] {
            assert!(!server.log().contains(secret), "{secret} in {}", server.log());
            assert!(!metrics.contains(secret));
        }
    }
}

#[tokio::test]
async fn what_needs_a_person_tells_machines_so() {
    let installation = installed(Backend::Sqlite).await;
    let server = installation.start().await;
    let client = server.client();
    let admin = admin_of(&installation, &client, "root@example.org").await;
    let everything = ask(&client, &admin, "GET", "/api/v1/admin/permissions", None).await;
    let everything = everything.body["items"].as_array().unwrap().iter().map(|one| one["name"].clone());
    let body = json!({"name": "all", "permissions": everything.collect::<Vec<_>>()});
    let (key, _) = made(&ask(&client, &admin, "POST", KEYS, Some(body)).await);
    let document = client.get("/api/openapi.json").await.body;
    let mut refused = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schemes = operation["security"].as_array().cloned().unwrap_or_default();
            let takes_basic = schemes.iter().any(|scheme| !scheme["basic"].is_null());
            assert_eq!(takes_basic, operation["x-permission"].is_string(), "{method} {path}");
            if schemes.is_empty() || takes_basic {
                continue;
            }
            refused += 1;
            let path = path.replace("{id}", "01a1fc20-fbc1-7100-8aa0-d07cc3f506be");
            let answer = ask(&client, &key, &method.to_uppercase(), &path, None).await;
            assert_eq!(outcome(&answer), (403, "person-required"), "{method} {path}");
            assert!(!operation["responses"]["403"].is_null(), "{method} {path}");
        }
    }
    assert!(refused >= 8, "{refused}");
}

#[tokio::test]
async fn a_browser_that_sends_a_key_by_itself_is_not_obeyed_by_other_sites() {
    let installation = installed(Backend::Sqlite).await;
    let server = installation.start().await;
    let client = server.client();
    let admin = admin_of(&installation, &client, "root@example.org").await;
    let (key, place) = made(&make(&client, &admin, &["api-keys:write"]).await);
    let delete = || client.request("DELETE", &place).header("sec-fetch-site", "cross-site");
    let as_basic = |request: RequestBuilder| request.basic_auth("ci", Some(&key));
    assert_eq!(outcome(&client.send(as_basic(delete())).await), (403, "csrf-failed"));
    assert_eq!(client.send(delete().bearer_auth(&key)).await.status, 204, "nobody else can have sent it");
}

#[tokio::test]
async fn another_password_is_no_key_and_hinders_no_cookie() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    client.register("ada@example.org").await;
    let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
    let opened = client.post("/api/v1/sessions", body).await;
    let cookies =
        opened.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap().split(';').next().unwrap());
    let cookies: Vec<_> = cookies.collect();
    let me = client.request("GET", "/api/v1/users/me").header("cookie", cookies.join("; "));
    assert_eq!(client.send(me.basic_auth("proxy", Some("secret"))).await.status, 200);
}

#[tokio::test]
async fn a_key_works_on_every_instance_at_once_and_is_refused_by_all_within_a_second() {
    let installation = installed(Backend::Postgres).await;
    let (here, there) = (installation.start().await, installation.start().await);
    let (here, there) = (here.client(), (there.client(), there));
    let admin = admin_of(&installation, &here, "root@example.org").await;
    for _ in 0..3 {
        let (key, place) = made(&make(&here, &admin, &["roles:read"]).await);
        assert_eq!(ask(&there.0, &key, "GET", ROLES, None).await.status, 200);
        assert_eq!(ask(&here, &admin, "DELETE", &place, None).await.status, 204);
        let revoked = Instant::now();
        while ask(&there.0, &key, "GET", ROLES, None).await.code() != "token-revoked" {
            assert!(revoked.elapsed() < Duration::from_secs(1), "still known after {:?}", revoked.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
