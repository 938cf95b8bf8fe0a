//! Tokens that were damaged, and texts that never were tokens.

use crate::forgery::shared_secret;
use crate::installation::{at, claims, tokens};
use proptest::prelude::*;
use threshold_application::ports::{AccessTokens, TokenRejection};
use threshold_tokens::{JwtTokens, SigningMethod};

#[tokio::test]
async fn a_token_with_any_one_bit_flipped_is_refused() {
    for method in [SigningMethod::EdDsa, SigningMethod::Es256, shared_secret()] {
        let tokens = tokens(method).await;
        let token = tokens.issue(&claims()).unwrap().expose().to_owned();
        for (position, bit) in (0..token.len()).flat_map(|position| (0..7).map(move |bit| (position, bit))) {
            let mut changed = token.clone().into_bytes();
            changed[position] ^= 1 << bit;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(tokens.verify(&changed, at(0)), Err(TokenRejection::Invalid), "bit {bit} of {position}");
        }
    }
}

#[tokio::test]
async fn a_token_of_more_or_fewer_parts_is_refused() {
    let tokens = tokens(shared_secret()).await;
    let good = tokens.issue(&claims()).unwrap();
    let good = good.expose();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    for token in [
        message.to_owned(),
        format!("{message}."),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.x"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{header}.{payload}.{signature}"),
        format!("{payload}.{header}.{signature}"),
        format!("{header}..{signature}"),
        format!("..{signature}"),
    ] {
        assert_eq!(tokens.verify(&token, at(0)), Err(TokenRejection::Invalid), "{token}");
    }
}

#[tokio::test]
async fn padding_and_white_space_are_refused() {
    let tokens = tokens(shared_secret()).await;
    let good = tokens.issue(&claims()).unwrap();
    let good = good.expose();
    for token in [format!(" {good}"), format!("{good}\n"), format!("{good}="), good.replacen('.', "=.", 1)] {
        assert_eq!(tokens.verify(&token, at(0)), Err(TokenRejection::Invalid), "{token:?}");
    }
}

fn tokens_now() -> JwtTokens {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(tokens(SigningMethod::EdDsa))
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in r"\PC{0,40}(\.\PC{0,40}){0,4}") {
        prop_assert_eq!(tokens_now().verify(&text, at(0)), Err(TokenRejection::Invalid));
    }
}
