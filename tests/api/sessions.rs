//! Signing in and out, and what proves it.

use crate::{installed, on_both};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use threshold_tests::{Backend, GOOD_PASSWORD};

const LOGIN: &str = "/api/v1/login";

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

on_both! {
    async fn a_sign_in_gives_a_token_and_the_user(server) {
        let client = server.client();
        client.post("/api/v1/register", json!({"email": "ada@example.org", "username": "ada", "password": GOOD_PASSWORD})).await;
        for name in [json!({"email": "ADA@example.ORG"}), json!({"username": "Ada"})] {
            let mut body = name.clone();
            body["password"] = json!(GOOD_PASSWORD);
            let answer = client.post(LOGIN, body).await;
            assert_eq!(answer.status, 200, "{name}");
            assert_eq!(answer.body["token_type"], "Bearer");
            assert_eq!(answer.body["expires_in"], 900);
            assert_eq!(answer.body["user"]["email"], "ada@example.org");
            assert!(answer.body["user"]["last_login_at"].is_string());
            assert_eq!(client.me(answer.body["access_token"].as_str().unwrap()).await.status, 200);
        }
    }

    async fn a_wrong_password_and_an_unknown_name_look_alike(server) {
        let client = server.client();
        client.register("ada@example.org").await;
        let wrong = client.login("ada@example.org", "something else 11").await;
        let unknown = client.login("eve@example.org", "something else 11").await;
        for answer in [&wrong, &unknown] {
            assert_eq!((answer.status, answer.code()), (401, "invalid-credentials"));
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"threshold\"");
        }
        let without_id = |answer: &threshold_tests::Answer| {
            let mut body = answer.body.clone();
            body["request_id"].take();
            body
        };
        assert_eq!(without_id(&wrong), without_id(&unknown));
        assert!((server.metric("threshold_password_hashes_total{outcome=\"done\"} ").await - 3.0).abs() < 0.1);
    }

    async fn exactly_one_name_is_given(server) {
        let client = server.client();
        for (body, field, code) in [
            (json!({"password": "x"}), "email", "required"),
            (json!({"password": "x", "email": "a@b.example", "username": "abc"}), "username", "exclusive"),
            (json!({"email": "a@b.example"}), "password", "required"),
        ] {
            let answer = client.post(LOGIN, body.clone()).await;
            assert_eq!(answer.status, 422, "{body}");
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{body}");
        }
    }

    async fn without_a_usable_token_nobody_is_known(server) {
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        let me = || client.request("GET", "/api/v1/users/me");
        let plain = "Bearer realm=\"threshold\"";
        for request in [me(), me().header("authorization", "Basic YTpi"), me().header("authorization", "")] {
            let answer = client.send(request).await;
            assert_eq!((answer.status, answer.code(), answer.header("www-authenticate")), (401, "unauthenticated", plain));
        }
        let tampered = format!("{}x", token.strip_suffix(|_: char| true).unwrap());
        for bad in ["", "x", "a.b.c", &tampered, &"x".repeat(7000)] {
            let answer = client.me(bad).await;
            assert_eq!((answer.status, answer.code()), (401, "token-invalid"), "{bad:.20}");
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        }
        let twice = me().bearer_auth(&token).header("authorization", "Bearer x");
        assert_eq!(client.send(twice).await.code(), "token-invalid");
        let odd_case = me().header("authorization", format!("bEaReR {token}"));
        assert_eq!(client.send(odd_case).await.status, 200);
        assert_eq!(client.send(client.request("GET", &format!("/api/v1/users/me?access_token={token}"))).await.code(), "unauthenticated");
    }

    async fn a_logged_out_token_is_refused_at_once_and_others_live_on(server) {
        let client = server.client();
        let first = client.token_of_new("ada@example.org").await;
        let second = client.token_of("ada@example.org").await;
        let answer = client.logout(&first).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        for refused in [client.me(&first).await, client.logout(&first).await] {
            assert_eq!((refused.status, refused.code()), (401, "token-revoked"));
        }
        assert_eq!(client.me(&second).await.status, 200);
    }

    async fn header_and_claims_are_those_of_the_contract(server) {
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        let user = client.me(&token).await.body;
        let keys = client.get("/.well-known/jwks.json").await.body;
        let (header, claims) = (part(&token, 0), part(&token, 1));
        assert_eq!(header, json!({"typ": "at+jwt", "alg": "EdDSA", "kid": keys["keys"][0]["kid"]}));
        assert_eq!(claims["iss"].as_str().unwrap(), "http://127.0.0.1:0");
        assert_eq!((&claims["aud"], &claims["sub"]), (&json!("threshold"), &user["id"]));
        assert_eq!((&claims["roles"], &claims["permissions"]), (&json!(["user"]), &json!([])));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
        assert_eq!(claims["nbf"], claims["iat"]);
        assert!(claims["sid"].is_string() && claims["jti"].is_string());
    }

    async fn published_keys_verify_tokens_and_can_be_kept(server) {
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        let answer = client.get("/.well-known/jwks.json").await;
        assert_eq!(answer.header("content-type"), "application/jwk-set+json");
        assert!(answer.header("cache-control").contains("max-age="));
        let key = &answer.body["keys"][0];
        assert_eq!((&key["kty"], &key["crv"], &key["use"]), (&json!("OKP"), &json!("Ed25519"), &json!("sig")));
        let x = BASE64_URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(UnparsedPublicKey::new(&ED25519, x).verify(message.as_bytes(), &signature).is_ok());
        let again = client.request("GET", "/.well-known/jwks.json").header("if-none-match", answer.header("etag"));
        let again = client.send(again).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
    }
}

