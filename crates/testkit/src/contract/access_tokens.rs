//! Making and checking access tokens.

use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{AccessTokens, TokenRejection};
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, Permission};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId, TokenId};
use uuid::Uuid;

/// Expands every case for access tokens; the expression makes an `Arc<dyn AccessTokens>`.
#[macro_export]
macro_rules! access_tokens_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            access_tokens,
            $fresh,
            [
                what_is_issued_is_verified_in_whole_seconds,
                a_token_is_refused_from_its_exp_on,
                what_was_never_issued_is_invalid,
                each_token_has_its_own_claims,
            ]
        );
    };
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::seconds(1_800_000_000) + TimeDelta::milliseconds(milliseconds)
}

fn claims(number: u128) -> AccessClaims {
    AccessClaims {
        subject: UserId::new(Uuid::from_u128(number)),
        session: SessionId::new(Uuid::from_u128(number + 100)),
        token_id: TokenId::new(Uuid::from_u128(number + 200)),
        issued_at: at(750),
        expires_at: at(900_750),
        grants: Grants {
            permissions: [Permission::UsersRead].into_iter().collect(),
            version: GrantsVersion::new(7),
            ..Grants::of_every_user()
        },
    }
}

/// Times are cut.
pub async fn what_is_issued_is_verified_in_whole_seconds(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims(1)).unwrap();
    let expected = AccessClaims { issued_at: at(0), expires_at: at(900_000), ..claims(1) };
    assert_eq!(tokens.verify(token.expose(), at(750)), Ok(expected.clone()));
    assert_eq!(tokens.verify(token.expose(), at(899_999)), Ok(expected));
}

/// Also if it was good a moment ago.
pub async fn a_token_is_refused_from_its_exp_on(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims(1)).unwrap();
    assert!(tokens.verify(token.expose(), at(899_999)).is_ok());
    assert_eq!(tokens.verify(token.expose(), at(900_000)), Err(TokenRejection::Expired));
    assert_eq!(tokens.verify(token.expose(), at(2_000_000)), Err(TokenRejection::Expired));
}

/// Whatever it looks like.
pub async fn what_was_never_issued_is_invalid(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims(1)).unwrap();
    for text in ["", "x", "a.b.c", &format!("{}9", token.expose()), &"x".repeat(100_000)] {
        assert_eq!(tokens.verify(text, at(0)), Err(TokenRejection::Invalid), "{text:.40}");
    }
}

/// They are not mixed up.
pub async fn each_token_has_its_own_claims(tokens: &Arc<dyn AccessTokens>) {
    let issued: Vec<_> = (1..=9).map(|number| tokens.issue(&claims(number)).unwrap()).collect();
    for (token, number) in issued.iter().zip(1..) {
        let verified = tokens.verify(token.expose(), at(1_000)).unwrap();
        assert_eq!((verified.subject, verified.session), (claims(number).subject, claims(number).session));
    }
}
