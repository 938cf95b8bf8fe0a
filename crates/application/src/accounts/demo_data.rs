//! Who is there to try the service with.

use chrono::TimeDelta;
use threshold_domain::access::{BuiltInRole, Permission, Role, RoleDescription, RoleName};
use threshold_domain::accounts::{DisplayName, Email, Password, Standing, User, UserId, Username};
use threshold_domain::{Refusal, Timestamp};
use uuid::Uuid;

/// Signs in everybody of the demo data who may sign in. It is public: never a password of anything real.
const PASSWORD: &str = "amber meadow 58 lantern";
/// Behind every address; nobody can have it (RFC 2606).
const DOMAIN: &str = "demo.example";
const ROLE: &str = "support";
/// The users count up from here: a `UUIDv8` (RFC 9562) of our own.
const FIRST_ID: u128 = 0x5eed_0000_0000_8000_8000_0000_0000_0001;
/// When the role and the first user were made, in seconds: 2026-01-05T09:00:00Z. One user a day follows.
const MADE_AT: i64 = 1_767_603_600;

/// What has become of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    /// Has registered, and not proven the address.
    Unverified,
    /// Was made by an administrator, and has no password yet.
    Invited,
    /// Has asked for another address, and not proven it.
    Moving,
    Suspended,
    Deleted,
}

/// Username, name, role besides `user`, state.
const PEOPLE: [(&str, &str, Option<&str>, State); 10] = [
    ("ada", "Ada Admin", Some(BuiltInRole::Admin.as_str()), State::Active),
    ("oskar", "Oskar Operator", Some(BuiltInRole::Operator.as_str()), State::Active),
    ("audrey", "Audrey Auditor", Some(BuiltInRole::Auditor.as_str()), State::Active),
    ("stella", "Stella Support", Some(ROLE), State::Active),
    ("ulla", "Ulla User", None, State::Active),
    ("nils", "Nils New", None, State::Unverified),
    ("iris", "Iris Invited", None, State::Invited),
    ("paula", "Paula Pending", None, State::Moving),
    ("sam", "Sam Suspended", None, State::Suspended),
    ("dora", "Dora Deleted", None, State::Deleted),
];

/// The data, the same each time it is asked for.
#[derive(Debug)]
pub(super) struct DemoData {
    /// A role that isn't built in.
    pub(super) role: Role,
    /// In the order of their ids.
    pub(super) users: Vec<User>,
    /// Which of the users have no password.
    pub(super) invited: Vec<UserId>,
}

impl DemoData {
    /// The data. Its dates are always the same, but for the deletion, which is dated `now`: a deleted user is kept for some weeks
    /// only.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub(super) fn new(now: Timestamp) -> Result<Self, Refusal> {
        let mut data = Self { role: role()?, users: Vec::new(), invited: Vec::new() };
        let mut made_at = data.role.created_at;
        for ((username, name, role, state), id) in PEOPLE.into_iter().zip(FIRST_ID..) {
            let mut user = User::registered(
                UserId::new(Uuid::from_u128(id)),
                Email::parse(&format!("{username}@{DOMAIN}"))?,
                Some(Username::parse(username)?),
                Some(DisplayName::parse(name)?),
                made_at,
            );
            let more = role.map(RoleName::parse).transpose()?;
            user.roles.extend(more);
            user.roles.sort_unstable();
            if state == State::Invited {
                data.invited.push(user.id);
            }
            data.users.push(in_state(state, user, now)?);
            made_at += TimeDelta::days(1);
        }
        Ok(data)
    }

    /// The password of all who have one.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub(super) fn password() -> Result<Password, Refusal> {
        Password::parse(PASSWORD)
    }
}

fn role() -> Result<Role, Refusal> {
    let description = RoleDescription::parse("Helps users: sees them and changes them.")?;
    let permissions = [Permission::UsersRead, Permission::UsersWrite].into_iter().collect();
    let made_at = Timestamp::UNIX_EPOCH + TimeDelta::seconds(MADE_AT);
    Ok(Role::new(RoleName::parse(ROLE)?, description, permissions, made_at))
}

fn in_state(state: State, user: User, now: Timestamp) -> Result<User, Refusal> {
    let proven_at = user.created_at + TimeDelta::minutes(5);
    let active = User { standing: Standing::Active, email_verified_at: Some(proven_at), ..user.clone() };
    Ok(match state {
        State::Active => active,
        State::Unverified | State::Invited => user,
        State::Moving => User { pending_email: Some(Email::parse(&format!("new.paula@{DOMAIN}"))?), ..active },
        State::Suspended => User { standing: Standing::Suspended, ..active },
        State::Deleted => User { deleted_at: Some(now), ..active },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use threshold_domain::accounts::{PasswordPolicy, UserStatus};

    #[test]
    fn there_is_a_user_of_every_status_and_every_built_in_role() {
        let now = Timestamp::UNIX_EPOCH + TimeDelta::seconds(MADE_AT + 1_000_000_000);
        let DemoData { users, invited, role } = DemoData::new(now).unwrap();
        for status in [UserStatus::Unverified, UserStatus::Active, UserStatus::Suspended, UserStatus::Deleted] {
            assert!(users.iter().any(|user| user.status() == status), "{status:?}");
        }
        for name in BuiltInRole::ALL.map(BuiltInRole::name).into_iter().chain([role.name]) {
            assert!(users.iter().any(|user| user.roles.contains(&name)), "{name:?}");
        }
        assert!(users.iter().any(|user| user.pending_email.is_some()));
        assert_eq!(invited.len(), 1);
        let names: BTreeSet<_> = users.iter().map(|user| user.email.canonical()).collect();
        assert_eq!(names.len(), users.len());
        assert!(users.iter().all(|user| user.roles.is_sorted() && user.created_at < now));
    }

    #[test]
    fn the_password_could_be_chosen_by_anybody() {
        for user in DemoData::new(Timestamp::UNIX_EPOCH).unwrap().users {
            let password = DemoData::password().unwrap();
            assert!(PasswordPolicy::default().accept(password, Some(&user.email), user.username.as_ref()).is_ok());
        }
    }
}
