//! Browser sessions over HTTP.

use crate::on_both;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use threshold_tests::{Answer, Client, GOOD_PASSWORD};

const SESSIONS: &str = "/api/v1/sessions";
const MINE: &str = "/api/v1/users/me/sessions";

/// A browser that is signed in.
struct Browser {
    client: Client,
    session: String,
    csrf: String,
    answer: Answer,
}

impl Browser {
    async fn open(client: &Client, more: Value) -> Self {
        client.register("ada@example.org").await;
        let mut body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = client.post(SESSIONS, body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let session = answer.cookie("threshold_session").unwrap();
        let csrf = answer.text_of("csrf_token");
        Self { client: client.clone(), session, csrf, answer }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method, path).header("cookie", format!("threshold_session={}", self.session))
    }

    async fn get(&self, path: &str) -> Answer {
        self.client.send(self.request("GET", path)).await
    }

    /// With what a page of ours sends along.
    async fn change(&self, method: &str, path: &str) -> Answer {
        self.client.send(self.request(method, path).header("x-csrf-token", &self.csrf)).await
    }
}

on_both! {
    async fn a_browser_signs_in_with_a_cookie(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let answer = &browser.answer;
        let id = answer.body["session"]["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), format!("{MINE}/{id}"));
        assert_eq!(answer.body["session"]["current"], true);
        assert_eq!(answer.body["session"]["ip"], "127.0.0.1");
        assert_eq!(answer.body["user"]["email"], "ada@example.org");
        let line = answer.cookie_line("threshold_session").unwrap();
        assert!(line.ends_with("; HttpOnly; SameSite=Lax; Path=/"), "not remembered: {line}");
        assert_eq!(answer.cookie("threshold_csrf").unwrap(), browser.csrf);
        assert!(!answer.text.contains(&browser.session));
        assert_eq!(browser.get("/api/v1/users/me").await.status, 200);
        assert_eq!(browser.get("/api/v1/csrf").await.body, json!({"csrf_token": browser.csrf}));
    }

    async fn a_remembered_browser_keeps_its_cookie(server) {
        let browser = Browser::open(&server.client(), json!({"remember": true})).await;
        for name in ["threshold_session", "threshold_csrf"] {
            let line = browser.answer.cookie_line(name).unwrap();
            assert!(line.ends_with("; Max-Age=2592000"), "{line}");
        }
    }

    async fn a_change_needs_the_token_of_its_session_and_a_page_of_ours(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let other = Browser::open(&client, json!({})).await;
        let change = || browser.request("POST", "/api/v1/logout/all");
        let refused = [
            change(),
            change().header("x-csrf-token", ""),
            change().header("x-csrf-token", "x"),
            change().header("x-csrf-token", &other.csrf),
            change().header("x-csrf-token", &browser.csrf).header("sec-fetch-site", "cross-site"),
            change().header("x-csrf-token", &browser.csrf).header("origin", "https://evil.example"),
        ];
        for request in refused {
            let answer = client.send(request).await;
            assert_eq!((answer.status, answer.code()), (403, "csrf-failed"));
        }
        assert_eq!(browser.get("/api/v1/users/me").await.status, 200);
        let ours = change().header("x-csrf-token", &browser.csrf).header("sec-fetch-site", "same-origin");
        assert_eq!(client.send(ours).await.status, 204);
    }

    async fn a_bearer_token_decides_where_both_come(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let both = |token: &str| browser.request("GET", "/api/v1/users/me").bearer_auth(token);
        assert_eq!(client.send(both("x")).await.code(), "token-invalid");
        let token = client.token_of("ada@example.org").await;
        assert_eq!(client.send(both(&token)).await.status, 200);
        let change = browser.request("POST", "/api/v1/logout").bearer_auth(&token);
        assert_eq!(client.send(change).await.status, 204, "a bearer token needs no CSRF token");
        assert_eq!(browser.get("/api/v1/users/me").await.status, 200, "and it is its session that ended");
        let basic = browser.request("GET", "/api/v1/users/me").basic_auth("proxy", Some("x"));
        assert_eq!(client.send(basic).await.status, 200, "other schemes are not ours");
    }

    async fn cookies_that_are_none_are_refused(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let forged = format!("{}AAAA", browser.session.get(..66).unwrap());
        for cookie in ["", "x", "a=b", &"A".repeat(70), &forged, &"A".repeat(7000)] {
            let request = client.request("GET", "/api/v1/users/me").header("cookie", format!("threshold_session={cookie}"));
            let answer = client.send(request).await;
            assert_eq!((answer.status, answer.code()), (401, "token-invalid"), "{cookie:.20}");
        }
        for line in ["threshold_session", ";;=;", "=threshold_session"] {
            let answer = client.send(client.request("GET", "/api/v1/users/me").header("cookie", line.as_bytes())).await;
            assert_eq!((answer.status, answer.code()), (401, "unauthenticated"), "{line:?}");
        }
    }

    async fn sessions_are_listed_and_ended_one_by_one(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let token = client.token_of("ada@example.org").await;
        let stranger = client.token_of_new("eve@example.org").await;
        let listed = browser.get(MINE).await;
        let items = listed.body["items"].as_array().unwrap();
        assert_eq!((items.len(), &listed.body["next_cursor"]), (2, &Value::Null));
        let current: Vec<_> = items.iter().map(|item| item["current"].as_bool().unwrap()).collect();
        assert_eq!(current, [false, true], "the latest used first");
        let other = format!("{MINE}/{}", items[0]["id"].as_str().unwrap());
        let of_stranger = client.send(client.request("DELETE", &other).bearer_auth(&stranger)).await;
        assert_eq!((of_stranger.status, of_stranger.code()), (404, "session-not-found"));
        assert_eq!(browser.change("DELETE", &other).await.status, 204);
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        assert_eq!(browser.change("DELETE", &other).await.code(), "session-not-found");
        for id in ["x", "%00", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(browser.change("DELETE", &format!("{MINE}/{id}")).await.code(), "session-not-found", "{id}");
        }
        assert_eq!(browser.get(&format!("{MINE}?limit=5")).await.status, 422);
    }

    async fn logging_out_everywhere_ends_tokens_and_browsers(server) {
        let client = server.client();
        let (one, two) = (Browser::open(&client, json!({})).await, Browser::open(&client, json!({})).await);
        let token = client.token_of("ada@example.org").await;
        let stranger = client.token_of_new("eve@example.org").await;
        let answer = one.change("POST", "/api/v1/logout/all").await;
        assert_eq!((answer.status, answer.cookie("threshold_session")), (204, Some(String::new())));
        assert_eq!(answer.cookie("threshold_csrf"), Some(String::new()));
        for browser in [&one, &two] {
            assert_eq!(browser.get("/api/v1/users/me").await.code(), "token-revoked");
        }
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        assert_eq!(client.me(&stranger).await.status, 200);
    }

    async fn signing_in_again_ends_the_session_that_the_browser_had(server) {
        let client = server.client();
        let browser = Browser::open(&client, json!({})).await;
        let again = browser.request("POST", SESSIONS).json(&json!({"email": "ada@example.org", "password": GOOD_PASSWORD}));
        let answer = client.send(again).await;
        assert_eq!(answer.status, 201);
        assert_ne!(answer.body["session"]["id"], browser.answer.body["session"]["id"]);
        assert_eq!(browser.get("/api/v1/users/me").await.code(), "token-revoked");
    }

    async fn pages_of_other_sites_can_not_sign_anybody_in(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        for path in [SESSIONS, "/api/v1/login"] {
            let body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
            let foreign = client.request("POST", path).header("sec-fetch-site", "cross-site").json(&body);
            assert_eq!(client.send(foreign).await.code(), "csrf-failed", "{path}");
            let unknown = json!({"email": "ada@example.org", "password": GOOD_PASSWORD, "remember": "yes", "token_delivery": "x"});
            assert_eq!(client.post(path, unknown).await.status, 422, "{path}");
        }
    }
}
