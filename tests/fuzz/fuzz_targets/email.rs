//! What people call themselves: addresses, usernames, display names, passwords.
#![no_main]

use libfuzzer_sys::fuzz_target;
use threshold_domain::accounts::{DisplayName, Email, Password, Username};

fuzz_target!(|text: &str| {
    if let Ok(email) = Email::parse(text) {
        assert_eq!(email.as_str(), text);
        let again = Email::parse(email.canonical()).expect("the canonical form is an address too");
        assert_eq!(again.canonical(), email.canonical());
        assert!(email.canonical().is_ascii() && email.canonical().len() <= 254);
        assert!(email.canonical().starts_with(email.local_part()));
    }
    if let Ok(name) = Username::parse(text) {
        assert_eq!(Username::parse(name.as_str()).as_ref(), Ok(&name));
        assert!(name.as_str().is_ascii() && (3..=32).contains(&name.as_str().len()));
    }
    if let Ok(name) = DisplayName::parse(text) {
        assert_eq!(name.as_str(), text);
    }
    match Password::parse(text) {
        Ok(password) => assert_eq!(password.expose(), text),
        Err(_) => assert!(text.contains('\0')),
    }
});
