//! Records, heads and checkpoints as rows.

use crate::failures::corrupt;
use crate::schema::{audit_checkpoints, audit_records, audit_segments};
use crate::types::{Id, Instant};
use diesel::prelude::*;
use threshold_application::ports::{SignedCheckpoint, SignedHead, StoreError};
use threshold_domain::audit::{
    AuditDetails, AuditHead, AuditPlace, AuditRecord, AuditRecordId, AuditSegment, AuditSignature, ChainHash,
    ChainedRecord, Checkpoint, CheckpointedHead, SegmentState,
};

/// A head.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_segments)]
pub(super) struct HeadRow {
    lane: i64,
    number: i64,
    state: String,
    records: i64,
    hash: Vec<u8>,
    signature: Vec<u8>,
    closed_at: Option<Instant>,
}

/// A record in its place.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_records)]
pub(super) struct RecordRow {
    lane: i64,
    segment: i64,
    position: i64,
    id: Id,
    at: Instant,
    action: String,
    actor: String,
    subject: Option<String>,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    details: String,
    hash: Vec<u8>,
}

/// A checkpoint. Its heads are `lane.number:records:hash`, with spaces between.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_checkpoints)]
pub(super) struct CheckpointRow {
    number: i64,
    at: Instant,
    previous: Vec<u8>,
    heads: String,
    hash: Vec<u8>,
    signature: Vec<u8>,
}

/// The columns that name a segment.
pub(super) fn key(segment: AuditSegment) -> (i64, i64) {
    (i64::from(segment.lane), i64::from(segment.number))
}

/// A count as a column has it.
pub(super) fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn segment(lane: i64, number: i64) -> Result<AuditSegment, StoreError> {
    let lane = u16::try_from(lane).map_err(|error| corrupt("audit_segments.lane", error))?;
    let number = u32::try_from(number).map_err(|error| corrupt("audit_segments.number", error))?;
    Ok(AuditSegment { lane, number })
}

impl TryFrom<HeadRow> for SignedHead {
    type Error = StoreError;

    fn try_from(row: HeadRow) -> Result<Self, StoreError> {
        let head = AuditHead {
            segment: segment(row.lane, row.number)?,
            state: SegmentState::from_name(&row.state)
                .ok_or_else(|| corrupt("audit_segments.state", "no state has this name"))?,
            records: u64::try_from(row.records).map_err(|error| corrupt("audit_segments.records", error))?,
            hash: ChainHash::from_stored(&row.hash),
            closed_at: row.closed_at.map(|at| at.0),
        };
        Ok(Self { head, signature: AuditSignature::from_stored(&row.signature) })
    }
}

impl From<ChainedRecord> for RecordRow {
    fn from(chained: ChainedRecord) -> Self {
        let ChainedRecord { place, record, hash } = chained;
        let (lane, segment) = key(place.segment);
        Self {
            lane,
            segment,
            position: column(place.position),
            id: Id(record.id.as_uuid()),
            at: Instant(record.at),
            action: record.action,
            actor: record.actor,
            subject: record.subject,
            address: record.address,
            user_agent: record.user_agent,
            request_id: record.request_id,
            details: record.details.as_str().to_owned(),
            hash: hash.as_bytes().to_vec(),
        }
    }
}

impl TryFrom<RecordRow> for ChainedRecord {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let segment = segment(row.lane, row.segment)?;
        let position = u64::try_from(row.position).map_err(|error| corrupt("audit_records.position", error))?;
        Ok(Self {
            place: AuditPlace { segment, position },
            record: AuditRecord {
                id: AuditRecordId::new(row.id.0),
                at: row.at.0,
                action: row.action,
                actor: row.actor,
                subject: row.subject,
                address: row.address,
                user_agent: row.user_agent,
                request_id: row.request_id,
                details: AuditDetails::new(row.details),
            },
            hash: ChainHash::from_stored(&row.hash),
        })
    }
}

impl From<&SignedCheckpoint> for CheckpointRow {
    fn from(signed: &SignedCheckpoint) -> Self {
        let SignedCheckpoint { checkpoint, signature } = signed;
        let heads: Vec<_> = checkpoint.heads.iter().map(head_text).collect();
        Self {
            number: column(checkpoint.number),
            at: Instant(checkpoint.at),
            previous: checkpoint.previous.as_bytes().to_vec(),
            heads: heads.join(" "),
            hash: checkpoint.hash().as_bytes().to_vec(),
            signature: signature.as_bytes().to_vec(),
        }
    }
}

impl CheckpointRow {
    /// The checkpoint, and the hash that is stored with it. Heads that can't be read are none: then the hash is another one.
    pub(super) fn read(self) -> Result<(SignedCheckpoint, ChainHash), StoreError> {
        let heads: Option<Vec<_>> = self.heads.split_ascii_whitespace().map(read_head).collect();
        let checkpoint = Checkpoint {
            number: u64::try_from(self.number).map_err(|error| corrupt("audit_checkpoints.number", error))?,
            at: self.at.0,
            previous: ChainHash::from_stored(&self.previous),
            heads: heads.unwrap_or_default(),
        };
        let signature = AuditSignature::from_stored(&self.signature);
        Ok((SignedCheckpoint { checkpoint, signature }, ChainHash::from_stored(&self.hash)))
    }
}

fn head_text(head: &CheckpointedHead) -> String {
    format!("{}:{}:{}", head.segment, head.records, head.hash)
}

fn read_head(text: &str) -> Option<CheckpointedHead> {
    let mut parts = text.split(':');
    let (lane, number) = parts.next()?.split_once('.')?;
    let segment = AuditSegment { lane: lane.parse().ok()?, number: number.parse().ok()? };
    let records = parts.next()?.parse().ok()?;
    let hash = ChainHash::parse(parts.next()?)?;
    parts.next().is_none().then_some(CheckpointedHead { segment, records, hash })
}
