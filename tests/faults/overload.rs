//! More sign-ins than there is time for.

use crate::installed;
use threshold_tests::{Backend, GOOD_PASSWORD};

#[tokio::test]
async fn who_would_wait_too_long_is_sent_away_and_the_others_are_served() {
    let installation = installed(Backend::Sqlite)
        .await
        .with("PASSWORD__BCRYPT_COST", "10")
        .with("PASSWORD__MAX_QUEUE_WAIT", "100ms")
        .with("PASSWORD__THREADS", "1");
    let server = installation.start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    let attempts: Vec<_> = (0..60)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.login("ada@example.org", GOOD_PASSWORD).await })
        })
        .collect();
    let (mut answered, mut refused) = (0, 0);
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        if answer.status == 200 {
            answered += 1;
        } else {
            assert_eq!((answer.status, answer.code()), (503, "overloaded"));
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
            refused += 1;
        }
    }
    assert!(answered > 0 && refused > 0, "{answered} answered, {refused} refused");
    assert_eq!(client.me(&token).await.status, 200);
    let counted = server.metric("threshold_password_hashes_total{outcome=\"refused\"} ").await;
    assert!((counted - f64::from(refused)).abs() < 0.5, "{counted}");
}
