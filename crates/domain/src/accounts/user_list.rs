//! Lists of users: who is in them, in which order, and where one stands.

use super::{Email, Standing, User, UserId, UserSearch};
use crate::Timestamp;
use crate::access::RoleName;
use std::cmp::Ordering;

/// Which users who are not deleted a list holds, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserList {
    /// Who is in it.
    pub filter: UserFilter,
    /// In which order.
    pub sort: UserSort,
}

/// What a user must meet, all of it; `None` asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// It finds them.
    pub search: Option<UserSearch>,
    /// It is theirs.
    pub standing: Option<Standing>,
    /// They hold it.
    pub role: Option<RoleName>,
    /// Their account was made after it.
    pub created_after: Option<Timestamp>,
    /// Their account was made before it.
    pub created_before: Option<Timestamp>,
}

/// The order of a list; whom it leaves equal, their ids tell apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UserSort {
    /// By the making of the account, the first one first.
    Oldest,
    /// By the making of the account, the last one first.
    #[default]
    Newest,
    /// By the address as it is compared.
    Email,
    /// By the last sign-in, the latest first, then those who never signed in.
    LastLogin,
}

/// Where a user stands in a list: it stays a place when the user is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserPlace {
    /// By a moment.
    At(Timestamp, UserId),
    /// Among those who never signed in.
    Never(UserId),
    /// By an address.
    Email(Email),
}

impl UserFilter {
    /// Whether a user meets it.
    #[must_use]
    pub fn takes(&self, user: &User) -> bool {
        self.search.as_ref().is_none_or(|search| search.finds(user))
            && self.standing.is_none_or(|standing| user.standing == standing)
            && self.role.as_ref().is_none_or(|role| user.roles.contains(role))
            && self.created_after.is_none_or(|after| user.created_at > after)
            && self.created_before.is_none_or(|before| user.created_at < before)
    }
}

impl UserSort {
    /// Where a user stands.
    #[must_use]
    pub fn place(self, user: &User) -> UserPlace {
        match (self, user.last_login_at) {
            (Self::Oldest | Self::Newest, _) => UserPlace::At(user.created_at, user.id),
            (Self::Email, _) => UserPlace::Email(user.email.clone()),
            (Self::LastLogin, Some(at)) => UserPlace::At(at, user.id),
            (Self::LastLogin, None) => UserPlace::Never(user.id),
        }
    }

    /// Whether that is a place in this order.
    #[must_use]
    pub fn has(self, place: &UserPlace) -> bool {
        match place {
            UserPlace::At(..) => self != Self::Email,
            UserPlace::Never(_) => self == Self::LastLogin,
            UserPlace::Email(_) => self == Self::Email,
        }
    }

    /// Which of two places comes first.
    #[must_use]
    pub fn compare(self, one: &UserPlace, other: &UserPlace) -> Ordering {
        match self {
            Self::Oldest | Self::Email => one.key().cmp(&other.key()),
            Self::Newest | Self::LastLogin => other.key().cmp(&one.key()),
        }
    }
}

impl UserPlace {
    /// In the order of time, those who never signed in before everything.
    fn key(&self) -> (Option<Timestamp>, &str, Option<UserId>) {
        match self {
            Self::At(at, id) => (Some(*at), "", Some(*id)),
            Self::Never(id) => (None, "", Some(*id)),
            Self::Email(email) => (None, email.canonical(), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn id(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn at(seconds: i64, number: u128) -> UserPlace {
        UserPlace::At(Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds), id(number))
    }

    #[test]
    fn who_never_signed_in_comes_last() {
        let mut places = vec![UserPlace::Never(id(1)), at(1, 9), UserPlace::Never(id(2)), at(2, 1), at(1, 8)];
        places.sort_by(|one, other| UserSort::LastLogin.compare(one, other));
        assert_eq!(places, [at(2, 1), at(1, 9), at(1, 8), UserPlace::Never(id(2)), UserPlace::Never(id(1))]);
    }

    #[test]
    fn each_order_has_places_of_its_own() {
        let email = UserPlace::Email(Email::parse("a@b.example").unwrap());
        assert!(UserSort::Email.has(&email) && !UserSort::Newest.has(&email));
        assert!(UserSort::LastLogin.has(&UserPlace::Never(id(1))) && !UserSort::Oldest.has(&UserPlace::Never(id(1))));
        assert!(UserSort::Oldest.has(&at(1, 1)) && !UserSort::Email.has(&at(1, 1)));
    }
}
