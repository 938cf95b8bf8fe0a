//! Pages of other sites.

use crate::installed;
use threshold_tests::{Answer, Backend, Client};

const TRUSTED: &str = "https://app.example.org";

async fn client() -> (threshold_tests::Server, Client) {
    let installation =
        installed(Backend::Sqlite).await.with("SERVER__CORS_ORIGINS", &format!("{TRUSTED},http://localhost:5173"));
    let server = installation.start().await;
    let client = server.client();
    (server, client)
}

async fn preflight(client: &Client, origin: &str, method: &str, headers: &str) -> Answer {
    let request = client.request("OPTIONS", "/api/v1/users/me").header("origin", origin);
    let request = request.header("access-control-request-method", method);
    client.send(request.header("access-control-request-headers", headers)).await
}

fn is_unmarked(answer: &Answer) -> bool {
    !answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn a_trusted_page_may_ask_with_its_visitors_cookies() {
    let (_server, client) = client().await;
    for origin in [TRUSTED, "http://localhost:5173"] {
        let asked = preflight(&client, origin, "PUT", "authorization,content-type,x-csrf-token").await;
        assert_eq!(asked.status, 200, "{asked:?}");
        assert_eq!(asked.header("access-control-allow-origin"), origin);
        assert_eq!(asked.header("access-control-allow-credentials"), "true");
        assert!(asked.header("access-control-allow-methods").contains("PUT"));
        assert_eq!(asked.header("access-control-max-age"), "600");
        let answer = client.send(client.request("GET", "/api/v1/users/me").header("origin", origin)).await;
        assert_eq!((answer.status, answer.code()), (401, "unauthenticated"));
        assert_eq!(answer.header("access-control-allow-origin"), origin, "a page may read what went wrong");
        assert!(answer.header("access-control-expose-headers").to_lowercase().contains("ratelimit"));
        assert!(answer.header("vary").to_lowercase().contains("origin"));
    }
}

#[tokio::test]
async fn any_other_page_is_told_nothing() {
    let (_server, client) = client().await;
    for (method, header) in [("PATCH", "authorization"), ("GET", "x-other")] {
        assert_eq!(preflight(&client, TRUSTED, method, header).await.code(), "origin-not-allowed");
    }
    for origin in ["https://evil.example", "null", "https://app.example.org.evil.example", "http://app.example.org"] {
        let asked = preflight(&client, origin, "GET", "authorization").await;
        assert_eq!((asked.status, asked.code(), is_unmarked(&asked)), (403, "origin-not-allowed", true), "{asked:?}");
        let answer = client.send(client.request("GET", "/health").header("origin", origin)).await;
        assert_eq!(answer.status, 200);
        assert!(answer.headers.get("access-control-allow-origin").is_none(), "{answer:?}");
    }
}

#[tokio::test]
async fn without_trusted_pages_nothing_is_said_at_all() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let asked = preflight(&client, TRUSTED, "GET", "authorization").await;
    assert_eq!((asked.status, is_unmarked(&asked)), (405, true));
    let answer = client.send(client.request("GET", "/health").header("origin", TRUSTED)).await;
    assert!(is_unmarked(&answer));
}
