//! The rules of Threshold in a program of your own: `cargo run --package threshold-domain --example rules`
//!
//! Nothing here reads a clock, a network or a disk.

use std::error::Error;
use std::io::{self, Write};
use threshold_domain::access::{BuiltInRole, Permission};
use threshold_domain::accounts::{Email, Password, PasswordPolicy, Username};

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    tell(&mut io::stdout())
}

/// Writes down what the rules say of an address, two passwords and a role.
pub(crate) fn tell(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    // An address is kept as its owner wrote it, and compared in one form.
    let email = Email::parse("Ada@Bücher.example")?;
    writeln!(out, "{} is compared as {}", email.as_str(), email.canonical())?;

    // A refusal has a stable code, and a message that says what to do.
    let policy = PasswordPolicy::default();
    let username = Username::parse("ada")?;
    for entered in ["password1", "violet harbour 92 kites"] {
        match policy.accept(Password::parse(entered)?, Some(&email), Some(&username)) {
            Ok(_accepted) => writeln!(out, "the password is good")?,
            Err(refusal) => writeln!(out, "{}: {refusal}", refusal.code().as_str())?,
        }
    }

    // What a role permits is decided here, too.
    let role = BuiltInRole::Auditor;
    for permission in [Permission::UsersRead, Permission::UsersWrite] {
        let may = if role.permissions().contain(permission) { "may" } else { "may not" };
        writeln!(out, "{} {may} {}", role.as_str(), permission.as_str())?;
    }
    Ok(())
}
