//! Values as both databases have them, and PostgreSQL's own form of them.

use bytes::{BufMut, BytesMut};
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

type Fault = Box<dyn Error + Sync + Send>;

/// PostgreSQL counts from the year 2000.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A value as SQLite keeps it: an id is 16 bytes, an instant microseconds since 1970, a truth 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// What a column holds, which PostgreSQL alone tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Id,
    Instant,
    Truth,
    Number,
    Text,
    Bytes,
}

impl Kind {
    /// The kind of a column of that type (`udt_name`). A new type is added here and in the two conversions below.
    pub(super) fn of(postgres_type: &str) -> Option<Self> {
        match postgres_type {
            "uuid" => Some(Self::Id),
            "timestamptz" => Some(Self::Instant),
            "bool" => Some(Self::Truth),
            "int8" => Some(Self::Number),
            "text" => Some(Self::Text),
            "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }

    /// PostgreSQL's name for it, for the parameters of `COPY`.
    pub(super) fn postgres_type(self) -> Type {
        match self {
            Self::Id => Type::UUID,
            Self::Instant => Type::TIMESTAMPTZ,
            Self::Truth => Type::BOOL,
            Self::Number => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Bytes => Type::BYTEA,
        }
    }
}

/// Reads any value that [`Kind::of`] knows.
impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(match Kind::of(kind.name()).ok_or("a type that is not copied")? {
            Kind::Instant => {
                Self::Number(i64::from_be_bytes(raw.try_into()?).checked_add(EPOCH_MICROS).ok_or("a time without end")?)
            }
            Kind::Number => Self::Number(i64::from_be_bytes(raw.try_into()?)),
            Kind::Truth => Self::Number(i64::from(raw != [0])),
            Kind::Text => Self::Text(str::from_utf8(raw)?.to_owned()),
            Kind::Id | Kind::Bytes => Self::Bytes(raw.to_vec()),
        })
    }

    fn from_sql_null(_kind: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        Kind::of(kind.name()).is_some()
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, Kind::of(kind.name())) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Number(number), Some(Kind::Number)) => out.put_i64(*number),
            (Self::Number(micros), Some(Kind::Instant)) => {
                out.put_i64(micros.checked_sub(EPOCH_MICROS).ok_or("a time before all times")?);
            }
            (Self::Number(truth @ 0..=1), Some(Kind::Truth)) => out.put_u8(u8::from(*truth == 1)),
            (Self::Text(text), Some(Kind::Text)) => out.put_slice(text.as_bytes()),
            (Self::Bytes(bytes), Some(Kind::Bytes)) => out.put_slice(bytes),
            (Self::Bytes(id), Some(Kind::Id)) if id.len() == 16 => out.put_slice(id),
            (Self::Number(_) | Self::Text(_) | Self::Bytes(_), _) => {
                return Err(format!("a value that is no {kind}").into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        Kind::of(kind.name()).is_some()
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(value: &Value, kind: Kind) -> Value {
        let mut out = BytesMut::new();
        match value.to_sql(&kind.postgres_type(), &mut out).unwrap() {
            IsNull::Yes => Value::from_sql_null(&kind.postgres_type()).unwrap(),
            IsNull::No => Value::from_sql(&kind.postgres_type(), &out).unwrap(),
        }
    }

    #[test]
    fn values_come_back_as_they_were() {
        for (value, kind) in [
            (Value::Null, Kind::Text),
            (Value::Number(i64::MIN), Kind::Number),
            (Value::Number(-1), Kind::Instant),
            (Value::Number(1_700_000_000_000_001), Kind::Instant),
            (Value::Number(1), Kind::Truth),
            (Value::Number(0), Kind::Truth),
            (Value::Text("ä\n".to_owned()), Kind::Text),
            (Value::Text(String::new()), Kind::Text),
            (Value::Bytes(vec![0, 255]), Kind::Bytes),
            (Value::Bytes(vec![7; 16]), Kind::Id),
        ] {
            assert_eq!(there_and_back(&value, kind), value, "{kind:?}");
        }
    }

    #[test]
    fn what_a_column_can_not_hold_is_refused() {
        for (value, kind) in [
            (Value::Bytes(vec![7; 15]), Kind::Id),
            (Value::Number(2), Kind::Truth),
            (Value::Text("1".to_owned()), Kind::Number),
            (Value::Number(i64::MIN), Kind::Instant),
        ] {
            assert!(value.to_sql(&kind.postgres_type(), &mut BytesMut::new()).is_err(), "{kind:?}");
        }
    }
}
