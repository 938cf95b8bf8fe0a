//! Users as text, the form in which they are brought along from elsewhere and taken there.

use super::{
    Credentials, DisplayName, Email, ImportedUser, PasswordHash, PasswordVersion, Standing, User, UserId, Username,
};
use crate::{Refusal, RefusalCode, Timestamp, parse_timestamp};
use chrono::SecondsFormat;
use std::fmt;
use uuid::Uuid;

/// What a record can say of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserField {
    /// A UUID; without one the user gets a new one.
    Id,
    /// The address, the only field that must be there.
    Email,
    /// The username.
    Username,
    /// The name shown to others.
    DisplayName,
    /// A hash that the password hasher can read.
    PasswordHash,
    /// `unverified`, `active` or `suspended`; without it the proof of the address decides.
    Status,
    /// When the address was proven (RFC 3339); without it, it is not.
    EmailVerifiedAt,
    /// When the account was made (RFC 3339); without it, now.
    CreatedAt,
    /// The last sign-in (RFC 3339).
    LastLoginAt,
}

impl UserField {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 9] = [
        Self::Id,
        Self::Email,
        Self::Username,
        Self::DisplayName,
        Self::PasswordHash,
        Self::Status,
        Self::EmailVerifiedAt,
        Self::CreatedAt,
        Self::LastLoginAt,
    ];

    /// The name, as files use it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::Username => "username",
            Self::DisplayName => "display_name",
            Self::PasswordHash => "password_hash",
            Self::Status => "status",
            Self::EmailVerifiedAt => "email_verified_at",
            Self::CreatedAt => "created_at",
            Self::LastLoginAt => "last_login_at",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// One user as text, nothing of it checked; never printed, since it may hold a hash.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserRecord(Vec<(UserField, String)>);

/// What is wrong with one field of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {refusal}", .field.as_str())]
pub struct FieldFault {
    /// Which field.
    pub field: UserField,
    /// Why it is not accepted.
    pub refusal: Refusal,
}

impl UserRecord {
    /// Adds what the record says of `field`; `false` if it has said something already.
    #[must_use]
    pub fn insert(&mut self, field: UserField, text: String) -> bool {
        let is_new = self.get(field).is_none();
        if is_new {
            self.0.push((field, text));
        }
        is_new
    }

    /// What it says of `field`.
    #[must_use]
    pub fn get(&self, field: UserField) -> Option<&str> {
        self.0.iter().find(|(one, _)| *one == field).map(|(_, text)| text.as_str())
    }

    /// The record of a user; without `password_hash` if there is none or it is not to be taken along.
    #[must_use]
    pub fn of(user: &User, password_hash: Option<&PasswordHash>) -> Self {
        let time = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let fields = UserField::ALL.into_iter().filter_map(|field| {
            let text = match field {
                UserField::Id => Some(user.id.to_string()),
                UserField::Email => Some(user.email.as_str().to_owned()),
                UserField::Username => user.username.as_ref().map(|name| name.as_str().to_owned()),
                UserField::DisplayName => user.display_name.as_ref().map(|name| name.as_str().to_owned()),
                UserField::PasswordHash => password_hash.map(|hash| hash.expose().to_owned()),
                UserField::Status => Some(status_name(user.standing).to_owned()),
                UserField::EmailVerifiedAt => user.email_verified_at.map(time),
                UserField::CreatedAt => Some(time(user.created_at)),
                UserField::LastLoginAt => user.last_login_at.map(time),
            };
            text.map(|text| (field, text))
        });
        Self(fields.collect())
    }

    /// Reads the user that the record describes. `new_id` names who has no id yet, `now` dates who has no date.
    ///
    /// # Errors
    /// Every fault, in the order of the fields; none repeats a value.
    pub fn parse(&self, new_id: impl FnOnce() -> UserId, now: Timestamp) -> Result<ImportedUser, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let id = self.read(UserField::Id, user_id, &mut faults);
        let email = self.read(UserField::Email, Email::parse, &mut faults);
        let username = self.read(UserField::Username, Username::parse, &mut faults);
        let display_name = self.read(UserField::DisplayName, DisplayName::parse, &mut faults);
        let status = self.read(UserField::Status, standing, &mut faults);
        let email_verified_at = self.read(UserField::EmailVerifiedAt, parse_timestamp, &mut faults);
        let created_at = self.read(UserField::CreatedAt, parse_timestamp, &mut faults);
        let last_login_at = self.read(UserField::LastLoginAt, parse_timestamp, &mut faults);
        let fault = |field, refusal| FieldFault { field, refusal };
        if self.get(UserField::Email).is_none() {
            faults
                .push(fault(UserField::Email, Refusal::new(RefusalCode::InvalidFormat, "An email address is needed.")));
        }
        let is_proven = self.get(UserField::EmailVerifiedAt).is_some();
        let standing = agreed(status, is_proven).map_err(|refusal| faults.push(fault(UserField::Status, refusal)));
        let (Some(email), Ok(standing), true) = (email, standing, faults.is_empty()) else { return Err(faults) };
        let user = User {
            standing,
            email_verified_at,
            last_login_at,
            ..User::registered(id.unwrap_or_else(new_id), email, username, display_name, created_at.unwrap_or(now))
        };
        let password_hash = self.get(UserField::PasswordHash).map(|hash| PasswordHash::new(hash.to_owned()));
        Ok(ImportedUser {
            credentials: Credentials { user, password_hash, password_version: PasswordVersion::default() },
            names_id: id.is_some(),
        })
    }

    fn read<T>(
        &self,
        field: UserField,
        parse: fn(&str) -> Result<T, Refusal>,
        faults: &mut Vec<FieldFault>,
    ) -> Option<T> {
        let value = self.get(field).map(parse)?;
        value.map_err(|refusal| faults.push(FieldFault { field, refusal })).ok()
    }
}

