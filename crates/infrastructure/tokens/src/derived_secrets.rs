//! Secrets that follow from the master key.

use crate::master_key::MasterKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{self, HMAC_SHA256};
use threshold_application::ports::{LinkSecrets, SessionSecrets, SetupSecret};
use threshold_domain::accounts::{LinkId, LinkToken, SetupToken, UserId};
use threshold_domain::limits::AttemptKey;
use threshold_domain::sessions::{CsrfToken, DeviceTag, SecretDigest, SessionId, SessionSecret, SessionToken};

/// Derives secrets by HMAC-SHA-256, with a key for each purpose that HKDF (RFC 5869) makes from the master key.
pub struct DerivedSecrets {
    sessions: hmac::Key,
    pages: hmac::Key,
    devices: hmac::Key,
    attempts: hmac::Key,
    links: hmac::Key,
    setup: hmac::Key,
}

impl DerivedSecrets {
    /// Secrets that follow from `master`.
    ///
    /// # Errors
    /// Never, as far as the lengths of the keys go.
    pub fn new(master: &MasterKey) -> Result<Self, ring::error::Unspecified> {
        let salt = Salt::new(HKDF_SHA256, b"threshold");
        let root = salt.extract(master.bytes());
        let derive = |purpose: &[u8]| root.expand(&[purpose], HMAC_SHA256).map(hmac::Key::from);
        Ok(Self {
            sessions: derive(b"session-secrets/v1")?,
            pages: derive(b"csrf-tokens/v1")?,
            devices: derive(b"known-devices/v1")?,
            attempts: derive(b"failed-attempts/v1")?,
            links: derive(b"account-links/v1")?,
            setup: derive(b"setup-link/v1")?,
        })
    }
}

impl SessionSecrets for DerivedSecrets {
    fn digest(&self, token: &SessionToken) -> SecretDigest {
        SecretDigest::new(bytes(digest(&SHA256, token.expose().as_bytes()).as_ref()))
    }

    fn successor(&self, token: &SessionToken) -> Option<SessionToken> {
        token.followed_by(SessionSecret::new(bytes(hmac::sign(&self.sessions, &token.to_bytes()).as_ref())))
    }

    fn csrf_token(&self, session: SessionId) -> CsrfToken {
        let tag = hmac::sign(&self.pages, session.as_uuid().as_bytes());
        CsrfToken::new(BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    fn device_tag(&self, device: &[u8; 16], user: UserId) -> DeviceTag {
        let tag = hmac::sign(&self.devices, &[device.as_slice(), user.as_uuid().as_bytes()].concat());
        DeviceTag::new(bytes(tag.as_ref()))
    }

    fn attempt_key(&self, parts: &[&str]) -> AttemptKey {
        let mut context = hmac::Context::with_key(&self.attempts);
        for part in parts {
            context.update(&part.len().to_be_bytes());
            context.update(part.as_bytes());
        }
        AttemptKey(bytes(context.sign().as_ref()))
    }
}

impl LinkSecrets for DerivedSecrets {
    fn link_token(&self, link: LinkId) -> LinkToken {
        LinkToken::new(bytes(hmac::sign(&self.links, link.as_uuid().as_bytes()).as_ref()))
    }

    fn link_digest(&self, token: &LinkToken) -> SecretDigest {
        SecretDigest::new(bytes(digest(&SHA256, token.expose().as_bytes()).as_ref()))
    }
}

impl SetupSecret for DerivedSecrets {
    fn setup_token(&self) -> SetupToken {
        SetupToken::new(bytes(hmac::sign(&self.setup, b"token").as_ref()))
    }
}

/// The first bytes of a digest, which is always long enough.
fn bytes<const N: usize>(digest: &[u8]) -> [u8; N] {
    std::array::from_fn(|place| digest.get(place).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use threshold_testkit::{a_session_token, a_user};

    fn derived(key: &str) -> DerivedSecrets {
        DerivedSecrets::new(&key.repeat(64).parse().unwrap()).unwrap()
    }

    #[test]
    fn the_digest_of_a_token_is_the_sha_256_of_its_text() {
        let token = a_session_token(1);
        let expected = digest(&SHA256, token.expose().as_bytes());
        assert_eq!(derived("1").digest(&token).as_bytes(), expected.as_ref());
    }

    #[test]
    fn a_successor_is_always_the_same_and_nobody_else_can_tell_it() {
        let token = a_session_token(1);
        let next = derived("1").successor(&token).unwrap();
        assert_eq!(derived("1").successor(&token), Some(next.clone()));
        assert_eq!((next.session, next.generation), (token.session, 1));
        assert_ne!(derived("2").successor(&token), Some(next.clone()));
        assert!(derived("1").successor(&next).unwrap().secret != next.secret);
    }

    #[test]
    fn what_is_derived_depends_on_the_key_and_on_everything_it_is_derived_from() {
        let (one, two) = (derived("1"), derived("2"));
        let (first, second) = (a_session_token(1).session, a_session_token(2).session);
        assert!(one.csrf_token(first).is(derived("1").csrf_token(first).expose()));
        assert!(!one.csrf_token(first).is(one.csrf_token(second).expose()));
        assert!(!one.csrf_token(first).is(two.csrf_token(first).expose()));
        let device = threshold_domain::sessions::KnownDevice::new([7; 16]);
        let known = device.clone().remembering(one.device_tag(&device.id, a_user(1).id));
        assert!(known.knows(&one.device_tag(&device.id, a_user(1).id)));
        assert!(!known.knows(&one.device_tag(&device.id, a_user(2).id)));
        assert!(!known.knows(&one.device_tag(&[8; 16], a_user(1).id)));
        assert!(!known.knows(&two.device_tag(&device.id, a_user(1).id)));
    }

    #[test]
    fn the_secret_of_a_link_is_always_the_same_and_nobody_else_can_tell_it() {
        let [one, other] = [1, 2].map(|number| LinkId::new(uuid::Uuid::from_u128(number)));
        assert_eq!(derived("1").link_token(one), derived("1").link_token(one));
        assert_ne!(derived("1").link_token(one), derived("1").link_token(other));
        assert_ne!(derived("1").link_token(one), derived("2").link_token(one));
        let token = derived("1").link_token(one);
        let expected = digest(&SHA256, token.expose().as_bytes());
        assert_eq!(derived("1").link_digest(&token).as_bytes(), expected.as_ref());
    }

    #[test]
    fn the_set_up_token_is_always_the_same_and_nobody_else_can_tell_it() {
        let token = derived("1").setup_token();
        assert!(token.is(derived("1").setup_token().expose()));
        assert!(!token.is(derived("2").setup_token().expose()));
    }

    #[test]
    fn attempts_are_told_apart_however_their_parts_are_cut() {
        let keys = derived("1");
        assert_eq!(keys.attempt_key(&["ab", "c"]), keys.attempt_key(&["ab", "c"]));
        assert_ne!(keys.attempt_key(&["ab", "c"]), keys.attempt_key(&["a", "bc"]));
        assert_ne!(keys.attempt_key(&["ab", "c"]), derived("2").attempt_key(&["ab", "c"]));
    }
}
