//! What is refused, each for one reason alone.

use crate::forgery::{Forger, part, signed, signed_with};
use crate::installation::{AUDIENCE, ISSUER, Installation, at, claims, tokens};
use serde_json::{Value, json};
use threshold_application::ports::{AccessTokens, SecretGenerator, TokenRejection};
use threshold_domain::sessions::{AccessClaims, PublicKeyMaterial};
use threshold_tokens::SigningMethod;

const INVALID: Result<AccessClaims, TokenRejection> = Err(TokenRejection::Invalid);

#[tokio::test]
async fn a_forger_who_knows_the_secret_and_changes_nothing_is_believed() {
    assert_eq!(Forger::new().await.with_header(|_| {}), Ok(claims()));
}

#[tokio::test]
async fn a_token_without_signature_is_refused() {
    let forger = Forger::new().await;
    for algorithm in ["none", "None", "NONE", ""] {
        assert_eq!(forger.with_header(|header| header["alg"] = json!(algorithm)), INVALID, "{algorithm}");
    }
    let mut header = forger.header.clone();
    header["alg"] = json!("none");
    let token = signed(&header.to_string(), &forger.claims.to_string());
    let (message, _signature) = token.rsplit_once('.').unwrap();
    assert_eq!(forger.tokens.verify(&format!("{message}."), at(0)), INVALID);
}

#[tokio::test]
async fn another_algorithm_than_the_keys_is_refused() {
    let forger = Forger::new().await;
    for algorithm in ["EdDSA", "ES256", "HS384", "HS512", "RS256", "hs256"] {
        assert_eq!(forger.with_header(|header| header["alg"] = json!(algorithm)), INVALID, "{algorithm}");
    }
}

#[tokio::test]
async fn a_public_key_used_as_a_secret_is_refused() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    let PublicKeyMaterial::Ed25519 { x } = tokens.public_keys()[0].material else { panic!("another kind of key") };
    let mut header = part(token.expose(), 0);
    header["alg"] = json!("HS256");
    let forged = signed_with(&x, &header.to_string(), &part(token.expose(), 1).to_string());
    assert_eq!(tokens.verify(&forged, at(0)), INVALID);
}

#[tokio::test]
async fn an_unknown_or_missing_kid_is_refused() {
    let forger = Forger::new().await;
    for kid in [json!("unknown"), json!(""), json!(7), Value::Null] {
        assert_eq!(forger.with_header(|header| header["kid"] = kid), INVALID);
    }
    assert_eq!(forger.with_header(|header| remove(header, "kid")), INVALID);
}

#[tokio::test]
async fn another_type_of_token_is_refused() {
    let forger = Forger::new().await;
    for typ in [json!("JWT"), json!("at"), json!("text/at+jwt"), json!(""), Value::Null] {
        assert_eq!(forger.with_header(|header| header["typ"] = typ), INVALID);
    }
    assert_eq!(forger.with_header(|header| remove(header, "typ")), INVALID);
}

#[tokio::test]
async fn the_type_is_compared_without_case_and_may_be_written_out() {
    let forger = Forger::new().await;
    for typ in ["AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert_eq!(forger.with_header(|header| header["typ"] = json!(typ)), Ok(claims()), "{typ}");
    }
}

#[tokio::test]
async fn extensions_that_must_be_understood_are_refused() {
    let forger = Forger::new().await;
    for critical in [json!(["exp"]), json!(["b64"]), json!([]), Value::Null] {
        assert_eq!(forger.with_header(|header| header["crit"] = critical), INVALID);
    }
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_refused() {
    let forger = Forger::new().await;
    for (member, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/certificate")),
        ("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})),
        ("x5c", json!(["MIIB"])),
    ] {
        assert_eq!(forger.with_header(|header| header[member] = value), INVALID, "{member}");
    }
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused() {
    let forger = Forger::new().await;
    let twice = |object: &Value, member: &str| object.to_string().replacen('{', &format!("{{{member},"), 1);
    let (header, claims) = (forger.header.to_string(), forger.claims.to_string());
    for member in [r#""alg":"none""#, r#""typ":"at+jwt""#, r#""kid":"x""#] {
        assert_eq!(forger.verify(&twice(&forger.header, member), &claims), INVALID, "{member}");
    }
    for member in [r#""exp":9999999999"#, r#""iss":"https://id.example""#, r#""roles":["admin"]"#] {
        assert_eq!(forger.verify(&header, &twice(&forger.claims, member)), INVALID, "{member}");
    }
}

#[tokio::test]
async fn another_issuer_is_refused() {
    let forger = Forger::new().await;
    for issuer in [json!("https://evil.example"), json!([ISSUER]), json!(format!("{ISSUER}/"))] {
        assert_eq!(forger.with_claims(|claims| claims["iss"] = issuer), INVALID);
    }
}

#[tokio::test]
async fn another_audience_is_refused_and_one_of_several_may_be_ours() {
    let forger = Forger::new().await;
    for audience in [json!("others"), json!(["others"]), json!([]), json!([AUDIENCE, 7]), json!({"x": AUDIENCE})] {
        assert_eq!(forger.with_claims(|claims| claims["aud"] = audience.clone()), INVALID, "{audience}");
    }
    assert_eq!(forger.with_claims(|claims| claims["aud"] = json!(["others", AUDIENCE])), Ok(claims()));
}

#[tokio::test]
async fn tokens_of_another_installation_are_refused() {
    let ours = tokens(SigningMethod::EdDsa).await;
    let elsewhere = Installation::default();
    // A generator that is one byte further makes another key.
    elsewhere.secrets.fill(&mut [0]);
    for method in [SigningMethod::EdDsa, SigningMethod::Es256] {
        let token = elsewhere.tokens(&method).await.issue(&claims()).unwrap();
        assert_eq!(ours.verify(token.expose(), at(0)), INVALID);
    }
}

#[tokio::test]
async fn claims_that_are_missing_or_of_another_type_are_refused() {
    let forger = Forger::new().await;
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp", "roles", "permissions"] {
        assert_eq!(forger.with_claims(|claims| remove(claims, name)), INVALID, "without {name}");
        assert_eq!(forger.with_claims(|claims| claims[name] = json!({"x": 1})), INVALID, "{name}");
        assert_eq!(forger.with_claims(|claims| claims[name] = Value::Null), INVALID, "{name}");
    }
}

#[tokio::test]
async fn a_token_of_more_than_8_kib_is_refused() {
    let forger = Forger::new().await;
    let of_permissions = |bytes: usize| forger.with_claims(|claims| claims["permissions"] = json!(["p".repeat(bytes)]));
    assert!(of_permissions(5_000).is_ok(), "what it permits isn't known here");
    assert_eq!(of_permissions(6_500), INVALID);
}

#[tokio::test]
async fn roles_that_none_can_be_called_are_refused() {
    let forger = Forger::new().await;
    assert_eq!(forger.with_claims(|claims| claims["roles"] = json!(["no role"])), INVALID);
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}
