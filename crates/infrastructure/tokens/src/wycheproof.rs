//! Project Wycheproof's signed texts: what must be refused is, and what is right is not.

use crate::provider;
use crate::{JwtTokens, KeyRing, KeySource, MasterKey, SigningMethod, TokenSettings};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use threshold_application::ports::{AccessTokens, TokenRejection};
use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets, at};

const VECTORS: &str = include_str!("../tests/wycheproof/json_web_signature_test.json");
/// Mistaken: 367 and 370 are called wrong and are, letter for letter, the text of 357, which is right; 372 and 373 are called right
/// although they hold a character that base64url hasn't.
const MISTAKEN: [u32; 4] = [367, 370, 372, 373];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    test_groups: Vec<Group>,
    number_of_tests: usize,
}

#[derive(Deserialize)]
struct Group {
    /// A shared secret stands only here.
    private: Jwk,
    tests: Vec<Vector>,
}

#[derive(Deserialize)]
struct Jwk {
    alg: Option<String>,
    k: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    tc_id: u32,
    comment: String,
    /// Text, or an object that should have been text.
    jws: Value,
    result: String,
}

impl Jwk {
    /// The key as ours are made, where its algorithm is one of ours.
    fn verifying(&self) -> Option<(Algorithm, DecodingKey)> {
        let bytes = |text: &Option<String>| BASE64_URL_SAFE_NO_PAD.decode(text.as_ref().unwrap()).unwrap();
        match self.alg.as_deref()? {
            "HS256" => Some((Algorithm::HS256, DecodingKey::from_secret(&bytes(&self.k)))),
            "ES256" => {
                let point = [vec![4], bytes(&self.x), bytes(&self.y)].concat();
                Some((Algorithm::ES256, DecodingKey::from_ec_der(&point)))
            }
            _ => None,
        }
    }
}

impl Vector {
    fn text(&self) -> String {
        self.jws.as_str().map_or_else(|| self.jws.to_string(), str::to_owned)
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

/// Whether form, algorithm and signature are right. What is signed there is no JSON, which is found out last.
fn is_signed(text: &str, algorithm: Algorithm, key: &DecodingKey) -> bool {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    let signed = match decode::<Value>(text, key, &validation) {
        Ok(_) => true,
        Err(error) => matches!(error.kind(), ErrorKind::Json(_)),
    };
    signed && decode_header(text).is_ok()
}

#[test]
fn what_is_signed_with_our_algorithms_verifies_only_if_it_is_right() {
    provider::install();
    let (mut right, mut wrong) = (0, 0);
    for group in vectors().test_groups {
        let Some((algorithm, key)) = group.private.verifying() else { continue };
        for vector in group.tests.iter().filter(|vector| !MISTAKEN.contains(&vector.tc_id)) {
            let expected = vector.result == "valid";
            let (id, comment) = (vector.tc_id, &vector.comment);
            assert_eq!(is_signed(&vector.text(), algorithm, &key), expected, "{id} {comment}");
            *(if expected { &mut right } else { &mut wrong }) += 1;
        }
    }
    assert_eq!((right, wrong), (10, 65));
}

#[tokio::test]
async fn none_of_them_is_an_access_token() {
    let secrets = SeededSecrets::default();
    let source = KeySource {
        repository: &InMemoryStore::default(),
        master: &MasterKey::generate(&secrets),
        clock: &FixedClock::default(),
        secrets: &secrets,
        token_lifetime: chrono::TimeDelta::minutes(15),
    };
    let keys = KeyRing::load(&source, &SigningMethod::Es256).await.unwrap();
    let settings = TokenSettings { issuer: "i".to_owned(), audience: "a".to_owned(), cache_size: 0 };
    let tokens = JwtTokens::new(keys, settings);
    let vectors = vectors();
    let all = vectors.test_groups.iter().flat_map(|group| &group.tests);
    let refused = all.filter(|vector| tokens.verify(&vector.text(), at(0)) == Err(TokenRejection::Invalid)).count();
    assert_eq!((refused, vectors.number_of_tests), (401, 401));
}
