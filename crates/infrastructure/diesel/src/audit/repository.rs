//! Noting events, and keeping the log in bounds.

use super::chronicler::move_head;
use super::row::{CheckpointRow, HeadRow, column, key};
use super::{CHECKPOINTS, Chronicler, RECORDS, SEGMENTS};
use crate::connections::Connection;
use crate::schema::{audit_checkpoints, audit_records, audit_segments};
use crate::transaction::DieselTransaction;
use crate::types::Instant;
use async_trait::async_trait;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{AuditRepository, SignedCheckpoint, SignedHead, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditEvent, AuditHead, AuditSegment, Checkpoint, SegmentState};

#[async_trait]
impl AuditRepository for DieselTransaction {
    fn record(&mut self, event: AuditEvent) {
        self.note(event);
    }

    async fn last_checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let last = last_checkpoint(self.connection()).await;
        let last = self.settle(CHECKPOINTS, last)?.map(CheckpointRow::read).transpose()?;
        Ok(last.map(|(signed, _hash)| signed.checkpoint))
    }

    async fn grown_heads(&mut self) -> Result<Vec<AuditHead>, StoreError> {
        let rows = on!(self.connection(), |c| audit_segments::table
            .filter(audit_segments::records.gt(audit_segments::checkpointed))
            .order((audit_segments::lane, audit_segments::number))
            .select(HeadRow::as_select())
            .load(c)
            .await);
        let heads = self.settle(SEGMENTS, rows)?;
        self.genuine(heads)
    }

    async fn add_checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), StoreError> {
        let row = CheckpointRow::from(signed);
        let added =
            on!(self.connection(), |c| diesel::insert_into(audit_checkpoints::table).values(&row).execute(c).await);
        self.settle(CHECKPOINTS, added)?;
        for head in &signed.checkpoint.heads {
            let seen = audit_segments::checkpointed.eq(column(head.records));
            let noted = on!(self.connection(), |c| diesel::update(audit_segments::table.find(key(head.segment)))
                .set(seen)
                .execute(c)
                .await);
            self.settle(SEGMENTS, noted)?;
        }
        Ok(())
    }

    async fn close_segments(&mut self, opened_before: Timestamp, now: Timestamp) -> Result<u32, StoreError> {
        let chronicler = self.chronicler()?;
        let full = full_heads(self.connection(), Instant(opened_before)).await;
        let full = self.settle(SEGMENTS, full)?;
        let mut closed = 0;
        for row in full {
            let signed = SignedHead::try_from(row)?;
            if chronicler.is_latest(&signed) {
                self.turn(&chronicler, signed.head.closed(now)).await?;
                chronicler.open(self, signed.head.segment.next(), now).await?;
                closed += 1;
            }
        }
        Ok(closed)
    }

    async fn erase(&mut self, closed_before: Timestamp, now: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let chronicler = self.chronicler()?;
        let over = heads_to_erase(self.connection(), Instant(closed_before)).await;
        let over = self.settle(SEGMENTS, over)?;
        for head in self.genuine(over)? {
            self.turn(&chronicler, head.erased()).await?;
        }
        let left = heads_to_empty(self.connection()).await;
        let left = self.settle(SEGMENTS, left)?;
        let mut erased = 0;
        for head in self.genuine(left)? {
            if erased == at_most {
                break;
            }
            erased += self.empty(head.segment, now, at_most.saturating_sub(erased)).await?;
        }
        Ok(erased)
    }

    async fn erase_checkpoints(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let old = on!(self.connection(), |c| audit_checkpoints::table
            .filter(audit_checkpoints::at.lt(Instant(before)))
            .order(audit_checkpoints::number)
            .select(audit_checkpoints::number)
            .limit(at_most.into())
            .load::<i64>(c)
            .await);
        let mut old = self.settle(CHECKPOINTS, old)?;
        let last = on!(self.connection(), |c| audit_checkpoints::table
            .select(max(audit_checkpoints::number))
            .get_result::<Option<i64>>(c)
            .await);
        let last = self.settle(CHECKPOINTS, last)?;
        old.retain(|number| Some(*number) != last);
        let deleted = on!(self.connection(), |c| diesel::delete(
            audit_checkpoints::table.filter(audit_checkpoints::number.eq_any(&old))
        )
        .execute(c)
        .await);
        self.settle(CHECKPOINTS, deleted).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

impl DieselTransaction {
    /// The heads that the service has written itself.
    fn genuine(&self, rows: Vec<HeadRow>) -> Result<Vec<AuditHead>, StoreError> {
        let chronicler = self.chronicler()?;
        let heads: Result<Vec<_>, _> = rows.into_iter().map(SignedHead::try_from).collect();
        Ok(heads?.into_iter().filter(|signed| chronicler.is_genuine(signed)).map(|signed| signed.head).collect())
    }

    async fn turn(&mut self, chronicler: &Chronicler, head: AuditHead) -> Result<(), StoreError> {
        let turned = move_head(self.connection(), &chronicler.sign(head)).await;
        self.settle(SEGMENTS, turned).map(drop)
    }

    /// Deletes the first records of a segment, and notes when there are no more.
    async fn empty(&mut self, segment: AuditSegment, now: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let deleted = delete_records(self.connection(), key(segment), at_most).await;
        let deleted = u32::try_from(self.settle(RECORDS, deleted)?).unwrap_or(u32::MAX);
        if deleted < at_most {
            let emptied = on!(self.connection(), |c| diesel::update(audit_segments::table.find(key(segment)))
                .set(audit_segments::emptied_at.eq(Some(Instant(now))))
                .execute(c)
                .await);
            self.settle(SEGMENTS, emptied)?;
        }
        Ok(deleted)
    }
}

/// Locked, so that the next one has its number; SQLite has one writer.
async fn last_checkpoint(connection: &mut Connection) -> QueryResult<Option<CheckpointRow>> {
    let last = || audit_checkpoints::table.order(audit_checkpoints::number.desc()).limit(1);
    match connection {
        Connection::Postgres(link) => {
            let last = last().select(CheckpointRow::as_select()).for_update();
            last.get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => last().select(CheckpointRow::as_select()).get_result(&mut **link).await.optional(),
    }
}

/// Open segments that have been open for long; locked but for those that somebody writes to.
async fn full_heads(connection: &mut Connection, opened_before: Instant) -> QueryResult<Vec<HeadRow>> {
    let full = || {
        audit_segments::table
            .filter(audit_segments::state.eq(SegmentState::Open.as_str()))
            .filter(audit_segments::opened_at.lt(opened_before))
            .filter(audit_segments::records.gt(0))
    };
    match connection {
        Connection::Postgres(link) => {
            full().select(HeadRow::as_select()).for_no_key_update().skip_locked().load(&mut **link).await
        }
        Connection::Sqlite(link) => full().select(HeadRow::as_select()).load(&mut **link).await,
    }
}

/// Closed segments whose retention is over.
async fn heads_to_erase(connection: &mut Connection, closed_before: Instant) -> QueryResult<Vec<HeadRow>> {
    on!(connection, |c| audit_segments::table
        .filter(audit_segments::state.eq(SegmentState::Closed.as_str()))
        .filter(audit_segments::closed_at.lt(closed_before))
        .select(HeadRow::as_select())
        .load(c)
        .await)
}

/// Erased segments that may still have records.
async fn heads_to_empty(connection: &mut Connection) -> QueryResult<Vec<HeadRow>> {
    on!(connection, |c| audit_segments::table
        .filter(audit_segments::state.eq(SegmentState::Erased.as_str()))
        .filter(audit_segments::emptied_at.is_null())
        .select(HeadRow::as_select())
        .load(c)
        .await)
}

/// Deletes the first records of a segment.
async fn delete_records(connection: &mut Connection, segment: (i64, i64), at_most: u32) -> QueryResult<usize> {
    let of_segment = || audit_records::lane.eq(segment.0).and(audit_records::segment.eq(segment.1));
    let first = on!(connection, |c| audit_records::table
        .filter(of_segment())
        .order(audit_records::position)
        .limit(at_most.into())
        .select(audit_records::position)
        .load::<i64>(c)
        .await)?;
    let Some(last) = first.last().copied() else { return Ok(0) };
    on!(connection, |c| diesel::delete(audit_records::table.filter(of_segment()))
        .filter(audit_records::position.le(last))
        .execute(c)
        .await)
}
