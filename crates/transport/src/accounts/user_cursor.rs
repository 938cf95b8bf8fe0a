//! Places in lists of users, as cursors hold them.

use crate::request::Moment;
use serde::{Deserialize, Serialize};
use threshold_domain::accounts::{Email, UserId, UserPlace};
use uuid::Uuid;

/// A place: microseconds since 1970 and an id, an id alone, or an address. What clients make up is no place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub(super) struct UserCursor(pub(super) UserPlace);

type Parts = (Option<Moment>, Option<Uuid>, Option<String>);

impl From<UserCursor> for Parts {
    fn from(cursor: UserCursor) -> Self {
        match cursor.0 {
            UserPlace::At(at, id) => (Some(Moment(at)), Some(id.as_uuid()), None),
            UserPlace::Never(id) => (None, Some(id.as_uuid()), None),
            UserPlace::Email(email) => (None, None, Some(email.canonical().to_owned())),
        }
    }
}

impl TryFrom<Parts> for UserCursor {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        const NO_PLACE: &str = "no place in a list of users";
        let place = match parts {
            (Some(Moment(at)), Some(id), None) => UserPlace::At(at, UserId::new(id)),
            (None, Some(id), None) => UserPlace::Never(UserId::new(id)),
            (None, None, Some(address)) => UserPlace::Email(Email::parse(&address).map_err(|_no_address| NO_PLACE)?),
            _ => return Err(NO_PLACE),
        };
        Ok(Self(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use threshold_domain::Timestamp;

    fn read(json: &str) -> Option<UserPlace> {
        serde_json::from_str::<UserCursor>(json).ok().map(|cursor| cursor.0)
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let id = UserId::new(Uuid::from_u128(7));
        let email = Email::parse("Ada@Bücher.example").unwrap();
        for place in [UserPlace::At(Timestamp::UNIX_EPOCH, id), UserPlace::Never(id), UserPlace::Email(email)] {
            let text = serde_json::to_string(&UserCursor(place.clone())).unwrap();
            assert_eq!(read(&text), Some(place), "{text}");
        }
    }

    #[test]
    fn what_is_made_up_is_no_place() {
        let id = "\"00000000-0000-0000-0000-000000000007\"";
        for text in [
            "[null,null,null]",
            "[1,null,null]",
            &format!("[9223372036854775807,{id},null]"),
            &format!("[-62167219200000001,{id},null]"),
            "[null,null,\"a\\u0000@b.example\"]",
            &format!("[1,{id},\"a@b.example\"]"),
            "7",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
