//! When a token is good.

use crate::forgery::Forger;
use crate::installation::{at, claims, tokens};
use serde_json::json;
use threshold_application::ports::{AccessTokens, TokenRejection};
use threshold_tokens::SigningMethod;

#[tokio::test]
async fn a_token_expires_at_its_exp_also_when_remembered() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    assert_eq!(tokens.verify(token.expose(), at(900)), Err(TokenRejection::Expired));
    assert!(tokens.verify(token.expose(), at(899)).is_ok());
    assert_eq!(tokens.verify(token.expose(), at(900)), Err(TokenRejection::Expired));
}

#[tokio::test]
async fn a_clock_may_be_five_seconds_behind_but_no_more() {
    let tokens = tokens(SigningMethod::EdDsa).await;
    let token = tokens.issue(&claims()).unwrap();
    assert_eq!(tokens.verify(token.expose(), at(-6)), Err(TokenRejection::Invalid));
    assert!(tokens.verify(token.expose(), at(-5)).is_ok());
}

#[tokio::test]
async fn a_token_from_the_future_is_refused_by_iat_and_nbf_alike() {
    let forger = Forger::new().await;
    for name in ["iat", "nbf"] {
        let moved = |seconds: i64| forger.with_claims(|claims| claims[name] = json!(at(seconds).timestamp()));
        assert!(moved(5).is_ok(), "{name}");
        assert_eq!(moved(6), Err(TokenRejection::Invalid), "{name}");
    }
}

#[tokio::test]
async fn times_that_no_calendar_has_are_refused() {
    let forger = Forger::new().await;
    for (name, value) in [("iat", i64::MIN), ("exp", i64::MAX)] {
        let verified = forger.with_claims(|claims| claims[name] = json!(value));
        assert_eq!(verified, Err(TokenRejection::Invalid), "{name}");
    }
}

#[tokio::test]
async fn only_what_is_right_in_everything_else_has_expired() {
    let forger = Forger::new().await;
    assert_eq!(forger.with_claims_at(at(900), |_| {}), Err(TokenRejection::Expired));
    for (name, value) in [("iss", json!("https://evil.example")), ("aud", json!("others")), ("iat", json!(i64::MIN))] {
        let verified = forger.with_claims_at(at(900), |claims| claims[name] = value);
        assert_eq!(verified, Err(TokenRejection::Invalid), "{name}");
    }
}
