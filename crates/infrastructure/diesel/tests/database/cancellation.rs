//! Work that is dropped in the middle leaves neither a change nor a lost connection.

use crate::fixture::{Kind, Place};
use crate::on_both;
use crate::values::{eventually, session, user};
use futures::FutureExt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use threshold_application::ports::{StoreError, UnitOfWork};
use threshold_diesel::Database;

/// More polls than a whole transaction needs, so that every place where it waits is hit.
const MOST_POLLS: usize = 16;

/// Polls the work this many times and then drops it, done or not.
async fn abandon_after(polls: usize, work: impl Future<Output = Result<(), StoreError>>) {
    let mut work = pin!(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(());
        }
        left -= 1;
        work.poll_unpin(context).map(|done| done.expect("nothing fails, things are only dropped"))
    })
    .await;
}

async fn write(unit_of_work: &dyn UnitOfWork, number: u128, commit: bool) -> Result<(), StoreError> {
    let mut transaction = unit_of_work.begin().await?;
    transaction.users().insert(&user(number), None).await?;
    transaction.sessions().insert(&session(number)).await?;
    if commit { transaction.commit().await } else { Ok(()) }
}

async fn abandon_many(database: &Database) {
    let unit_of_work = database.unit_of_work();
    for (number, polls) in (1_u128..=200).zip((0..=MOST_POLLS).cycle()) {
        let commit = number.is_multiple_of(2);
        abandon_after(polls, write(&*unit_of_work, number, commit)).await;
        if number.is_multiple_of(5) {
            // A read that is dropped, on the connections that the next ones use.
            let accounts = database.accounts();
            abandon_after(polls, async { accounts.find(user(number).id).await.map(drop) }).await;
        }
    }
}

async fn nothing_is_left(kind: Kind) {
    let place = Place::new(kind).await;
    let database = place.migrated().await;
    abandon_many(&database).await;

    // Every connection can be had, and begins a transaction: none is lost or stuck in an old one.
    let unit_of_work = database.unit_of_work();
    let at_once = if kind == Kind::Sqlite { 1 } else { 25 };
    let all = futures::future::join_all((0..at_once).map(|_| unit_of_work.begin())).await;
    assert_eq!(all.iter().filter(|begun| begun.is_ok()).count(), at_once);
    drop(all);
    write(&*unit_of_work, 1000, true).await.unwrap();

    // Nothing was stored that was not committed, and nothing by halves.
    let counts = "SELECT 'odd ' || count(*) AS line FROM users WHERE username LIKE 'user_1' AND username <> 'user1000' \
         UNION ALL SELECT 'half ' || count(*) FROM users u LEFT JOIN sessions s ON s.user_id = u.id WHERE s.id IS NULL";
    assert_eq!(place.lines(counts).await, ["odd 0", "half 0"]);
}

on_both! {
    async fn a_dropped_transaction_holds_nothing_back(place: Place) {
        let database = place.migrated().await;
        let unit_of_work = database.unit_of_work();
        for polls in 1..MOST_POLLS {
            abandon_after(polls, async {
                let mut transaction = unit_of_work.begin().await?;
                transaction.users().insert(&user(1), None).await
            }).await;
            // Nobody asks the pool again before this: others must not wait for it.
            eventually("the transaction is over", async || place.is_at_rest().await).await;
        }
    }
}

#[tokio::test]
async fn a_rolled_back_connection_is_used_again() {
    let place = Place::new(Kind::Postgres).await;
    let database = place.migrated().await;
    let open = "SELECT pid::text AS line FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'threshold' AND state = 'idle'";
    database.accounts().find(user(1).id).await.unwrap();
    eventually("the one that migrated is closed", async || place.lines(open).await.len() == 1).await;
    let before = place.lines(open).await;
    let mut transaction = database.unit_of_work().begin().await.unwrap();
    transaction.users().insert(&user(1), None).await.unwrap();
    drop(transaction);
    eventually("it is idle again", async || place.lines(open).await == before).await;
}

#[tokio::test]
async fn on_sqlite_with_one_thread() {
    nothing_is_left(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_with_many_threads() {
    nothing_is_left(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres_with_one_thread() {
    nothing_is_left(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_with_many_threads() {
    nothing_is_left(Kind::Postgres).await;
}
