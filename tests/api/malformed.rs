//! Requests that no proper client sends get an answer all the same.

use crate::installed;
use std::time::{Duration, Instant};
use threshold_tests::{Backend, raw, read_head};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

#[tokio::test]
async fn broken_heads_are_refused_with_a_4xx() {
    let server = installed(Backend::Sqlite).await.start().await;
    let huge = format!("GET /health HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "y".repeat(300_000));
    let many = format!("GET /health HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-A: b\r\n".repeat(500));
    for request in [
        "nonsense\r\n\r\n",
        "GET /health HTTP/9.9\r\n\r\n",
        "GET  /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nX-\u{0}: y\r\nConnection: close\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello",
        "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        &huge,
        &many,
    ] {
        let answer = raw(server.address, request.as_bytes()).await;
        assert!(status(&answer).starts_with('4'), "{request:.60}: {answer}");
    }
    assert_eq!(server.client().get("/health").await.status, 200);
}

#[tokio::test]
async fn bytes_at_random_never_bring_it_down() {
    let server = installed(Backend::Sqlite).await.start().await;
    for seed in 0_u32..60 {
        let noise: Vec<u8> = (0..400_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(seed * 97) >> 13).to_be_bytes()[3])
            .collect();
        let request = [noise.as_slice(), b"\r\n\r\n"].concat();
        let answer = raw(server.address, &request).await;
        assert!(status(&answer).starts_with('4'), "{answer}");
    }
    assert_eq!(server.client().get("/health").await.status, 200);
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_given_up() {
    let server = installed(Backend::Sqlite).await.with("SERVER__BODY_TIMEOUT", "300ms").start().await;
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"email\":";
    let answer = raw(server.address, head.as_bytes()).await;
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(answer.contains("request-timeout") && answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_client_that_only_listens_still_gets_its_answer() {
    let server = installed(Backend::Sqlite).await.start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(status(&answer), "200", "{answer}");
}

#[tokio::test]
async fn requests_in_one_go_are_answered_in_order() {
    let server = installed(Backend::Sqlite).await.start().await;
    let three = "GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /nope HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = raw(server.address, three.as_bytes()).await;
    let statuses: Vec<_> = answers.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)?.get(..3)).collect();
    assert_eq!(statuses, ["200", "404", "401"], "{answers}");
}

#[tokio::test]
async fn chunked_bodies_are_read_and_bounded() {
    let server = installed(Backend::Sqlite).await.start().await;
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let small = format!("{head}2\r\n{{}}\r\n0\r\n\r\n");
    assert_eq!(status(&raw(server.address, small.as_bytes()).await), "422");
    let large = format!("{head}{}0\r\n\r\n", format!("2000\r\n{}\r\n", " ".repeat(0x2000)).repeat(20));
    assert_eq!(status(&raw(server.address, large.as_bytes()).await), "413");
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let server = installed(Backend::Sqlite).await.start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&read_head(&mut stream).await), "100");
    stream.write_all(b"{}").await.unwrap();
    assert_eq!(status(&read_head(&mut stream).await), "422");
}

#[tokio::test]
async fn a_password_of_a_mebibyte_is_refused_without_hashing() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let body = serde_json::json!({"email": "ada@example.org", "password": "x".repeat(1 << 20)});
    let started = Instant::now();
    let answer = client.post("/api/v1/login", body).await;
    assert_eq!(answer.status, 413);
    assert!(started.elapsed() < Duration::from_secs(10), "no test asserts speed, but this is no hashing");
    assert!(server.metric("threshold_password_hashes_total{outcome=\"done\"} ").await < 0.5);
}
