//! Chaining the records of a transaction, at its end.

use super::row::{HeadRow, RecordRow, column, key};
use super::{RECORDS, SEGMENTS};
use crate::connections::Connection;
use crate::failures::corrupt;
use crate::schema::{audit_records, audit_segments};
use crate::statements::{Prepared, WithChanged};
use crate::transaction::DieselTransaction;
use crate::types::Instant;
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use std::sync::Arc;
use threshold_application::audit::chain_records;
use threshold_application::ports::{AuditSigner, IdGenerator, SignedHead, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditEvent, AuditHead, AuditSegment};

/// How many transactions may chain records at once; more than these wait for one of them.
const MAX_LANES: i64 = 64;

/// Chains records.
pub(crate) struct Chronicler {
    pub(crate) signer: Arc<dyn AuditSigner>,
    pub(crate) ids: Arc<dyn IdGenerator>,
}

impl Chronicler {
    /// Chains records of `events`: the last thing before the transaction is committed, so that a lane is held no longer than
    /// that, and whoever holds one waits for nobody.
    pub(crate) async fn keep(&self, tx: &mut DieselTransaction, events: Vec<AuditEvent>) -> Result<(), StoreError> {
        let Some(now) = events.iter().map(|event| event.at).next() else { return Ok(()) };
        let head = self.take_lane(tx, now).await?;
        let (mut records, head) = chain_records(head, events, self.ids.as_ref());
        let last = records.pop().map(RecordRow::from);
        for record in records {
            let inserted = insert(tx.connection(), &RecordRow::from(record)).await;
            tx.settle(RECORDS, inserted)?;
        }
        let Some(last) = last else { return Ok(()) };
        let ended = insert_last(tx.connection(), &last, &self.sign(head)).await;
        tx.settle(RECORDS, ended).map(drop)
    }

    /// The head of an open segment that nobody else writes to; a new lane where all are taken.
    async fn take_lane(&self, tx: &mut DieselTransaction, now: Timestamp) -> Result<AuditHead, StoreError> {
        loop {
            let free = free_head(tx.connection()).await;
            if let Some(row) = tx.settle(SEGMENTS, free)? {
                return Ok(SignedHead::try_from(row)?.head);
            }
            let last = on!(tx.connection(), |c| audit_segments::table
                .select(max(audit_segments::lane))
                .get_result::<Option<i64>>(c)
                .await);
            let lane = tx.settle(SEGMENTS, last)?.unwrap_or_default().saturating_add(1);
            if lane > MAX_LANES {
                return self.wait_for_lane(tx).await;
            }
            let lane = u16::try_from(lane).map_err(|error| corrupt("audit_segments.lane", error))?;
            // Of two who open it at once one waits for the other, and then looks again.
            self.open(tx, AuditSegment::first(lane), now).await?;
        }
    }

    /// Waits for whoever holds one of the lanes: any of them, so that not all wait for the same.
    async fn wait_for_lane(&self, tx: &mut DieselTransaction) -> Result<AuditHead, StoreError> {
        let [.., byte] = self.ids.next().into_bytes();
        let waited = head_of_lane(tx.connection(), i64::from(byte) % MAX_LANES + 1).await;
        Ok(SignedHead::try_from(tx.settle(SEGMENTS, waited)?)?.head)
    }

    /// Begins a segment; nothing happens if it is there.
    pub(super) async fn open(
        &self,
        tx: &mut DieselTransaction,
        segment: AuditSegment,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let SignedHead { head, signature } = self.sign(AuditHead::of_new(segment));
        let (lane, number) = key(segment);
        let row = (
            audit_segments::lane.eq(lane),
            audit_segments::number.eq(number),
            audit_segments::state.eq(head.state.as_str()),
            audit_segments::records.eq(column(head.records)),
            audit_segments::hash.eq(head.hash.as_bytes().as_slice()),
            audit_segments::signature.eq(signature.as_bytes().as_slice()),
            audit_segments::opened_at.eq(Instant(now)),
        );
        let opened = on!(tx.connection(), |c| diesel::insert_into(audit_segments::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c)
            .await);
        tx.settle(SEGMENTS, opened).map(drop)
    }

    pub(super) fn sign(&self, head: AuditHead) -> SignedHead {
        SignedHead { head, signature: self.signer.sign(&head.message()) }
    }
}

/// The open segments; their state is written out for the index.
macro_rules! open_heads {
    () => {
        audit_segments::table.filter(sql::<Bool>("state = 'open'")).select(HeadRow::as_select())
    };
}

/// Locked; SQLite has one writer.
async fn free_head(connection: &mut Connection) -> QueryResult<Option<HeadRow>> {
    match connection {
        Connection::Postgres(link) => {
            let free = open_heads!().limit(1).for_no_key_update().skip_locked();
            free.get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => open_heads!().limit(1).get_result(&mut **link).await.optional(),
    }
}

async fn head_of_lane(connection: &mut Connection, lane: i64) -> QueryResult<HeadRow> {
    match connection {
        Connection::Postgres(link) => {
            let head = open_heads!().filter(audit_segments::lane.eq(lane)).for_no_key_update();
            head.get_result(&mut **link).await
        }
        Connection::Sqlite(link) => open_heads!().filter(audit_segments::lane.eq(lane)).get_result(&mut **link).await,
    }
}

async fn insert(connection: &mut Connection, row: &RecordRow) -> QueryResult<usize> {
    on!(connection, |c| Prepared(diesel::insert_into(audit_records::table).values(row)).execute(c).await)
}

/// A head that has changed.
macro_rules! moved {
    ($signed:expr) => {
        diesel::update(audit_segments::table.find(key($signed.head.segment))).set((
            audit_segments::state.eq($signed.head.state.as_str()),
            audit_segments::records.eq(column($signed.head.records)),
            audit_segments::hash.eq($signed.head.hash.as_bytes().as_slice()),
            audit_segments::signature.eq($signed.signature.as_bytes().as_slice()),
        ))
    };
}

/// Writes a record and the head after it: in one statement where each costs a round trip.
async fn insert_last(connection: &mut Connection, row: &RecordRow, signed: &SignedHead) -> QueryResult<usize> {
    match connection {
        Connection::Postgres(link) => {
            let query = diesel::insert_into(audit_records::table).values(row);
            let both = WithChanged { table: "moved", change: moved!(signed), query };
            Prepared(both).execute(&mut **link).await
        }
        Connection::Sqlite(_) => {
            move_head(connection, signed).await?;
            insert(connection, row).await
        }
    }
}

/// Writes a head that has changed.
pub(super) async fn move_head(connection: &mut Connection, signed: &SignedHead) -> QueryResult<usize> {
    on!(connection, |c| Prepared(moved!(signed)).execute(c).await)
}
