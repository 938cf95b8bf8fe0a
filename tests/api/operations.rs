//! Health, readiness, metrics, and the pages for people.

use crate::{installed, on_both};
use serde_json::json;
use threshold_tests::Backend;

on_both! {
    async fn a_healthy_service_says_so(server) {
        let client = server.client();
        let health = client.get("/health").await;
        assert_eq!((health.status, &health.body["status"]), (200, &json!("up")));
        assert!(health.body["version"].is_string() && health.body["uptime_seconds"].is_u64());
        let ready = client.get("/ready").await;
        assert_eq!((ready.status, &ready.body["status"]), (200, &json!("ready")));
        let checks = ready.body["checks"].as_array().unwrap();
        let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["database", "migrations", "signing-key"]);
        assert!(checks.iter().all(|check| check["status"] == "up" && check["latency_ms"].is_number()));
    }

    async fn requests_are_counted_by_route_and_status(server) {
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        client.me(&token).await;
        client.me("x").await;
        client.get("/no/such/path").await;
        for (line, count) in [
            ("threshold_http_requests_total{route=\"/api/v1/users/me\",method=\"GET\",status=\"200\"} ", 1.0),
            ("threshold_http_requests_total{route=\"/api/v1/users/me\",method=\"GET\",status=\"401\"} ", 1.0),
            ("threshold_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"} ", 1.0),
            ("threshold_http_request_duration_seconds_count{route=\"/api/v1/login\",method=\"POST\"} ", 1.0),
            ("threshold_registrations_total ", 1.0),
            ("threshold_sign_ins_total{outcome=\"succeeded\"} ", 1.0),
            ("threshold_password_hash_wait_seconds_count ", 2.0),
        ] {
            let value = server.metric(line).await;
            assert!((value - count).abs() < 0.1, "{line}{value}");
        }
        let metrics = server.metrics().await;
        for name in ["process_resident_memory_bytes", "threshold_database_connections{", "threshold_revocations ", "# HELP threshold_http_requests_total"] {
            assert!(metrics.contains(name), "{name} in {metrics}");
        }
        assert!(!metrics.contains("ada"));
    }
}

#[tokio::test]
async fn every_problem_has_its_page() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let document = client.get("/api/openapi.json").await.text;
    let codes: std::collections::BTreeSet<_> =
        document.split('`').filter(|text| text.contains('-') && !text.contains([' ', '/', ':'])).collect();
    assert!(codes.len() > 12, "{codes:?}");
    for code in codes.iter().filter(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')) {
        let page = client.get(&format!("/problems/{code}")).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{code}");
        assert!(page.text.contains(*code));
    }
}

#[tokio::test]
async fn the_interactive_page_needs_nothing_from_elsewhere() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    assert_eq!(client.get("/api/docs").await.header("location"), "/api/docs/");
    let page = client.get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(!page.header("content-security-policy").contains("unsafe"));
    assert!(!page.text.contains("//"), "an address elsewhere: {}", page.text);
    let files: Vec<_> = page.text.split('"').filter_map(|text| text.strip_prefix("./")).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        assert_eq!(client.get(&format!("/api/docs/{file}")).await.status, 200, "{file}");
    }
    assert!(client.get("/api/docs/swagger-initializer.js").await.text.contains("/api/openapi.json"));
}

#[tokio::test]
async fn a_container_can_ask_for_its_health() {
    let installation = installed(Backend::Sqlite).await;
    let server = installation.start().await;
    let installation = installation.with("SERVER__LISTEN", &server.address.to_string());
    assert!(installation.command(&["healthcheck"]).status().unwrap().success());
    drop(server);
    assert_eq!(installation.command(&["healthcheck"]).status().unwrap().code(), Some(1));
}
