//! Judging hashes that were made elsewhere.

use crate::stored_hash::StoredHash;
use threshold_application::ports::{BoxError, PasswordHashCheck};
use threshold_domain::accounts::PasswordHash;

/// Accepts the hashes that [`BcryptHasher`](crate::BcryptHasher) compares passwords with: `$2a$`, `$2b$` and `$2y$` of a cost from
/// 4 to 16, and its own of long passwords. It only reads them; nothing is hashed, no thread is started.
#[derive(Debug, Clone, Copy, Default)]
pub struct BcryptHashCheck;

impl PasswordHashCheck for BcryptHashCheck {
    fn check(&self, hash: &PasswordHash) -> Result<(), BoxError> {
        StoredHash::parse(hash).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.";

    fn check(text: &str) -> Result<(), String> {
        BcryptHashCheck.check(&PasswordHash::new(text.to_owned())).map_err(|error| error.to_string())
    }

    #[test]
    fn hashes_of_every_version_and_our_own_are_accepted() {
        for start in ["$2a$04$", "$2b$12$", "$2y$16$", "$hmac-sha384-v1$2b$12$"] {
            assert_eq!(check(&format!("{start}{REST}")), Ok(()));
        }
    }

    #[test]
    fn what_would_never_match_or_take_days_is_refused_without_repeating_it() {
        let broken = REST.replace('C', "!");
        for text in [
            String::new(),
            "secret".to_owned(),
            format!("$2b$31${REST}"),
            format!("$2b$03${REST}"),
            format!("$2x$12${REST}"),
            format!("$2b$12${broken}"),
            format!("$2b$12${REST}x"),
            format!("$2b$12${}", &REST[1..]),
            format!("$hmac-sha384-v2$2b$12${REST}"),
            format!("$argon2id$v=19$m=65536,t=3,p=4${REST}"),
            "$2b$12$\0é".to_owned(),
        ] {
            let reason = check(&text).unwrap_err();
            assert!(!reason.contains("Cq7YPn5") && !reason.contains("secret"), "{reason}");
        }
    }
}
