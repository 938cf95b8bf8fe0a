//! How old a signing key may be.

use super::Finding;
use crate::Timestamp;
use crate::sessions::{KeyState, SigningKey};
use chrono::TimeDelta;

const NAME: &str = "signing-key";
/// A running instance looks often; so long may pass until all have been away.
const GRACE: TimeDelta = TimeDelta::days(1);

/// Whether the key that signs should have been replaced by now. A new one is published for `lead` before it signs.
#[must_use]
pub fn judge_keys(
    keys: &[SigningKey],
    now: Timestamp,
    max_age: TimeDelta,
    lead: TimeDelta,
    token_lifetime: TimeDelta,
) -> Finding {
    let signing = keys.iter().filter(|key| key.state(now, token_lifetime) == KeyState::Signing);
    let Some(key) = signing.max_by_key(|key| key.signs_from) else {
        return Finding::skip(NAME, "there is none yet: the first start makes one");
    };
    let age = now - key.signs_from;
    let found = format!("it has signed for {} days of {}", age.num_days(), max_age.num_days());
    if age <= max_age.checked_add(&lead).and_then(|due| due.checked_add(&GRACE)).unwrap_or(TimeDelta::MAX) {
        return Finding::ok(NAME, found);
    }
    Finding::warn(
        NAME,
        found,
        "have an instance run, which replaces it by itself, or run `threshold keys rotate`; see `threshold keys list`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Verdict;
    use crate::sessions::{KeyId, SignatureAlgorithm};

    fn key(signs_from: i64, retired_at: Option<i64>) -> SigningKey {
        let at = |days| Timestamp::UNIX_EPOCH + TimeDelta::days(days);
        SigningKey {
            id: KeyId::new(signs_from.to_string()),
            algorithm: SignatureAlgorithm::EdDsa,
            sealed_private_key: Vec::new(),
            created_at: at(signs_from),
            signs_from: at(signs_from),
            retired_at: retired_at.map(at),
            withdrawn_at: None,
        }
    }

    fn verdict(keys: &[SigningKey], day: i64) -> Verdict {
        let now = Timestamp::UNIX_EPOCH + TimeDelta::days(day);
        judge_keys(keys, now, TimeDelta::days(90), TimeDelta::minutes(10), TimeDelta::minutes(15)).verdict
    }

    #[test]
    fn a_key_that_should_have_been_replaced_is_told_of() {
        assert_eq!(verdict(&[key(0, None)], 90), Verdict::Ok);
        assert_eq!(verdict(&[key(0, None)], 92), Verdict::Warn);
    }

    #[test]
    fn only_the_key_that_signs_counts() {
        assert_eq!(verdict(&[key(0, Some(90)), key(90, None), key(200, None)], 100), Verdict::Ok);
        assert_eq!(verdict(&[key(0, Some(90)), key(90, None)], 200), Verdict::Warn);
        assert_eq!(verdict(&[], 200), Verdict::Skip);
    }
}
