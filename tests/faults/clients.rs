//! Clients that reset their connections.

use crate::{installed, until};
use serde_json::json;
use threshold_tests::{Backend, GOOD_PASSWORD, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

/// Sends a request and resets the connection after about so many turns of the scheduler.
async fn reset(server: &Server, path: &str, body: &serde_json::Value, turns: u32) {
    let socket = TcpSocket::new_v4().unwrap();
    // Closing with a zero linger time sends RST instead of FIN.
    socket.set_zero_linger().unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

async fn resets_lose_no_connection(backend: Backend) {
    let installation =
        installed(backend).await.with("DATABASE__MAX_CONNECTIONS", "3").with("DATABASE__ACQUIRE_TIMEOUT", "10s");
    let server = installation.start().await;
    let client = server.client();
    client.register("ada@example.org").await;
    for number in 0..200 {
        let register = json!({"email": format!("user{number}@example.org"), "password": GOOD_PASSWORD});
        let login = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
        reset(&server, "/api/v1/register", &register, number * 7 % 400).await;
        reset(&server, "/api/v1/login", &login, number * 11 % 400).await;
    }
    // Whatever was cut off, everybody is served, as many at once as there are connections and more.
    let attempts: Vec<_> = (0..12)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.login("ada@example.org", GOOD_PASSWORD).await.status })
        })
        .collect();
    for attempt in attempts {
        assert_eq!(attempt.await.unwrap(), 200);
    }
    // No transaction was left open by somebody who went away.
    let used = |state: &str| {
        let pool = if backend == Backend::Sqlite { "writer" } else { "postgres" };
        format!("threshold_database_connections{{pool=\"{pool}\",state=\"{state}\"}} ")
    };
    until(|| client.get("/ready"), |answer| answer.status == 200).await;
    while server.metric(&used("used")).await > 0.0 {
        tokio::task::yield_now().await;
    }
    // A name whose registration was cut off is either there with its password, or free.
    for number in [3, 57, 199] {
        let email = format!("user{number}@example.org");
        let status = client.register(&email).await.status;
        assert!([201, 409].contains(&status), "{status}");
        assert_eq!(client.login(&email, GOOD_PASSWORD).await.status, 200, "{email}");
    }
}

#[tokio::test]
async fn resets_lose_no_connection_on_sqlite() {
    resets_lose_no_connection(Backend::Sqlite).await;
}

#[tokio::test]
async fn resets_lose_no_connection_on_postgres() {
    resets_lose_no_connection(Backend::Postgres).await;
}
