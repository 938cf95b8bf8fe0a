//! The orders in which users can be walked through, each along an index.

use crate::types::{Id, Instant};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{UserId, UserPlace, UserSort};
use uuid::Uuid;

/// One index, walked in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Oldest,
    Newest,
    Email,
    SignedIn,
    NeverSignedIn,
    Deleted,
}

/// Where a row stands in a lane.
#[derive(Debug, Clone)]
pub(super) enum Key {
    At(Instant, Id),
    Id(Id),
    Email(String),
}

impl Lane {
    /// The lanes of an order, one after the other.
    pub(super) fn of(sort: UserSort) -> &'static [Self] {
        match sort {
            UserSort::Oldest => &[Self::Oldest],
            UserSort::Newest => &[Self::Newest],
            UserSort::Email => &[Self::Email],
            UserSort::LastLogin => &[Self::SignedIn, Self::NeverSignedIn],
        }
    }

    /// Who is in it: in these words, so that the databases recognise the index.
    pub(super) fn members(self) -> &'static str {
        match self {
            Self::Oldest | Self::Newest | Self::Email => "users.deleted_at IS NULL",
            Self::SignedIn => "users.deleted_at IS NULL AND users.last_login_at IS NOT NULL",
            Self::NeverSignedIn => "users.deleted_at IS NULL AND users.last_login_at IS NULL",
            Self::Deleted => "users.deleted_at IS NOT NULL",
        }
    }

    /// The columns of its keys.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Oldest | Self::Newest => "users.created_at, users.id",
            Self::Email => "users.email_canonical",
            Self::SignedIn => "users.last_login_at, users.id",
            Self::NeverSignedIn => "users.id",
            Self::Deleted => "users.deleted_at, users.id",
        }
    }

    /// Its order: that of the index, column by column.
    pub(super) fn order(self) -> &'static str {
        match self {
            Self::Oldest => "users.created_at, users.id",
            Self::Newest => "users.created_at DESC, users.id DESC",
            Self::Email => "users.email_canonical",
            Self::SignedIn | Self::NeverSignedIn => "users.last_login_at DESC, users.id DESC",
            Self::Deleted => "users.deleted_at DESC, users.id DESC",
        }
    }

    /// How a key compares with those that follow it.
    pub(super) fn follows(self) -> &'static str {
        if self.ascends() { ">" } else { "<" }
    }

    fn ascends(self) -> bool {
        match self {
            Self::Oldest | Self::Email => true,
            Self::Newest | Self::SignedIn | Self::NeverSignedIn | Self::Deleted => false,
        }
    }

    /// Whether it goes by the making of accounts.
    pub(super) fn is_by_creation(self) -> bool {
        matches!(self, Self::Oldest | Self::Newest)
    }

    /// The place before everybody who comes after that moment in its direction.
    pub(super) fn edge(self, at: Timestamp) -> UserPlace {
        let id = if self.ascends() { Uuid::max() } else { Uuid::nil() };
        UserPlace::At(at, UserId::new(id))
    }
}

impl From<&UserPlace> for Key {
    fn from(place: &UserPlace) -> Self {
        match place {
            UserPlace::At(at, id) => Self::At(Instant(*at), Id(id.as_uuid())),
            UserPlace::Never(id) => Self::Id(Id(id.as_uuid())),
            UserPlace::Email(email) => Self::Email(email.canonical().to_owned()),
        }
    }
}