impl fmt::Debug for UserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserRecord(…)")
    }
}

fn invalid(message: &'static str) -> Refusal {
    Refusal::new(RefusalCode::InvalidFormat, message)
}

fn user_id(text: &str) -> Result<UserId, Refusal> {
    let is_hyphenated = text.len() == 36;
    let id = Uuid::try_parse(text).ok().filter(|_| is_hyphenated);
    id.map(UserId::new).ok_or_else(|| invalid("An id is a UUID like 01a1fc20-fbc1-7100-8aa0-d07cc3f506be."))
}

fn status_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Unverified => "unverified",
        Standing::Active => "active",
        Standing::Suspended => "suspended",
    }
}

fn standing(text: &str) -> Result<Standing, Refusal> {
    let named = [Standing::Unverified, Standing::Active, Standing::Suspended];
    named
        .into_iter()
        .find(|one| status_name(*one) == text)
        .ok_or_else(|| invalid("A status is `unverified`, `active` or `suspended`."))
}

/// The standing of who said `status` and did or did not prove the address. Only who is suspended may have done either.
fn agreed(status: Option<Standing>, is_proven: bool) -> Result<Standing, Refusal> {
    match (status, is_proven) {
        (Some(Standing::Suspended), _) => Ok(Standing::Suspended),
        (Some(Standing::Active) | None, true) => Ok(Standing::Active),
        (Some(Standing::Unverified) | None, false) => Ok(Standing::Unverified),
        (Some(Standing::Active), false) => {
            Err(invalid("Who is active has proven the address: give `email_verified_at` too."))
        }
        (Some(Standing::Unverified), true) => {
            Err(invalid("Who is unverified has not proven the address: leave out `email_verified_at`."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        parse_timestamp(text).unwrap()
    }

    fn record(fields: &[(UserField, &str)]) -> UserRecord {
        let mut record = UserRecord::default();
        for (field, text) in fields {
            assert!(record.insert(*field, (*text).to_owned()));
        }
        record
    }

    fn parse(fields: &[(UserField, &str)]) -> Result<ImportedUser, Vec<FieldFault>> {
        let email = [(UserField::Email, "ada@example.org")];
        record(&[&email, fields].concat()).parse(|| UserId::new(Uuid::max()), at("2026-11-21T00:00:00Z"))
    }

    fn standing_of(fields: &[(UserField, &str)]) -> Result<Standing, UserField> {
        parse(fields).map(|user| user.credentials.user.standing).map_err(|faults| faults[0].field)
    }

    #[test]
    fn an_address_alone_is_an_unverified_user_of_now() {
        let user = parse(&[]).unwrap();
        let email = Email::parse("ada@example.org").unwrap();
        let expected = User::registered(UserId::new(Uuid::max()), email, None, None, at("2026-11-21T00:00:00Z"));
        assert_eq!((user.credentials.user, user.credentials.password_hash, user.names_id), (expected, None, false));
    }

    #[test]
    fn status_and_proof_of_the_address_must_agree() {
        let proof = (UserField::EmailVerifiedAt, "2026-01-01T00:00:00Z");
        let status = |name| (UserField::Status, name);
        assert_eq!(standing_of(&[]), Ok(Standing::Unverified));
        assert_eq!(standing_of(&[proof]), Ok(Standing::Active));
        assert_eq!(standing_of(&[status("active"), proof]), Ok(Standing::Active));
        assert_eq!(standing_of(&[status("unverified")]), Ok(Standing::Unverified));
        assert_eq!(standing_of(&[status("suspended")]), Ok(Standing::Suspended));
        assert_eq!(standing_of(&[status("suspended"), proof]), Ok(Standing::Suspended));
        assert_eq!(standing_of(&[status("active")]), Err(UserField::Status));
        assert_eq!(standing_of(&[status("unverified"), proof]), Err(UserField::Status));
        assert_eq!(standing_of(&[status("deleted")]), Err(UserField::Status));
    }

    #[test]
    fn every_fault_is_told_and_no_value() {
        let faults = record(&[
            (UserField::Id, "{01a1fc20-fbc1-7100-8aa0-d07cc3f506be}"),
            (UserField::Username, "q!"),
            (UserField::DisplayName, ""),
            (UserField::EmailVerifiedAt, "yesterday"),
            (UserField::CreatedAt, "1700000000"),
            (UserField::LastLoginAt, "2026-02-30T00:00:00Z"),
        ]);
        let faults = faults.parse(|| UserId::new(Uuid::max()), at("2026-11-21T00:00:00Z")).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let expected = ["id", "username", "display_name", "email_verified_at", "created_at", "last_login_at", "email"];
        assert_eq!(fields, expected);
        assert!(faults.iter().all(|fault| !fault.to_string().contains("q!")), "{faults:?}");
    }

    #[test]
    fn times_are_read_in_any_zone_and_cut_to_microseconds() {
        let user = parse(&[(UserField::CreatedAt, "2026-01-01T02:00:00.123456789+02:00")]).unwrap();
        assert_eq!(user.credentials.user.created_at, at("2026-01-01T00:00:00.123456Z"));
    }

    #[test]
    fn a_time_that_could_not_be_written_again_is_refused() {
        for text in ["0000-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"] {
            assert_eq!(parse(&[(UserField::CreatedAt, text)]).unwrap_err()[0].field, UserField::CreatedAt);
        }
    }

    #[test]
    fn a_field_is_said_once() {
        let mut record = record(&[(UserField::Email, "a@b.example")]);
        assert!(!record.insert(UserField::Email, "c@d.example".to_owned()));
        assert_eq!(record.get(UserField::Email), Some("a@b.example"));
        assert_eq!(format!("{record:?}"), "UserRecord(…)");
    }

    #[test]
    fn a_user_is_known_again_by_names_and_hash_and_by_the_id_if_it_is_named() {
        let hash = (UserField::PasswordHash, "$2b$04$x");
        let stored = parse(&[hash]).unwrap().credentials;
        let (other_id, last) = (Uuid::nil().to_string(), Uuid::max().to_string());
        assert!(parse(&[hash]).unwrap().is(&stored));
        assert!(parse(&[hash, (UserField::Id, &last)]).unwrap().is(&stored));
        for unlike in [vec![], vec![hash, (UserField::Id, &other_id)], vec![hash, (UserField::Username, "ada")]] {
            assert!(!parse(&unlike).unwrap().is(&stored), "{unlike:?}");
        }
        let deleted = User { deleted_at: Some(at("2026-01-01T00:00:00Z")), ..stored.user.clone() };
        assert!(!parse(&[hash]).unwrap().is(&Credentials { user: deleted, ..stored }));
    }

    proptest! {
        #[test]
        fn a_user_comes_back_from_its_record(
            id in any::<u128>(),
            local in "[A-Za-z0-9.+_-]{1,20}",
            name in proptest::option::of("[A-Za-z0-9][a-z0-9._-]{2,31}"),
            shown in proptest::option::of("\\PC{1,100}"),
            hash in proptest::option::of("[ -~]{1,60}"),
            micros in proptest::collection::vec(proptest::option::of(0_i64..253_402_300_799_000_000), 3),
            suspended in any::<bool>(),
        ) {
            let email = Email::parse(&format!("{local}@Bücher.example")).unwrap();
            let time = |place: usize| micros[place].and_then(Timestamp::from_timestamp_micros);
            let now = at("2026-11-21T00:00:00Z");
            let standing = match (suspended, time(1)) {
                (true, _) => Standing::Suspended,
                (false, Some(_)) => Standing::Active,
                (false, None) => Standing::Unverified,
            };
            let user = User {
                standing,
                email_verified_at: time(1),
                last_login_at: time(2),
                ..User::registered(
                    UserId::new(Uuid::from_u128(id)),
                    email,
                    name.map(|name| Username::parse(&name).unwrap()),
                    shown.and_then(|shown| DisplayName::parse(&shown).ok()),
                    time(0).unwrap_or(now),
                )
            };
            let hash = hash.map(PasswordHash::new);
            let record = UserRecord::of(&user, hash.as_ref());
            let again = record.parse(|| UserId::new(Uuid::nil()), now).unwrap();
            let as_entered = again.credentials.user.email.as_str().to_owned();
            prop_assert_eq!(as_entered, user.email.as_str());
            prop_assert_eq!((again.credentials.user, again.credentials.password_hash), (user, hash));
        }

        #[test]
        fn any_text_is_accepted_or_refused_without_a_panic(texts in proptest::collection::vec("\\PC{0,60}", 9)) {
            let mut record = UserRecord::default();
            for (field, text) in UserField::ALL.into_iter().zip(texts) {
                prop_assert!(record.insert(field, text));
            }
            let faults = record.parse(|| UserId::new(Uuid::nil()), Timestamp::UNIX_EPOCH).err();
            prop_assert!(faults.is_none_or(|faults| !faults.is_empty()));
        }
    }
}
