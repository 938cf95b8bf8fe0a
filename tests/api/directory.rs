//! Listing users.

use crate::access::{admin_of, ask};
use crate::on_both;
use serde_json::{Value, json};
use threshold_tests::{Answer, Client, GOOD_PASSWORD};

const USERS: &str = "/api/v1/admin/users";

async fn register(client: &Client, name: &str) {
    let display_name = format!("{} Lovelace", name.to_uppercase());
    let body = json!({
        "email": format!("{name}@example.org"), "username": name, "display_name": display_name, "password": GOOD_PASSWORD
    });
    let made = client.post("/api/v1/register", body).await;
    assert_eq!(made.status, 201, "{made:?}");
}

async fn list(client: &Client, token: &str, query: &str) -> Answer {
    ask(client, token, "GET", &format!("{USERS}?{query}"), None).await
}

/// The local parts of the addresses of a list.
fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let name = |user: &Value| user.get("email")?.as_str()?.split('@').next().map(str::to_owned);
    answer.body.get("items").and_then(Value::as_array).unwrap().iter().map(|user| name(user).unwrap()).collect()
}

fn faults(answer: &Answer) -> (u16, Vec<String>) {
    (answer.status, answer.faults().into_iter().map(|(field, code)| format!("{field} {code}")).collect())
}

on_both! {
    async fn users_are_listed_filtered_and_sorted(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for name in ["cleo", "ada", "bob"] {
            register(&client, name).await;
        }
        client.token_of("ada@example.org").await;
        for (query, expected) in [
            ("", vec!["bob", "ada", "cleo", "root"]),
            ("sort=created_at", vec!["root", "cleo", "ada", "bob"]),
            ("sort=email", vec!["ada", "bob", "cleo", "root"]),
            ("sort=-last_login_at", vec!["ada", "root", "bob", "cleo"]),
            ("q=LOVELACE&sort=email", vec!["ada", "bob", "cleo"]),
            ("q=ada%20love", vec!["ada"]),
            ("q=%25&sort=email", vec![]),
            ("q=c", vec!["cleo"]),
            ("status=active", vec!["root"]),
            ("status=unverified&q=b", vec!["bob"]),
            ("role=admin", vec!["root"]),
            ("role=operator", vec![]),
            ("created_after=2020-01-01T00:00:00Z&limit=2", vec!["bob", "ada"]),
            ("created_before=2020-01-01T00:00:00Z", vec![]),
        ] {
            assert_eq!(names(&list(&client, &admin, query).await), expected, "{query}");
        }
        let shown = list(&client, &admin, "q=cleo").await.body["items"][0].clone();
        let alone = ask(&client, &admin, "GET", &format!("{USERS}/{}", shown["id"].as_str().unwrap()), None).await;
        assert_eq!((shown, alone.status), (alone.body, 200));
    }

    async fn pages_of_users_follow_one_another(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for name in ["ada", "bob", "cleo", "dora"] {
            register(&client, name).await;
        }
        for sort in ["created_at", "-created_at", "email", "-last_login_at"] {
            let (mut all, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = list(&client, &admin, &format!("sort={sort}&limit=2{cursor}")).await;
                all.extend(names(&page));
                let Some(next) = page.body["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let whole = names(&list(&client, &admin, &format!("sort={sort}")).await);
            assert_eq!((all.len(), &all), (5, &whole), "{sort}");
        }
    }

    async fn deleted_users_have_a_list_of_their_own(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for name in ["ada", "bob"] {
            register(&client, name).await;
            let token = client.token_of(&format!("{name}@example.org")).await;
            let leaving = client.request("DELETE", "/api/v1/users/me").bearer_auth(&token);
            assert_eq!(client.send(leaving.json(&json!({"password": GOOD_PASSWORD}))).await.status, 200);
        }
        assert_eq!(names(&list(&client, &admin, "").await), ["root"]);
        let deleted = format!("{USERS}/deleted");
        let first = ask(&client, &admin, "GET", &format!("{deleted}?limit=1"), None).await;
        assert_eq!(names(&first), ["bob"]);
        assert_eq!(first.body["items"][0]["status"], "deleted");
        let next = first.text_of("next_cursor");
        let second = ask(&client, &admin, "GET", &format!("{deleted}?limit=1&cursor={next}"), None).await;
        assert_eq!((names(&second), &second.body["next_cursor"]), (vec!["ada".to_owned()], &Value::Null));
        let id = second.body["items"][0]["id"].as_str().unwrap().to_owned();
        let shown = ask(&client, &admin, "GET", &format!("{USERS}/{id}"), None).await;
        assert_eq!((shown.status, shown.body["deleted_at"].is_string()), (200, true));
        assert_eq!(faults(&list(&client, &admin, &format!("cursor={next}")).await), (422, vec!["cursor invalid-cursor".to_owned()]));
    }

    async fn bad_questions_are_refused_by_name(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        register(&client, "ada").await;
        let long = "x".repeat(101);
        let cursor = list(&client, &admin, "limit=1").await.text_of("next_cursor");
        let by_email = list(&client, &admin, "limit=1&sort=email").await.text_of("next_cursor");
        for (query, fault) in [
            ("limit=0".to_owned(), "limit out-of-range"),
            ("limit=-1".to_owned(), "limit out-of-range"),
            ("limit=1000000000".to_owned(), "limit out-of-range"),
            ("q=".to_owned(), "q too-short"),
            (format!("q={long}"), "q too-long"),
            ("q=a%00b".to_owned(), "q invalid-character"),
            ("status=deleted".to_owned(), "status unknown-choice"),
            ("status=Active".to_owned(), "status unknown-choice"),
            ("role=No%20Role".to_owned(), "role invalid-character"),
            ("role=nobody".to_owned(), "role unknown-role"),
            ("created_after=yesterday".to_owned(), "created_after invalid-format"),
            ("created_before=1700000000".to_owned(), "created_before invalid-format"),
            ("created_before=10000-01-01T00:00:00Z".to_owned(), "created_before invalid-format"),
            ("sort=-email".to_owned(), "sort unknown-choice"),
            ("sort=password_hash".to_owned(), "sort unknown-choice"),
            ("q=a&q=b".to_owned(), "q given-twice"),
            ("name=ada".to_owned(), "name unknown-field"),
            ("cursor=abc".to_owned(), "cursor invalid-cursor"),
            (format!("cursor={cursor}&sort=created_at"), "cursor invalid-cursor"),
            (format!("cursor={cursor}&q=ada"), "cursor invalid-cursor"),
            (format!("cursor={by_email}"), "cursor invalid-cursor"),
            (format!("cursor={}", &cursor[1..]), "cursor invalid-cursor"),
        ] {
            assert_eq!(faults(&list(&client, &admin, &query).await), (422, vec![fault.to_owned()]), "{query}");
        }
        assert_eq!(list(&client, &admin, &format!("cursor={cursor}&limit=7")).await.status, 200, "a page may grow");
        for id in ["x", "00000000-0000-7000-8000-000000000000", "%00", "deleted%20"] {
            let shown = ask(&client, &admin, "GET", &format!("{USERS}/{id}"), None).await;
            assert_eq!((shown.status, shown.code()), (404, "user-not-found"), "{id}");
        }
        let deleted = ask(&client, &admin, "GET", &format!("{USERS}/deleted?q=a&limit=0"), None).await;
        let (status, mut faults) = faults(&deleted);
        faults.sort_unstable();
        assert_eq!((status, faults), (422, vec!["limit out-of-range".to_owned(), "q unknown-field".to_owned()]));
    }
}
