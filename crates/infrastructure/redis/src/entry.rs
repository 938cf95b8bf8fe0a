//! One piece of news as an entry of the stream: small flat fields, times in microseconds.
//!
//! Another version may write more kinds or more fields: what isn't known here is no fault.

use redis::streams::StreamId;
use std::str::FromStr;
use threshold_application::ports::News;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, GrantsVersion, Holder, RoleName};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::SessionId;
use uuid::Uuid;

const SESSION_ENDED: &str = "session-ended";
const GRANTS_CHANGED: &str = "grants-changed";
const KEY_REVOKED: &str = "key-revoked";
const USER_CHANGED: &str = "user-changed";

/// The fields of an entry.
pub(crate) fn write(news: &News) -> Vec<(&'static str, String)> {
    match news {
        News::SessionEnded { session, until } => {
            vec![kind(SESSION_ENDED), ("session", id(session.as_uuid())), ("until", micros(*until))]
        }
        News::GrantsChanged { holder, version, until } => {
            let holder = match holder {
                Holder::User(user) => ("user", id(user.as_uuid())),
                Holder::Role(role) => ("role", role.as_str().to_owned()),
            };
            vec![kind(GRANTS_CHANGED), holder, ("version", version.as_i64().to_string()), ("until", micros(*until))]
        }
        News::KeyRevoked { key, until } => {
            vec![kind(KEY_REVOKED), ("key", id(key.as_uuid())), ("until", micros(*until))]
        }
        News::UserChanged(user) => vec![kind(USER_CHANGED), ("user", id(user.as_uuid()))],
    }
}

/// What an entry says, if it can be understood.
pub(crate) fn read(entry: &StreamId) -> Option<News> {
    match entry.get::<String>("kind")?.as_str() {
        SESSION_ENDED => {
            Some(News::SessionEnded { session: SessionId::new(uuid(entry, "session")?), until: time(entry, "until")? })
        }
        GRANTS_CHANGED => Some(News::GrantsChanged {
            holder: holder(entry)?,
            version: GrantsVersion::new(entry.get("version")?),
            until: time(entry, "until")?,
        }),
        KEY_REVOKED => Some(News::KeyRevoked { key: ApiKeyId::new(uuid(entry, "key")?), until: time(entry, "until")? }),
        USER_CHANGED => Some(News::UserChanged(UserId::new(uuid(entry, "user")?))),
        _ => None,
    }
}

fn holder(entry: &StreamId) -> Option<Holder> {
    let user = || uuid(entry, "user").map(UserId::new).map(Holder::User);
    let role = || Some(Holder::Role(RoleName::parse(&entry.get::<String>("role")?).ok()?));
    user().or_else(role)
}

fn kind(name: &str) -> (&'static str, String) {
    ("kind", name.to_owned())
}

fn id(id: Uuid) -> String {
    id.to_string()
}

fn micros(time: Timestamp) -> String {
    time.timestamp_micros().to_string()
}

fn uuid(entry: &StreamId, field: &str) -> Option<Uuid> {
    entry.get::<String>(field)?.parse().ok()
}

fn time(entry: &StreamId, field: &str) -> Option<Timestamp> {
    Timestamp::from_timestamp_micros(entry.get(field)?)
}

/// Where an entry stands in the stream: milliseconds of the server's clock, and a number within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct EntryId(u64, u64);

/// Not what a server calls an entry.
#[derive(Debug, thiserror::Error)]
#[error("no entry of a stream has such an id")]
pub(crate) struct EntryIdError;

impl FromStr for EntryId {
    type Err = EntryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (time, number) = text.split_once('-').unwrap_or((text, "0"));
        let part = |text: &str| text.parse().map_err(|_not_a_number| EntryIdError);
        Ok(Self(part(time)?, part(number)?))
    }
}
