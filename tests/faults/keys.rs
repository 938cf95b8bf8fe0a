//! Keys that change while everybody goes on working.

use crate::{installed, until};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use threshold_tests::{Backend, Client, GOOD_PASSWORD, Installation};

fn keys(installation: &Installation, arguments: &[&str]) -> (Option<i32>, String) {
    let ran = installation.command(&[&["keys"], arguments].concat()).output().unwrap();
    (ran.status.code(), String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap())
}

/// The kid of the key in that state.
fn kid(installation: &Installation, state: &str) -> String {
    let (code, table) = keys(installation, &["list"]);
    assert_eq!(code, Some(0), "{table}");
    let line = table.lines().find(|line| line.contains(state)).unwrap_or_else(|| panic!("none is {state}: {table}"));
    line.split(' ').next().unwrap().to_owned()
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// Somebody who knows nothing but the published keys, which they look at again only when they meet an unknown `kid`.
#[derive(Default)]
struct Outsider(BTreeMap<String, Vec<u8>>);

impl Outsider {
    async fn verify(&mut self, client: &Client, token: &str) -> String {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let header: Value = serde_json::from_slice(&decoded(signed.split('.').next().unwrap())).unwrap();
        let kid = header.get("kid").and_then(Value::as_str).unwrap().to_owned();
        if !self.0.contains_key(&kid) {
            let published = client.get("/.well-known/jwks.json").await.body;
            for key in published.get("keys").and_then(Value::as_array).unwrap() {
                let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap();
                self.0.insert(text("kid").to_owned(), decoded(text("x")));
            }
        }
        let key = self.0.get(&kid).unwrap_or_else(|| panic!("{kid} signs and was not published"));
        UnparsedPublicKey::new(&ED25519, key).verify(signed.as_bytes(), &decoded(signature)).unwrap();
        kid
    }
}

#[tokio::test]
async fn all_through_a_rotation_nobody_is_refused_and_everybody_can_verify() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let installation = installed(backend).await.with("TOKENS__KEY_LEAD", "3s");
        let server = installation.start().await;
        let client = server.client();
        client.register("ada@example.org").await;
        let mut outsider = Outsider::default();
        outsider.verify(&client, &client.token_of("ada@example.org").await).await;
        let (code, told) = keys(&installation, &["rotate"]);
        assert_eq!(code, Some(0), "{told}");
        let (before, next) = (kid(&installation, "signing"), kid(&installation, "published"));
        // The outsider learns of the next key before it signs.
        let published = until(|| client.get("/.well-known/jwks.json"), |answer| answer.text.contains(&next));
        assert!(published.await.text.contains(&before));
        let (mut tokens, mut signers) = (Vec::new(), BTreeSet::new());
        while !signers.contains(&next) || tokens.len() < 40 {
            let token = client.token_of("ada@example.org").await;
            signers.insert(outsider.verify(&client, &token).await);
            tokens.push(token);
            if tokens.len().is_multiple_of(10) {
                for token in &tokens {
                    assert_eq!(client.me(token).await.status, 200);
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(signers, BTreeSet::from([before, next.clone()]));
        assert_eq!(kid(&installation, "signing"), next);
    }
}

#[tokio::test]
async fn the_tokens_of_a_key_that_leaked_are_refused_and_new_ones_are_good() {
    let installation = installed(Backend::Postgres).await.with("SESSIONS__MAX_PER_USER", "5");
    let (one, two) = (installation.start().await, installation.start().await);
    let token = one.client().token_of_new("ada@example.org").await;
    assert_eq!(two.client().me(&token).await.status, 200);
    let leaked = kid(&installation, "signing");
    let (code, told) = keys(&installation, &["retire", &leaked]);
    assert_eq!(code, Some(0), "{told}");
    for server in [&one, &two] {
        let client = server.client();
        let refused = until(|| client.me(&token), |answer| answer.status != 200).await;
        assert_eq!(refused.code(), "token-invalid");
        assert!(!client.get("/.well-known/jwks.json").await.text.contains(&leaked));
        let fresh = client.login("ada@example.org", GOOD_PASSWORD).await.text_of("access_token");
        for server in [&one, &two] {
            let client = server.client();
            assert_eq!(until(|| client.me(&fresh), |answer| answer.status == 200).await.status, 200);
        }
    }
    assert_eq!(keys(&installation, &["retire", &leaked]).0, Some(1), "there is none in use");
}

#[tokio::test]
async fn of_two_who_rotate_at_once_one_does() {
    let installation = installed(Backend::Postgres).await;
    drop(installation.start().await);
    let started: Vec<_> = (0..2).map(|_| installation.command(&["keys", "rotate"]).spawn().unwrap()).collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
    let (_, table) = keys(&installation, &["list"]);
    let count = |state: &str| table.lines().filter(|line| line.contains(state)).count();
    assert_eq!(count("signing"), 1, "{table}");
    // The second may come after the first, and then replaces what it has published.
    assert!((1..=2).contains(&count("published")), "{table}");
}

#[tokio::test]
async fn where_a_shared_secret_signs_there_is_nothing_to_rotate() {
    let installation = installed(Backend::Sqlite)
        .await
        .with("TOKENS__ALGORITHM", "HS256")
        .with("TOKENS__HS256_SECRET", "0123456789abcdef0123456789abcdef");
    drop(installation.start().await);
    let (code, told) = keys(&installation, &["rotate"]);
    assert_eq!((code, told.contains("HS256")), (Some(1), true), "{told}");
    assert!(!told.contains("0123456789abcdef"));
}

#[tokio::test]
async fn a_key_that_is_too_old_is_replaced_by_itself() {
    let installation = installed(Backend::Sqlite).await;
    drop(installation.start().await);
    let server = installation.with("TOKENS__KEY_MAX_AGE", "1ms").with("TOKENS__KEY_LEAD", "3s");
    let running = server.start().await;
    let client = running.client();
    until(
        || client.get("/.well-known/jwks.json"),
        |answer| answer.body.get("keys").and_then(Value::as_array).is_some_and(|keys| keys.len() == 2),
    )
    .await;
    assert!(running.log().contains("published the next signing key"));
}
