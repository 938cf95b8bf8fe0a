//! Chaining the records of a transaction, at its end.

use super::known_heads::KnownHeads;
use super::row::{HeadRow, RecordRow, column, key};
use super::{RECORDS, SEGMENTS};
use crate::connections::Connection;
use crate::failures::{corrupt, unavailable};
use crate::schema::{audit_records, audit_segments};
use crate::statements::{Prepared, WithChanged};
use crate::transaction::DieselTransaction;
use crate::types::Instant;
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use std::sync::{Arc, Mutex};
use threshold_application::audit::chain_records;
use threshold_application::ports::{AuditSigner, IdGenerator, SignedHead, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditEvent, AuditHead, AuditSegment};

/// How often a lane is looked for: one may be closed, or turn out to be forged, just when it is found.
const TRIES: u32 = 200;

/// Chains records.
pub(crate) struct Chronicler {
    lanes: u16,
    pub(super) signer: Arc<dyn AuditSigner>,
    ids: Arc<dyn IdGenerator>,
    pub(super) known: Mutex<KnownHeads>,
}

impl Chronicler {
    /// Chains records of at most `lanes` transactions at once; more than these wait for one of them.
    pub(crate) fn new(lanes: u16, signer: Arc<dyn AuditSigner>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { lanes, signer, ids, known: Mutex::default() }
    }

    /// Chains records of `events`: the last thing before the transaction is committed, so that a lane is held no longer than
    /// that, and whoever holds one waits for nobody. The head that is answered is to be [remembered](Self::remember).
    pub(crate) async fn keep(
        &self,
        tx: &mut DieselTransaction,
        now: Timestamp,
        events: Vec<AuditEvent>,
    ) -> Result<SignedHead, StoreError> {
        let head = self.take_lane(tx, now).await?;
        let (mut records, head) = chain_records(head, events, self.ids.as_ref());
        let signed = self.sign(head);
        let last = records.pop().map(RecordRow::from);
        for record in records {
            let inserted = insert(tx.connection(), &RecordRow::from(record)).await;
            self.settle(tx, head.segment, inserted)?;
        }
        if let Some(last) = last {
            let ended = insert_last(tx.connection(), &last, &signed).await;
            self.settle(tx, head.segment, ended)?;
        }
        Ok(signed)
    }

    /// What an insertion came to: where somebody has put a record behind the end of a chain, it fails once, and the next goes
    /// elsewhere.
    fn settle(
        &self,
        tx: &mut DieselTransaction,
        segment: AuditSegment,
        inserted: QueryResult<usize>,
    ) -> Result<(), StoreError> {
        if let Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) = inserted {
            self.doubt(segment);
        }
        tx.settle(RECORDS, inserted).map(drop)
    }

    /// The head of an open segment that nobody else writes to, and that nobody else has forged.
    async fn take_lane(&self, tx: &mut DieselTransaction, now: Timestamp) -> Result<AuditHead, StoreError> {
        for _ in 0..TRIES {
            let doubted = self.doubted_lanes();
            let free = free_head(tx.connection(), &doubted).await;
            let found = match tx.settle(SEGMENTS, free)? {
                Some(row) => Some(row),
                None => self.open_lane_or_wait(tx, &doubted, now).await?,
            };
            let Some(signed) = found.map(SignedHead::try_from).transpose()? else { continue };
            if self.is_latest(&signed) {
                return Ok(signed.head);
            }
        }
        Err(unavailable("no lane of the audit log can be written to"))
    }

    /// Opens another lane, to be looked for again: of two who open it at once one waits for the other. Where there are as many as
    /// there may be, it waits for one.
    async fn open_lane_or_wait(
        &self,
        tx: &mut DieselTransaction,
        doubted: &[i64],
        now: Timestamp,
    ) -> Result<Option<HeadRow>, StoreError> {
        let last = on!(tx.connection(), |c| audit_segments::table
            .select(max(audit_segments::lane))
            .get_result::<Option<i64>>(c)
            .await);
        let last = tx.settle(SEGMENTS, last)?.unwrap_or_default();
        let others = i64::try_from(doubted.len()).unwrap_or(i64::MAX);
        if last >= others.saturating_add(self.lanes.into()) {
            return self.wait_for_lane(tx, last, doubted).await;
        }
        let lane = u16::try_from(last.saturating_add(1)).map_err(|error| corrupt("audit_segments.lane", error))?;
        self.open(tx, AuditSegment::first(lane), now).await?;
        Ok(None)
    }

    /// Waits for whoever holds one of the lanes: any of them, so that not all wait for the same. None if it was closed meanwhile.
    async fn wait_for_lane(
        &self,
        tx: &mut DieselTransaction,
        last: i64,
        doubted: &[i64],
    ) -> Result<Option<HeadRow>, StoreError> {
        let [.., byte] = self.ids.next().into_bytes();
        let lanes: Vec<i64> = (1..=last).filter(|lane| !doubted.contains(lane)).collect();
        let chosen = lanes.get(usize::from(byte) % lanes.len().max(1));
        let Some(lane) = chosen.copied() else { return Ok(None) };
        let waited = head_of_lane(tx.connection(), lane).await;
        tx.settle(SEGMENTS, waited)
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

/// The open segments of some lanes; their state is written out for the index.
macro_rules! open_heads {
    ($lanes:expr) => {
        audit_segments::table.filter(sql::<Bool>("state = 'open'")).filter($lanes).select(HeadRow::as_select())
    };
}

/// Of a lane that is not doubted. Locked; SQLite has one writer.
async fn free_head(connection: &mut Connection, doubted: &[i64]) -> QueryResult<Option<HeadRow>> {
    let lanes = audit_segments::lane.ne_all(doubted);
    match connection {
        Connection::Postgres(link) => {
            let free = open_heads!(lanes).limit(1).for_no_key_update().skip_locked();
            free.get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => open_heads!(lanes).limit(1).get_result(&mut **link).await.optional(),
    }
}

async fn head_of_lane(connection: &mut Connection, lane: i64) -> QueryResult<Option<HeadRow>> {
    let lanes = audit_segments::lane.eq(lane);
    match connection {
        Connection::Postgres(link) => open_heads!(lanes).for_no_key_update().get_result(&mut **link).await.optional(),
        Connection::Sqlite(link) => open_heads!(lanes).get_result(&mut **link).await.optional(),
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
            audit_segments::closed_at.eq($signed.head.closed_at.map(Instant)),
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
