//! Rate limits, shared by Redis and without it.

use crate::installed;
use std::io::{Read, Write};
use std::net::TcpListener;
use threshold_tests::{Answer, Backend, Client, OwnRedis};

const LIMIT: usize = 30;

/// Asks until it is refused, the clients in turn; answers how often it was not.
async fn admitted(clients: &[Client]) -> usize {
    for asked in 0..LIMIT * 4 {
        let client = clients.get(asked % clients.len()).unwrap();
        if client.get("/api/v1/users/me").await.status == 429 {
            return asked;
        }
    }
    panic!("nobody was refused");
}

fn wait(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().unwrap()
}

#[tokio::test]
async fn all_instances_together_keep_to_one_limit() {
    let redis = OwnRedis::start();
    let installation = installed(Backend::Postgres)
        .await
        .with("REDIS__URL", &redis.url())
        .with("RATE_LIMIT__DEFAULT_PER_MINUTE", &LIMIT.to_string());
    let servers = [installation.start().await, installation.start().await, installation.start().await];
    let clients = servers.each_ref().map(threshold_tests::Server::client);
    let admitted = admitted(&clients).await;
    // One token comes back every two seconds meanwhile; some may be held by an instance that isn't asked again.
    assert!((LIMIT - 6..=LIMIT + 6).contains(&admitted), "{admitted} of {LIMIT}");
}

#[tokio::test]
async fn without_redis_each_instance_keeps_to_the_limit_by_itself() {
    let mut redis = OwnRedis::start();
    let installation = installed(Backend::Sqlite)
        .await
        .with("REDIS__URL", &redis.url())
        .with("RATE_LIMIT__DEFAULT_PER_MINUTE", &LIMIT.to_string());
    let server = installation.start().await;
    redis.kill();
    let clients = [server.client()];
    let count = admitted(&clients).await;
    assert!((LIMIT..=LIMIT + 6).contains(&count), "{count} of {LIMIT}");
    assert!(wait(&server.client().get("/api/v1/users/me").await) >= 1);
    assert!(server.metric("threshold_rate_limit_fallbacks_total ").await > 0.0);
    assert_eq!(server.client().get("/health").await.status, 200, "who watches is not limited");
}

/// A Redis that answers every question with nonsense.
fn nonsense() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut question = [0; 1024];
                while stream.read(&mut question).is_ok_and(|read| read > 0)
                    && stream.write_all(b"HTTP/1.1 200 OK\r\n$-7\r\n*99999999\r\n:x\r\n").is_ok()
                {}
            });
        }
    });
    port
}

#[tokio::test]
async fn a_redis_that_answers_nonsense_or_nothing_stops_nobody() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for port in [nonsense(), silent.local_addr().unwrap().port(), 1] {
        let installation = installed(Backend::Sqlite)
            .await
            .with("REDIS__URL", &format!("redis://127.0.0.1:{port}"))
            .with("RATE_LIMIT__DEFAULT_PER_MINUTE", "1000");
        let server = installation.start().await;
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        for _ in 0..20 {
            assert_eq!(client.me(&token).await.status, 200);
        }
        client.logout(&token).await;
        assert_eq!(client.me(&token).await.code(), "token-revoked");
        let ready = client.get("/ready").await;
        assert_eq!((ready.status, ready.body["status"].as_str()), (200, Some("degraded")), "{ready:?}");
    }
}
