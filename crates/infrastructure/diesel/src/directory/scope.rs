//! Which rows of a lane a statement looks at, and which of those it takes.

use super::lane::{Key, Lane};
use crate::schema::users;
use crate::types::{Id, Instant, SqlId, SqlInstant};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};
use threshold_domain::accounts::UserFilter;

/// A condition on users. It is planned anew each time: how many rows meet it depends on the values.
pub(super) struct Scope {
    lane: Lane,
    /// Only what comes after it.
    after: Option<Key>,
    until: Until,
    conditions: Vec<Condition>,
}

/// Where a stretch of a lane ends.
#[derive(Debug, Clone)]
pub(super) enum Until {
    /// With this row.
    Row(Key),
    /// Before this moment, in its direction.
    Moment(Instant),
    /// With the lane.
    End,
}

enum Condition {
    Status(&'static str),
    Role(String),
    CreatedAfter(Instant),
    CreatedBefore(Instant),
    Pattern(String),
}

impl Scope {
    /// A stretch of a lane.
    pub(super) fn stretch(lane: Lane, after: Option<Key>, until: Until) -> Self {
        Self { lane, after, until, conditions: Vec::new() }
    }

    /// Whoever of them meets a filter; a lane that goes by the making of accounts has its bounds already.
    pub(super) fn narrowed(mut self, filter: &UserFilter) -> Self {
        let created = |at: Option<_>| at.filter(|_at| !self.lane.is_by_creation()).map(Instant);
        let conditions = [
            filter.standing.map(|standing| Condition::Status(standing.as_str())),
            filter.role.as_ref().map(|role| Condition::Role(role.as_str().to_owned())),
            created(filter.created_after).map(Condition::CreatedAfter),
            created(filter.created_before).map(Condition::CreatedBefore),
            filter.search.as_ref().map(|search| Condition::Pattern(pattern(search.needle()))),
        ];
        self.conditions.extend(conditions.into_iter().flatten());
        self
    }
}

/// The pattern of whatever holds that text.
pub(super) fn pattern(needle: &str) -> String {
    let mut pattern = String::from("%");
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

impl Expression for Scope {
    type SqlType = Bool;
}

impl AppearsOnTable<users::table> for Scope {}

impl<G> ValidGrouping<G> for Scope {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Scope {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB> QueryFragment<DB> for Scope
where
    DB: Backend + HasSqlType<SqlId> + HasSqlType<SqlInstant>,
    Id: ToSql<SqlId, DB>,
    Instant: ToSql<SqlInstant, DB>,
    str: ToSql<Text, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(self.lane.members());
        if let Some(after) = &self.after {
            push_bound(&mut pass, self.lane, self.lane.follows(), after)?;
        }
        match (&self.until, self.lane.follows()) {
            (Until::Row(row), ">") => push_bound(&mut pass, self.lane, "<=", row)?,
            (Until::Row(row), _descends) => push_bound(&mut pass, self.lane, ">=", row)?,
            (Until::Moment(at), ">") => push_value::<DB, SqlInstant, _>(&mut pass, " AND users.created_at < ", at)?,
            (Until::Moment(at), _descends) => {
                push_value::<DB, SqlInstant, _>(&mut pass, " AND users.created_at > ", at)?;
            }
            (Until::End, _) => {}
        }
        self.conditions.iter().try_for_each(|condition| condition.push(&mut pass))
    }
}

impl Condition {
    fn push<'b, DB>(&'b self, pass: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<SqlInstant>,
        Instant: ToSql<SqlInstant, DB>,
        str: ToSql<Text, DB>,
        String: ToSql<Text, DB>,
    {
        match self {
            Self::Status(status) => push_test::<DB, Text, str>(pass, "users.status = ", status),
            Self::CreatedAfter(at) => push_test::<DB, SqlInstant, _>(pass, "users.created_at > ", at),
            Self::CreatedBefore(at) => push_test::<DB, SqlInstant, _>(pass, "users.created_at < ", at),
            // Not as joins, which may begin with everybody who holds the role, or everybody whom the pattern fits.
            Self::Role(role) => {
                let held = " AND 1 = (SELECT count(*) FROM user_roles WHERE user_roles.user_id = users.id AND user_roles.role = ";
                push_value::<DB, Text, String>(pass, held, role)?;
                pass.push_sql(")");
                Ok(())
            }
            Self::Pattern(pattern) => {
                let text = " AND (SELECT user_search.text FROM user_search WHERE user_search.user_id = users.id) LIKE ";
                push_value::<DB, Text, String>(pass, text, pattern)?;
                pass.push_sql(r" ESCAPE '\'");
                Ok(())
            }
        }
    }
}

fn push_value<'b, DB, T, V>(pass: &mut AstPass<'_, 'b, DB>, sql: &str, value: &'b V) -> QueryResult<()>
where
    DB: Backend + HasSqlType<T>,
    V: ToSql<T, DB> + ?Sized,
{
    pass.push_sql(sql);
    pass.push_bind_param::<T, V>(value)
}

/// A test of one row, which no index is looked up for: the walk is along another.
fn push_test<'b, DB, T, V>(pass: &mut AstPass<'_, 'b, DB>, test: &str, value: &'b V) -> QueryResult<()>
where
    DB: Backend + HasSqlType<T>,
    V: ToSql<T, DB> + ?Sized,
{
    push_value::<DB, T, V>(pass, &format!(" AND COALESCE({test}"), value)?;
    pass.push_sql(", FALSE)");
    Ok(())
}

fn push_bound<'b, DB>(pass: &mut AstPass<'_, 'b, DB>, lane: Lane, operator: &str, bound: &'b Key) -> QueryResult<()>
where
    DB: Backend + HasSqlType<SqlId> + HasSqlType<SqlInstant>,
    Id: ToSql<SqlId, DB>,
    Instant: ToSql<SqlInstant, DB>,
    String: ToSql<Text, DB>,
{
    pass.push_sql(&format!(" AND ({}) {operator} (", lane.key()));
    match bound {
        Key::At(at, id) => {
            pass.push_bind_param::<SqlInstant, _>(at)?;
            push_value::<DB, SqlId, _>(pass, ", ", id)?;
        }
        Key::Id(id) => pass.push_bind_param::<SqlId, _>(id)?,
        Key::Email(email) => pass.push_bind_param::<Text, _>(email)?,
    }
    pass.push_sql(")");
    Ok(())
}
