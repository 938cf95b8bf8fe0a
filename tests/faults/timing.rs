//! Nobody learns from the clock who has an account.

use crate::installed;
use serde_json::json;
use std::time::{Duration, Instant};
use threshold_tests::{Answer, Backend, Client, GOOD_PASSWORD};

/// Tries of each kind, one after the other in turn, so that whatever slows the machine slows both.
const TRIES: usize = 150;
/// Under this many standard deviations two samples pass for one: less than one run in a hundred thousand goes beyond it by
/// chance, and an unequal path far beyond it each time.
const SUSPICIOUS: f64 = 4.5;

async fn timed(ask: impl Future<Output = Answer>) -> (Duration, Answer) {
    let started = Instant::now();
    let answer = ask.await;
    (started.elapsed(), answer)
}

/// By how many standard deviations the ranks of two samples differ (Mann and Whitney's test): blind to outliers.
fn deviation(one: &[Duration], other: &[Duration]) -> f64 {
    let count = |sample: &[Duration]| f64::from(u32::try_from(sample.len()).unwrap());
    let (n, m) = (count(one), count(other));
    let wins: u32 = one.iter().map(|a| u32::try_from(other.iter().filter(|b| a > *b).count()).unwrap()).sum();
    (f64::from(wins) - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

fn bare(answer: &Answer) -> (u16, String) {
    let mut body = answer.body.clone();
    if let Some(id) = body.get_mut("request_id") {
        id.take();
    }
    (answer.status, body.to_string())
}

/// Holds two ways of asking against each other.
async fn assert_alike<A, B>(what: &str, one: impl Fn(usize) -> A, other: impl Fn(usize) -> B)
where
    A: Future<Output = Answer>,
    B: Future<Output = Answer>,
{
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for number in 0..TRIES {
        let (took, answer) = timed(one(number)).await;
        first.push(took);
        let (took, unlike) = timed(other(number)).await;
        second.push(took);
        assert_eq!(bare(&answer), bare(&unlike), "{what}");
    }
    let deviation = deviation(&first, &second);
    assert!(deviation.abs() < SUSPICIOUS, "{what}: {deviation:.1} standard deviations apart");
}

async fn register(client: &Client, email: &str) -> Answer {
    client.post("/api/v1/register", json!({"email": email, "password": GOOD_PASSWORD})).await
}

#[tokio::test]
async fn unknown_names_and_wrong_passwords_take_the_same_time() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let server = installed(backend).await.start().await;
        let client = server.client();
        for number in 0..TRIES {
            assert_eq!(register(&client, &format!("known-{number}@example.org")).await.status, 201);
        }
        let login = async |name: String| client.login(&name, "something else 11").await;
        let known = |number| login(format!("known-{number}@example.org"));
        let unknown = |number| login(format!("nobody{number}@example.org"));
        assert_alike("login", known, unknown).await;
    }
}

#[tokio::test]
async fn unknown_names_take_the_time_of_hashes_that_are_weaker_than_new_ones() {
    let installation = installed(Backend::Sqlite).await;
    let earlier = installation.start().await;
    for number in 0..TRIES {
        assert_eq!(register(&earlier.client(), &format!("known-{number}@example.org")).await.status, 201);
    }
    drop(earlier);
    let server = installation.with("PASSWORD__BCRYPT_COST", "7").start().await;
    let client = server.client();
    let login = async |name: String| client.login(&name, "something else 11").await;
    let known = |number| login(format!("known-{number}@example.org"));
    let unknown = |number| login(format!("nobody{number}@example.org"));
    assert_alike("login", known, unknown).await;
}

#[tokio::test]
async fn where_accounts_are_concealed_taken_and_new_addresses_look_and_last_alike() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await.with("REGISTRATION__CONCEAL_EXISTING", "true");
        let server = installation.start().await;
        let client = server.client();
        for number in 0..TRIES {
            assert_eq!(register(&client, &format!("taken-{number}@example.org")).await.status, 202);
        }
        let ask = async |email: String| register(&client, &email).await;
        let taken = |number| ask(format!("taken-{number}@example.org"));
        let new = |number| ask(format!("fresh-{number}@example.org"));
        assert_alike("register", taken, new).await;
        assert_eq!(client.login("fresh-0@example.org", GOOD_PASSWORD).await.status, 200, "new ones are made");
    }
}

#[tokio::test]
async fn asking_for_a_mail_takes_the_same_time_for_known_and_unknown_addresses() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        // Whoever sends the mails meanwhile would slow the one as much as the other, but not in the same moment.
        let server = installed(backend).await.with("JOBS__AT_ONCE", "0").start().await;
        let client = server.client();
        for number in 0..TRIES {
            assert_eq!(register(&client, &format!("known-{number}@example.org")).await.status, 201);
        }
        for path in ["/api/v1/password/forgot", "/api/v1/verify/resend"] {
            let ask = async |email: String| client.post(path, json!({"email": email})).await;
            let known = |number| ask(format!("known-{number}@example.org"));
            let unknown = |number| ask(format!("nobody-{number}@example.org"));
            assert_alike(path, known, unknown).await;
        }
    }
}

#[test]
fn the_test_itself_tells_unequal_samples_apart() {
    let sample = |shift: u64| -> Vec<Duration> {
        (0..TRIES)
            .map(|number| Duration::from_micros(1000 + (u64::try_from(number).unwrap() * 37) % 400 + shift))
            .collect()
    };
    assert!(deviation(&sample(0), &sample(0)).abs() < SUSPICIOUS);
    assert!(deviation(&sample(0), &sample(150)).abs() > SUSPICIOUS);
}