#[tokio::test]
async fn a_token_is_refused_once_it_has_expired() {
    let server = installed(Backend::Sqlite).await.with("TOKENS__ACCESS_LIFETIME", "1s").start().await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    let refused = loop {
        let answer = client.me(&token).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.code()), (401, "token-expired"));
    assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
}

#[tokio::test]
async fn a_shared_secret_signs_by_setting_and_is_never_published() {
    let secret = "a shared secret of thirty-two bytes";
    let server = installed(Backend::Sqlite)
        .await
        .with("TOKENS__ALGORITHM", "HS256")
        .with("TOKENS__HS256_SECRET", secret)
        .with("TOKENS__ISSUER", "https://id.example.org")
        .start()
        .await;
    let client = server.client();
    let token = client.token_of_new("ada@example.org").await;
    assert_eq!(client.me(&token).await.status, 200);
    assert_eq!(client.get("/.well-known/jwks.json").await.body, json!({"keys": []}));
    let (message, signature) = token.rsplit_once('.').unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(ring::hmac::verify(&key, message.as_bytes(), &signature).is_ok());
    assert_eq!(part(&token, 1)["iss"], "https://id.example.org");
}

#[tokio::test]
async fn tokens_survive_a_restart_and_so_does_a_logout() {
    let installation = installed(Backend::Sqlite).await;
    let server = installation.start().await;
    let client = server.client();
    let kept = client.token_of_new("ada@example.org").await;
    let ended = client.token_of("ada@example.org").await;
    client.logout(&ended).await;
    drop(server);
    let server = installation.start().await;
    assert_eq!(server.client().me(&kept).await.status, 200);
    assert_eq!(server.client().me(&ended).await.code(), "token-revoked");
}

#[tokio::test]
async fn an_unverified_address_keeps_out_by_setting_and_only_after_the_right_password() {
    let server = installed(Backend::Sqlite).await.with("LOGIN__REQUIRE_VERIFIED_EMAIL", "true").start().await;
    let client = server.client();
    client.register("ada@example.org").await;
    let right = client.login("ada@example.org", GOOD_PASSWORD).await;
    assert_eq!((right.status, right.code()), (403, "email-unverified"));
    assert_eq!(client.login("ada@example.org", "something else 11").await.status, 401);
}
