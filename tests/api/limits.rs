//! How often one client may ask.

use crate::installed;
use futures::future::join_all;
use threshold_tests::{Answer, Backend};

fn members(answer: &Answer, name: &str) -> Vec<String> {
    answer.header(name).split(", ").map(str::to_owned).collect()
}

#[tokio::test]
async fn answers_tell_where_one_stands() {
    let server = installed(Backend::Sqlite)
        .await
        .with("RATE_LIMIT__DEFAULT_PER_MINUTE", "100")
        .with("RATE_LIMIT__AUTH_PER_MINUTE", "5")
        .start()
        .await;
    let client = server.client();
    let first = client.get("/api/v1/users/me").await;
    assert_eq!(first.header("ratelimit-policy"), r#""default";q=100;w=60"#);
    assert_eq!(first.header("ratelimit"), r#""default";r=99;t=1"#);
    let unmatched = client.get("/nowhere").await;
    assert!(unmatched.header("ratelimit").starts_with(r#""default";r=98;"#));
    let login = client.login("ada@example.org", "x").await;
    assert_eq!(members(&login, "ratelimit-policy"), [r#""default";q=100;w=60"#, r#""auth";q=5;w=60"#]);
    assert!(members(&login, "ratelimit").last().unwrap().starts_with(r#""auth";r=4;t="#), "{login:?}");
    assert_eq!(client.get("/health").await.header("ratelimit"), "", "who watches is not limited");
}

#[tokio::test]
async fn signing_up_in_and_refreshing_share_one_strict_limit() {
    let installation = installed(Backend::Sqlite).await.with("RATE_LIMIT__AUTH_PER_MINUTE", "5");
    let server = installation.start().await;
    let client = server.client();
    client.register("ada@example.org").await;
    client.login("ada@example.org", "x").await;
    client.post("/api/v1/sessions", serde_json::json!({})).await;
    client.post("/api/v1/refresh", serde_json::json!({})).await;
    // A wrong method and a broken body count as well.
    assert_eq!(client.post_bytes("/api/v1/login", "text/plain", "x").await.status, 415);
    let refused = client.login("ada@example.org", "x").await;
    assert_eq!((refused.status, refused.code()), (429, "rate-limited"));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    assert!(refused.header("ratelimit").starts_with(r#""auth";r=0;t="#), "{refused:?}");
    assert_eq!(client.get("/api/v1/users/me").await.status, 401, "everything else is counted by itself");
    assert!(server.metric("threshold_rate_limited_total{class=\"auth\"} ").await > 0.0);
}

#[tokio::test]
async fn of_a_thousand_unknown_names_from_one_address_most_are_refused() {
    let server = installed(Backend::Sqlite).await.with("RATE_LIMIT__AUTH_PER_MINUTE", "5").start().await;
    let client = server.client();
    let names: Vec<_> = (0..1000).map(|number| format!("nobody-{number}@example.org")).collect();
    let answers = join_all(names.iter().map(|name| client.login(name, "something else 11"))).await;
    let refused = answers.iter().filter(|answer| answer.code() == "rate-limited").count();
    assert!(refused >= 990, "{refused}");
}

#[tokio::test]
async fn a_header_that_anybody_can_forge_gives_no_fresh_bucket() {
    let server = installed(Backend::Sqlite).await.with("RATE_LIMIT__DEFAULT_PER_MINUTE", "10").start().await;
    let client = server.client();
    let mut refused = 0;
    for number in 0..30 {
        let forged = format!("198.51.100.{number}");
        let request = client.request("GET", "/api/v1/users/me").header("x-forwarded-for", &forged);
        let answer = client.send(request.header("forwarded", format!("for={forged}"))).await;
        refused += usize::from(answer.status == 429);
    }
    assert!(refused >= 18, "{refused}");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_a_bucket_of_its_own() {
    let server = installed(Backend::Sqlite)
        .await
        .with("RATE_LIMIT__DEFAULT_PER_MINUTE", "10")
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.0/8")
        .start()
        .await;
    let client = server.client();
    let ask = async |told: String| {
        client.send(client.request("GET", "/api/v1/users/me").header("x-forwarded-for", told)).await
    };
    for number in 0..30 {
        assert_eq!(ask(format!("198.51.100.{number}")).await.status, 401);
    }
    let mut refused = 0;
    for number in 0..30 {
        // What the client itself has put in front.
        refused += usize::from(ask(format!("10.1.1.{number}, 2001:db8::{number:x}")).await.status == 429);
    }
    assert!(refused >= 18, "one IPv6 network is one client: {refused}");
}
