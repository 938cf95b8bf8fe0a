//! Cookies: a line of them, the secrets in them, and the keys that machines send in their place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use threshold_domain::access::ApiKeySecret;
use threshold_domain::sessions::{KnownDevice, SessionToken};
use threshold_transport::fuzzing;

fuzz_target!(|line: &[u8]| {
    if let Ok(text) = std::str::from_utf8(line) {
        secrets(text);
    }
    cookies(line);
});

/// What is read is written the same again.
fn secrets(text: &str) {
    if let Some(token) = SessionToken::parse(text) {
        assert_eq!(token.expose(), text);
    }
    if let Some(key) = ApiKeySecret::parse(text) {
        assert_eq!(*key.expose(), text);
    }
    if let Some(device) = KnownDevice::parse(text) {
        assert_eq!(device.expose(), text);
    }
}

/// A cookie has the very name that browsers hold to their rules, and no other one hides it.
fn cookies(header: &[u8]) {
    if let Some(value) = fuzzing::session_cookie(header) {
        let pair = format!("threshold_session={value}").into_bytes();
        let mut pairs = header.split(|byte| *byte == b';');
        assert!(pairs.any(|one| one.trim_ascii() == pair), "{value:?} is not there");
    }
    // A header holds no control characters.
    if !header.iter().any(u8::is_ascii_control) {
        let behind = [b"threshold_session=genuine; ", header].concat();
        assert_eq!(fuzzing::session_cookie(&behind).as_deref(), Some("genuine"));
    }
}
