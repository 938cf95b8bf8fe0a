//! Load, and what comes of it.

use crate::duration;
use serde_json::json;
use std::time::{Duration, Instant};
use threshold_tests::GOOD_PASSWORD;

/// What clients saw who signed in without pause.
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    pub(crate) served: Vec<Duration>,
    pub(crate) refused: Vec<Duration>,
}

/// Lets `clients` sign in without pause for as long as a measurement takes.
pub(crate) async fn sign_in_without_pause(url: String, email: &'static str, clients: usize) -> SignIns {
    let until = Instant::now() + duration();
    let clients: Vec<_> = (0..clients).map(|_| tokio::spawn(one_client(url.clone(), email, until))).collect();
    let mut all = SignIns::default();
    for client in clients {
        let seen = client.await.unwrap();
        all.served.extend(seen.served);
        all.refused.extend(seen.refused);
    }
    all
}

async fn one_client(url: String, email: &str, until: Instant) -> SignIns {
    let (http, mut seen) = (reqwest::Client::new(), SignIns::default());
    let body = json!({"email": email, "password": GOOD_PASSWORD});
    while Instant::now() < until {
        let started = Instant::now();
        let answer = http.post(&url).json(&body).send().await.unwrap();
        if answer.status() == 200 {
            seen.served.push(started.elapsed());
        } else {
            assert_eq!(answer.status(), 503);
            seen.refused.push(started.elapsed());
            // As Retry-After asks, at the least.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    seen
}

/// Latencies of a cheap request, 200 a second over 4 connections.
pub(crate) async fn probe(url: String, token: String) -> Vec<Duration> {
    let until = Instant::now() + duration();
    let probes: Vec<_> = (0..4).map(|_| tokio::spawn(one_probe(url.clone(), token.clone(), until))).collect();
    let mut all = Vec::new();
    for probe in probes {
        all.extend(probe.await.unwrap());
    }
    all
}

async fn one_probe(url: String, token: String, until: Instant) -> Vec<Duration> {
    let (http, mut latencies) = (reqwest::Client::new(), Vec::new());
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    while Instant::now() < until {
        ticks.tick().await;
        let started = Instant::now();
        let answer = http.get(&url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        latencies.push(started.elapsed());
    }
    latencies
}
