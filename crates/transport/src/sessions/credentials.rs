//! The fields that every sign-in has.

use crate::problem::FieldError;
use crate::request::{Members, Noted};
use threshold_domain::accounts::{Email, Login, Password, Username};

/// Reads either `email` or `username`, and `password`.
pub(super) fn read_credentials(members: &mut Members) -> Result<(Login, Password), Noted> {
    let email = members.optional("email", Email::parse);
    let username = members.optional("username", Username::parse);
    let password = members.required("password", |text| Password::parse(text));
    let login = match (email?, username?) {
        (Some(email), None) => Ok(Login::Email(email)),
        (None, Some(username)) => Ok(Login::Username(username)),
        (None, None) => Err(members.fault(FieldError::new("email", "required", "Give either an email or a username."))),
        (Some(_), Some(_)) => Err(members.fault(FieldError::new(
            "username",
            "exclusive",
            "Give either an email or a username, not both.",
        ))),
    };
    Ok((login?, password?))
}
