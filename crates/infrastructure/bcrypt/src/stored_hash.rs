//! The text that is stored of a password.

use crate::lanes::{Lane, MAX_KEY_BYTES};
use crate::settings::Cost;
use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, general_purpose};
use base64::prelude::BASE64_STANDARD;
use bcrypt::HashParts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use std::str::FromStr;
use subtle::ConstantTimeEq;
use threshold_application::ports::BoxError;
use threshold_domain::accounts::{Password, PasswordHash};
use zeroize::Zeroizing;

/// Stands before the bcrypt hash of a password that was longer than bcrypt can see.
const PRE_HASHED: &str = "$hmac-sha384-v1";
/// Sets our pre-hashes apart from everybody else's. It is no secret: a lost one would lock out everybody with a long password.
const PRE_HASH_KEY: &[u8] = b"threshold/password/pre-hash/v1";
const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, general_purpose::NO_PAD);

/// How a password becomes bcrypt's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// As it is: up to 72 bytes.
    Plain,
    /// `base64(HMAC-SHA-384(key, password))`, 64 bytes without a NUL: every byte of a long password counts.
    PreHashed,
}

/// A stored hash, read.
pub(crate) struct StoredHash {
    scheme: Scheme,
    pub(crate) cost: Cost,
    salt: [u8; 16],
    digest: String,
}

impl StoredHash {
    /// Reads `$2a$`, `$2b$` and `$2y$` hashes, plain or pre-hashed.
    pub(crate) fn parse(stored: &PasswordHash) -> Result<Self, BoxError> {
        let text = stored.expose();
        let (scheme, text) =
            text.strip_prefix(PRE_HASHED).map_or((Scheme::Plain, text), |rest| (Scheme::PreHashed, rest));
        if !["$2a$", "$2b$", "$2y$"].iter().any(|version| text.starts_with(version)) {
            return Err("not a bcrypt hash of version 2a, 2b or 2y".into());
        }
        let parts = HashParts::from_str(text)?;
        let cost = Cost::new(parts.get_cost()).ok_or("its cost is not between 4 and 16")?;
        let digest = text.get(DIGEST_START..).ok_or("it is cut off")?.to_owned();
        Ok(Self { scheme, cost, salt: parts.get_salt_raw(), digest })
    }

    /// What must be hashed to compare `password` with this.
    pub(crate) fn lane(&self, password: &Password) -> Lane {
        lane(self.scheme, password, self.salt)
    }

    /// Compares in constant time.
    pub(crate) fn matches(&self, output: &[u8; 24]) -> bool {
        encode_digest(output).as_bytes().ct_eq(self.digest.as_bytes()).into()
    }
}

/// Where the digest starts in `$2b$12$` and 22 characters of salt.
const DIGEST_START: usize = 29;

/// What must be hashed to store a new `password`, and what turns the output into the text to store.
pub(crate) fn new_lane(
    password: &Password,
    salt: [u8; 16],
) -> (Lane, impl FnOnce(Cost, &[u8; 24]) -> PasswordHash + use<>) {
    let scheme = if password.expose().len() <= MAX_KEY_BYTES { Scheme::Plain } else { Scheme::PreHashed };
    let format = move |cost: Cost, output: &[u8; 24]| {
        let prefix = match scheme {
            Scheme::Plain => "",
            Scheme::PreHashed => PRE_HASHED,
        };
        let (salt, digest) = (BCRYPT_BASE64.encode(salt), encode_digest(output));
        PasswordHash::new(format!("{prefix}$2b${:02}${salt}{digest}", cost.get()))
    };
    (lane(scheme, password, salt), format)
}

fn lane(scheme: Scheme, password: &Password, salt: [u8; 16]) -> Lane {
    match scheme {
        Scheme::Plain if password.expose().len() <= MAX_KEY_BYTES => Lane::new(password.expose().as_bytes(), salt),
        // A longer password can't be one that was hashed plainly; pre-hashed it takes the time of a comparison and can't match.
        Scheme::Plain | Scheme::PreHashed => Lane::new(pre_hash(password).as_bytes(), salt),
    }
}

fn pre_hash(password: &Password) -> Zeroizing<String> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104 §3)")]
    let mut mac = Hmac::<Sha384>::new_from_slice(PRE_HASH_KEY).expect("HMAC takes any key");
    mac.update(password.expose().as_bytes());
    Zeroizing::new(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// bcrypt stores 23 of the 24 bytes.
fn encode_digest(output: &[u8; 24]) -> String {
    let [stored @ .., _] = output;
    BCRYPT_BASE64.encode(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::hash_all;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn hash(text: &str) -> PasswordHash {
        let (lane, format) = new_lane(&password(text), [7; 16]);
        let cost = Cost::new(4).unwrap();
        format(cost, &hash_all(cost, &[lane], true)[0])
    }

    fn matches(text: &str, stored: &PasswordHash) -> bool {
        let stored = StoredHash::parse(stored).unwrap();
        stored.matches(&hash_all(stored.cost, &[stored.lane(&password(text))], true)[0])
    }

    #[test]
    fn published_vectors_of_every_version_match() {
        // From the test suites of jBCrypt, crypt_blowfish, PHP and pyca/bcrypt.
        for (text, stored) in [
            ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
            ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
            ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
            ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
            ("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"),
            ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            ("Kk4DQuMMfZL9o", "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm"),
            ("9IeRXmnGxMYbs", "$2b$04$pQ7gRO7e6wx/936oXhNjrOUNOHL1D0h1N2IDbJZYs.1ppzSof6SPy"),
            ("U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ] {
            let stored = PasswordHash::new(stored.to_owned());
            assert!(matches(text, &stored), "{text:?}");
            assert!(!matches(&format!("{text}x"), &stored), "{text:?}");
        }
    }

    #[test]
    fn our_hashes_are_read_by_the_reference() {
        for text in ["x", "violet harbour 92 kites", &"y".repeat(71)] {
            assert!(bcrypt::verify(text, hash(text).expose()).unwrap());
        }
        let theirs = PasswordHash::new(bcrypt::hash("violet harbour 92 kites", 4).unwrap());
        assert!(matches("violet harbour 92 kites", &theirs));
    }

    #[test]
    fn every_byte_of_a_long_password_counts() {
        let long = "z".repeat(500);
        let stored = hash(&long);
        assert!(stored.expose().starts_with("$hmac-sha384-v1$2b$04$"));
        assert!(matches(&long, &stored));
        assert!(!matches(&format!("{}y", &long[1..]), &stored));
        assert!(!matches(&long[1..], &stored));
    }

    #[test]
    fn what_lies_beyond_72_bytes_is_never_ignored() {
        let full = "w".repeat(72);
        let stored = hash(&full);
        assert!(matches(&full, &stored));
        assert!(!matches(&format!("{full}x"), &stored));
        assert!(!matches(&full[1..], &stored));
    }

    #[test]
    fn hashes_that_would_take_too_long_or_are_none_are_refused() {
        let hash = "DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";
        for text in ["", "x", "$2x$06$", "$2b$31$", "$2b$17$", "$2b$03$", "$2$06$", "$argon2id$"] {
            assert!(StoredHash::parse(&PasswordHash::new(format!("{text}{hash}"))).is_err(), "{text}");
        }
        assert!(StoredHash::parse(&PasswordHash::new("$2b$06$DCq7YPn5".to_owned())).is_err());
    }
}
