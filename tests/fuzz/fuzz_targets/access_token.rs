//! Bearer tokens: whatever they are made of, only the untouched one is accepted.
//!
//! An input's first byte says what becomes of the rest: the header of a token (`h`), its claims (`c`), its signature (`s`), a part of
//! its text (`@`, then a byte that says where), or else all of it. Headers and claims are signed, so that what lies behind is reached.
#![no_main]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use ring::hmac;
use serde_json::Value;
use std::sync::LazyLock;
use threshold_application::ports::AccessTokens;
use threshold_testkit::{FixedClock, InMemoryStore, SeededSecrets, at, some_claims};
use threshold_tokens::{JwtTokens, KeyRing, KeySource, MasterKey, SigningMethod, TokenSettings};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "threshold";

static ED_DSA: LazyLock<Installation> = LazyLock::new(|| Installation::new(&SigningMethod::EdDsa));
static HS256: LazyLock<Installation> =
    LazyLock::new(|| Installation::new(&SigningMethod::Hs256(SECRET.parse().expect("it is long enough"))));

fuzz_target!(|input: &[u8]| {
    match input {
        [b'h', header @ ..] => with_header(header),
        [b'c', claims @ ..] => with_claims(claims),
        [b's', signature @ ..] => each(|one| format!("{}.{}", one.message(), BASE64.encode(signature))),
        [b'@', place, splice @ ..] => each(|one| one.spliced(*place, splice)),
        text => each(|_| String::from_utf8_lossy(text).into_owned()),
    }
});

/// Both installations refuse what `make` makes.
fn each(make: impl Fn(&Installation) -> String) {
    for one in [&*ED_DSA, &*HS256] {
        let token = make(one);
        assert_eq!(one.accepts(&token), token == one.genuine, "{token}");
    }
}

/// Another header that is accepted names the same key and algorithm.
fn with_header(header: &[u8]) {
    let claims = HS256.genuine.split('.').nth(1).expect("three parts");
    if HS256.accepts(&signed(&BASE64.encode(header), claims)) {
        let header: Value = serde_json::from_slice(header).expect("JSON");
        let genuine = HS256.genuine.split('.').next().and_then(|part| BASE64.decode(part).ok()).expect("base64url");
        let genuine: Value = serde_json::from_slice(&genuine).expect("JSON");
        assert_eq!((&header["alg"], &header["kid"]), (&genuine["alg"], &genuine["kid"]));
        assert_eq!(header.as_object().map(|members| members.len()), Some(3), "nothing unknown is in it");
    }
}

/// Other claims that are accepted are those of our installation and of our time.
fn with_claims(claims: &[u8]) {
    let header = HS256.genuine.split('.').next().expect("three parts");
    if HS256.accepts(&signed(header, &BASE64.encode(claims))) {
        let claims: Value = serde_json::from_slice(claims).expect("JSON");
        let time = |name: &str| claims[name].as_i64().expect("whole seconds");
        let audience = &claims["aud"];
        assert_eq!(claims["iss"], ISSUER);
        assert!(audience == AUDIENCE || audience.as_array().is_some_and(|all| all.iter().any(|one| one == AUDIENCE)));
        assert!(time("exp") > at(0).timestamp());
        assert!(time("nbf").max(time("iat")) <= at(5).timestamp());
    }
}

fn signed(header: &str, claims: &str) -> String {
    let message = format!("{header}.{claims}");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), message.as_bytes());
    format!("{message}.{}", BASE64.encode(signature))
}

/// Who verifies, and a token of theirs.
struct Installation {
    tokens: JwtTokens,
    genuine: String,
}

impl Installation {
    fn new(method: &SigningMethod) -> Self {
        let (repository, clock, secrets) = (InMemoryStore::default(), FixedClock::default(), SeededSecrets::default());
        let master = MasterKey::generate(&secrets);
        let token_lifetime = at(900) - at(0);
        let source =
            KeySource { repository: &repository, master: &master, clock: &clock, secrets: &secrets, token_lifetime };
        let keys = block_on(KeyRing::load(&source, method)).expect("an empty store takes a key");
        // Nothing is remembered, so that each run does the same.
        let settings = TokenSettings { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned(), cache_size: 0 };
        let tokens = JwtTokens::new(keys, settings);
        let genuine = tokens.issue(&some_claims(1, 0)).expect("there is a key").expose().to_owned();
        let installation = Self { tokens, genuine };
        assert!(installation.accepts(&installation.genuine));
        installation
    }

    fn accepts(&self, token: &str) -> bool {
        self.tokens.verify(token, at(0)).is_ok()
    }

    /// Header and claims.
    fn message(&self) -> &str {
        self.genuine.rsplit_once('.').expect("three parts").0
    }

    /// The token with something else in place of a part.
    fn spliced(&self, place: u8, splice: &[u8]) -> String {
        let mut bytes = self.genuine.clone().into_bytes();
        let start = bytes.len() * usize::from(place) / 256;
        let end = bytes.len().min(start + splice.len());
        bytes.splice(start..end, splice.iter().copied());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
