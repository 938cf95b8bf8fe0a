//! Secrets that are derived without a secret.

use threshold_application::ports::{AuditSigner, LinkSecrets, SessionSecrets, SetupSecret};
use threshold_domain::accounts::{LinkId, LinkToken, SetupToken, UserId};
use threshold_domain::audit::AuditSignature;
use threshold_domain::limits::AttemptKey;
use threshold_domain::sessions::{CsrfToken, DeviceTag, SecretDigest, SessionId, SessionSecret, SessionToken};

/// Derives by a checksum that anybody can compute; different things give different results, as far as tests go.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeSecrets;

impl SessionSecrets for FakeSecrets {
    fn digest(&self, token: &SessionToken) -> SecretDigest {
        SecretDigest::new(mixed(&[b"digest", &token.to_bytes()]))
    }

    fn successor(&self, token: &SessionToken) -> Option<SessionToken> {
        token.followed_by(SessionSecret::new(mixed(&[b"next", &token.to_bytes()])))
    }

    fn csrf_token(&self, session: SessionId) -> CsrfToken {
        CsrfToken::new(format!("csrf-{session}"))
    }

    fn device_tag(&self, device: &[u8; 16], user: UserId) -> DeviceTag {
        let all = mixed(&[b"device", device, user.as_uuid().as_bytes()]);
        DeviceTag::new(std::array::from_fn(|place| all.get(place).copied().unwrap_or_default()))
    }

    fn attempt_key(&self, parts: &[&str]) -> AttemptKey {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        AttemptKey(mixed(&parts))
    }
}

impl LinkSecrets for FakeSecrets {
    fn link_token(&self, link: LinkId) -> LinkToken {
        LinkToken::new(mixed(&[b"link", link.as_uuid().as_bytes()]))
    }

    fn link_digest(&self, token: &LinkToken) -> SecretDigest {
        SecretDigest::new(mixed(&[b"link digest", token.expose().as_bytes()]))
    }
}

impl SetupSecret for FakeSecrets {
    fn setup_token(&self) -> SetupToken {
        SetupToken::new(mixed(&[b"set up"]))
    }
}

impl AuditSigner for FakeSecrets {
    fn sign(&self, message: &[u8]) -> AuditSignature {
        AuditSignature::from_stored(&[mixed(&[b"audit", message]), mixed(&[b"log", message])].concat())
    }

    fn verify(&self, message: &[u8], signature: &AuditSignature) -> bool {
        self.sign(message) == *signature
    }

    fn public_key(&self) -> [u8; 32] {
        mixed(&[b"public"])
    }
}

/// 32 bytes, each of which depends on every byte of every part.
fn mixed(parts: &[&[u8]]) -> [u8; 32] {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut step = |byte: u8| {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let [high, ..] = state.rotate_left(21).to_be_bytes();
        high
    };
    for part in parts {
        for byte in part.iter().chain(&[0xff]) {
            step(*byte);
        }
    }
    std::array::from_fn(|_| step(1))
}
