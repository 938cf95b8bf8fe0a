//! Statements that diesel has no words for.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, SqliteConnection};

/// A change that is prepared once on each connection. It must have few texts.
///
/// Diesel has every insert and update parsed and planned anew, since those that leave columns out have many texts; on PostgreSQL
/// that is most of their cost.
pub(crate) struct Prepared<Q>(pub(crate) Q);

impl<Q: QueryFragment<B>, B: Backend> QueryFragment<B> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &B) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    /// It is found again by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

/// Also without waiting, in the same process.
impl<Q> diesel::RunQueryDsl<SqliteConnection> for Prepared<Q> {}

/// A statement that is planned anew each time, for a table that is empty at one moment and has many rows at the next: PostgreSQL
/// would go on to use a plan for none, which reads them all, until it has looked at the table again.
pub(crate) struct PlannedAnew<Q>(pub(crate) Q);

impl<Q: QueryFragment<B>, B: Backend> QueryFragment<B> for PlannedAnew<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, B>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        self.0.walk_ast(pass)
    }
}

impl<Q> QueryId for PlannedAnew<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for PlannedAnew<Q> {
    type SqlType = Q::SqlType;
}

/// A query that finds the rows of `table` that a change returned instead of the table itself: both in one statement.
/// Only PostgreSQL has it (`WITH`, data-modifying statements).
pub(crate) struct WithChanged<C, Q> {
    /// The table that is changed.
    pub(crate) table: &'static str,
    /// Must return every column that the query asks for.
    pub(crate) change: C,
    /// What is asked for.
    pub(crate) query: Q,
}

impl<C: QueryFragment<Pg>, Q: QueryFragment<Pg>> QueryFragment<Pg> for WithChanged<C, Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("WITH ");
        pass.push_identifier(self.table)?;
        pass.push_sql(" AS (");
        self.change.walk_ast(pass.reborrow())?;
        pass.push_sql(") ");
        self.query.walk_ast(pass)
    }
}

impl<C, Q> QueryId for WithChanged<C, Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, Q: Query> Query for WithChanged<C, Q> {
    type SqlType = Q::SqlType;
}
