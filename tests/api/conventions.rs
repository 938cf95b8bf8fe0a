//! What holds for every route, also for those that don't exist.

use crate::{installed, on_both};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use threshold_tests::Backend;

const LOGIN: &str = "/api/v1/login";
const JSON: &str = "application/json";

#[tokio::test]
async fn bodies_that_are_no_json_are_malformed() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let deep = "[".repeat(60_000);
    for body in
        ["", "{", "{\"a\":1,}", "nonsense", "{\"email\":\"a\",\"email\":\"b\"}", "{\"a\":\"\\ud800\"}", &deep, "{} {}"]
    {
        let answer = client.post_bytes(LOGIN, JSON, body).await;
        assert_eq!((answer.status, answer.code()), (400, "malformed-json"), "{body:.30}");
    }
    let answer = client.post_bytes(LOGIN, JSON, vec![b'"', 0xff, b'"']).await;
    assert_eq!(answer.code(), "malformed-json");
}

#[tokio::test]
async fn only_json_in_utf_8_is_read() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json"] {
        let answer = client.post_bytes(LOGIN, media_type, "{}").await;
        assert_eq!((answer.status, answer.code()), (415, "unsupported-media-type"), "{media_type}");
        assert_eq!(answer.header("accept"), JSON);
    }
    let none = client.send(client.request("POST", LOGIN).body("{}")).await;
    assert_eq!(none.status, 415);
    let packed =
        client.request("POST", LOGIN).header("content-type", JSON).header("content-encoding", "gzip").body("{}");
    assert_eq!(client.send(packed).await.status, 415);
    assert_eq!(client.post_bytes(LOGIN, "application/json; charset=\"UTF-8\"", "{}").await.status, 422);
}

#[tokio::test]
async fn sixty_four_kibibytes_are_the_limit_of_a_body() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let body = |length: usize| format!("{{\"x\":\"{}\"}}", "x".repeat(length - 8));
    assert_eq!(client.post_bytes(LOGIN, JSON, body(65_536)).await.status, 422);
    for length in [65_537, 1 << 20, 8 << 20] {
        let answer = client.post_bytes(LOGIN, JSON, body(length)).await;
        assert_eq!((answer.status, answer.code()), (413, "body-too-large"), "{length}");
    }
}

#[tokio::test]
async fn what_is_no_object_or_has_unknown_fields_is_refused() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    for body in [json!([]), json!("x"), json!(7), json!(null)] {
        let answer = client.post(LOGIN, body.clone()).await;
        assert_eq!((answer.status, answer.code()), (422, "validation-failed"), "{body}");
    }
    let answer = client.post(LOGIN, json!({"email": "a@b.example", "password": "x", "remember_me": true})).await;
    assert_eq!((answer.status, answer.code()), (422, "unknown-field"));
    assert_eq!(answer.faults(), [("remember_me".to_owned(), "unknown-field".to_owned())]);
}

#[tokio::test]
async fn unknown_query_parameters_are_refused_after_authentication() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    let request = || client.request("GET", "/api/v1/users/me?page=1&s%C3%BCd");
    assert_eq!(client.send(request()).await.code(), "unauthenticated");
    let answer = client.send(request().bearer_auth(&token)).await;
    assert_eq!((answer.status, answer.code()), (422, "unknown-field"));
    let fields: Vec<_> = answer.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["page", "süd"]);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems_too() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    for path in
        ["/", "/nope", "/api/v1/", "/api/v1/users/me/", "/api/v1/%ff", "/problems/nope", "/metrics", "/api/docs/nope"]
    {
        let answer = client.get(path).await;
        assert_eq!((answer.status, answer.code()), (404, "route-not-found"), "{path}");
    }
    for (method, path, allow) in [
        ("GET", "/api/v1/register", "POST"),
        ("DELETE", "/api/v1/users/me/export", "GET, HEAD"),
        ("PATCH", "/health", "GET, HEAD"),
        ("OPTIONS", "/api/v1/login", "POST"),
        ("BREW", "/api/v1/logout", "POST"),
    ] {
        let answer = client.send(client.request(method, path)).await;
        assert_eq!(
            (answer.status, answer.code(), answer.header("allow")),
            (405, "method-not-allowed", allow),
            "{path}"
        );
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    for path in ["/health", "/api/v1/users/me", "/.well-known/jwks.json", "/problems/overloaded", "/api/docs/"] {
        let answer = client.send(client.request("HEAD", path).bearer_auth(&token)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn a_harmless_request_id_is_kept_and_others_are_replaced() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let with = |id: &str| client.request("GET", "/health").header("x-request-id", id);
    assert_eq!(client.send(with("trace-1.A_b")).await.header("x-request-id"), "trace-1.A_b");
    for id in ["a b", "<script>", "ä", &"x".repeat(129), ""] {
        let answer = client.send(with(id)).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{id:.20}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_https_where_there_is_https() {
    let plain = installed(Backend::Sqlite).await.start().await;
    assert_eq!(plain.client().get("/health").await.header("strict-transport-security"), "");
    let secure = installed(Backend::Sqlite).await.with("SERVER__PUBLIC_URL", "https://id.example.org/").start().await;
    let header = secure.client().get("/nope").await;
    assert_eq!(header.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

on_both! {
    async fn whatever_a_body_holds_the_answer_is_never_a_5xx(server) {
        let client = server.client();
        let leaf = prop_oneof![
            Just(serde_json::Value::Null), any::<bool>().prop_map(Into::into), any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into), ".{0,40}".prop_map(Into::into),
        ];
        let value = leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-z_]{0,12}", inner, 0..4).prop_map(|m| m.into_iter().collect()),
            ]
        });
        let names = prop::sample::select(vec!["email", "username", "display_name", "password", "x"]);
        let body = prop::collection::btree_map(names, value, 0..5);
        let mut runner = TestRunner::deterministic();
        for _ in 0..150 {
            let body: serde_json::Map<_, _> =
                body.new_tree(&mut runner).unwrap().current().into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            for path in ["/api/v1/register", "/api/v1/login"] {
                let answer = client.post(path, body.clone().into()).await;
                assert!(answer.status < 500, "{path} {body:?}: {answer:?}");
            }
        }
    }
}
