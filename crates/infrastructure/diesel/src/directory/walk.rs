//! Walking along the index of an order, a stretch at a time.

use super::candidates::few;
use super::lane::{Key, Lane};
use super::scope::{Scope, Until};
use crate::accounts::UserRow;
use crate::connections::Connection;
use crate::schema::users;
use crate::types::{Id, Instant, SqlId, SqlInstant};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Text, Untyped};
use diesel_async::RunQueryDsl;
use std::cmp::Ordering;
use threshold_domain::accounts::{UserFilter, UserList, UserPlace};
use tokio::task::yield_now;

/// How many rows are looked through first.
const GLANCE: i64 = 250;
/// What of a page must be found by then for the next stretch to fill it: one in so many.
const PROMISE: usize = 20;
/// How many rows are looked through at a time then: milliseconds, during which SQLite lets nothing else run on the thread.
const STRIDE: i64 = 5_000;

/// A walk along the lanes of an order.
struct Walk<'a> {
    list: &'a UserList,
    lanes: &'static [Lane],
    /// Where it has got to in the first of the lanes.
    after: Option<Key>,
    wanted: usize,
    found: Vec<UserRow>,
}

/// At least the first `wanted` rows of a list after a place, if there are so many; where they were not found in order, all of them.
pub(super) async fn rows(
    connection: &mut Connection,
    list: &UserList,
    after: Option<&UserPlace>,
    wanted: usize,
) -> QueryResult<Vec<UserRow>> {
    let mut walk = Walk::new(list, after, wanted);
    if !walk.is_narrowed() {
        while !walk.is_over() {
            walk.stretch(connection, None).await?;
        }
        return Ok(walk.found);
    }
    walk.stretch(connection, Some(GLANCE)).await?;
    if walk.is_promising() {
        walk.stretch(connection, Some(STRIDE)).await?;
    }
    if !walk.is_over()
        && let Some(ids) = few(connection, list).await?
    {
        return among(connection, &list.filter, &ids).await;
    }
    while !walk.is_over() {
        yield_now().await;
        walk.stretch(connection, Some(STRIDE)).await?;
    }
    Ok(walk.found)
}

impl<'a> Walk<'a> {
    fn new(list: &'a UserList, after: Option<&UserPlace>, wanted: usize) -> Self {
        let lanes = Lane::of(list.sort);
        let lanes = match after {
            Some(UserPlace::Never(_)) => lanes.get(1..).unwrap_or_default(),
            Some(UserPlace::At(..) | UserPlace::Email(_)) | None => lanes,
        };
        let mut walk = Self { list, lanes, after: None, wanted, found: Vec::new() };
        walk.after = walk.start(after).as_ref().map(Key::from);
        walk
    }

    /// Where it begins: at the later one of the place and the bound of the filter.
    fn start(&self, after: Option<&UserPlace>) -> Option<UserPlace> {
        let UserFilter { created_after, created_before, .. } = self.list.filter;
        let bound = match self.lanes.first() {
            Some(lane @ Lane::Oldest) => created_after.map(|at| lane.edge(at)),
            Some(lane @ Lane::Newest) => created_before.map(|at| lane.edge(at)),
            Some(Lane::Email | Lane::SignedIn | Lane::NeverSignedIn | Lane::Deleted) | None => None,
        };
        let is_later =
            |bound: &UserPlace| after.is_none_or(|after| self.list.sort.compare(bound, after) == Ordering::Greater);
        bound.filter(is_later).or_else(|| after.cloned())
    }

    /// Where it ends.
    fn end(&self, lane: Lane) -> Until {
        let UserFilter { created_after, created_before, .. } = self.list.filter;
        let bound = match lane {
            Lane::Oldest => created_before,
            Lane::Newest => created_after,
            Lane::Email | Lane::SignedIn | Lane::NeverSignedIn | Lane::Deleted => None,
        };
        bound.map_or(Until::End, |at| Until::Moment(Instant(at)))
    }

    /// Whether it passes rows that it doesn't want.
    fn is_narrowed(&self) -> bool {
        let UserFilter { search, standing, role, created_after, created_before } = &self.list.filter;
        let is_by_creation = self.lanes.first().is_some_and(|lane| lane.is_by_creation());
        let by_creation = !is_by_creation && (created_after.is_some() || created_before.is_some());
        search.is_some() || standing.is_some() || role.is_some() || by_creation
    }

    fn is_over(&self) -> bool {
        self.found.len() >= self.wanted || self.lanes.is_empty()
    }

    /// Whether the next stretch will fill the page, if what is wanted stands as close as before.
    fn is_promising(&self) -> bool {
        !self.is_over() && self.found.len() * PROMISE >= self.wanted
    }

    /// Looks through the next rows, at most `length` of them, within one lane.
    async fn stretch(&mut self, connection: &mut Connection, length: Option<i64>) -> QueryResult<()> {
        let Some((lane, others)) = self.lanes.split_first() else { return Ok(()) };
        let mut until = self.end(*lane);
        if let Some(length) = length {
            let stretch = Scope::stretch(*lane, self.after.clone(), until.clone());
            until = row_at(connection, *lane, stretch, length - 1).await?.map_or(until, Until::Row);
        }
        let scope = Scope::stretch(*lane, self.after.take(), until.clone()).narrowed(&self.list.filter);
        let missing = self.wanted.saturating_sub(self.found.len());
        self.found.extend(take(connection, *lane, scope, missing).await?);
        match until {
            Until::Row(row) => self.after = Some(row),
            Until::Moment(_) | Until::End => self.lanes = others,
        }
        Ok(())
    }
}

/// The first rows of a stretch that its scope takes.
pub(super) async fn take(
    connection: &mut Connection,
    lane: Lane,
    scope: Scope,
    at_most: usize,
) -> QueryResult<Vec<UserRow>> {
    let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
    on!(connection, |c| users::table
        .filter(scope)
        .order(sql::<Untyped>(lane.order()))
        .limit(at_most)
        .select(UserRow::as_select())
        .load(c)
        .await)
}

/// The key of the row that has so many before it. Read from the index alone.
async fn row_at(connection: &mut Connection, lane: Lane, scope: Scope, before: i64) -> QueryResult<Option<Key>> {
    let rows = users::table.filter(scope).order(sql::<Untyped>(lane.order())).limit(1).offset(before);
    let key = lane.key();
    match lane {
        Lane::Email => {
            let row = on!(connection, |c| rows.select(sql::<Text>(key)).get_result(c).await.optional())?;
            Ok(row.map(Key::Email))
        }
        Lane::NeverSignedIn => {
            let row = on!(connection, |c| rows.select(sql::<SqlId>(key)).get_result(c).await.optional())?;
            Ok(row.map(Key::Id))
        }
        Lane::Oldest | Lane::Newest | Lane::SignedIn | Lane::Deleted => {
            let row: Option<(Instant, Id)> =
                on!(connection, |c| rows.select(sql::<(SqlInstant, SqlId)>(key)).get_result(c).await.optional())?;
            Ok(row.map(|(at, id)| Key::At(at, id)))
        }
    }
}

/// Those of these users who meet a filter, in no order.
async fn among(connection: &mut Connection, filter: &UserFilter, ids: &[Id]) -> QueryResult<Vec<UserRow>> {
    // Of any lane that does not go by the making of accounts: its bounds are conditions then.
    let scope = Scope::stretch(Lane::Email, None, Until::End).narrowed(filter);
    on!(connection, |c| users::table
        .filter(users::id.eq_any(ids))
        .filter(scope)
        .select(UserRow::as_select())
        .load(c)
        .await)
}
