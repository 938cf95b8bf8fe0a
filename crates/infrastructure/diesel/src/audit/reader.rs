//! Reading the audit log for people.

use super::RECORDS;
use super::row::RecordRow;
use crate::connections::{Connection, Pools};
use crate::schema::audit_records;
use crate::statements::PlannedAnew;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{AuditFilter, AuditReader, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditRecordId, ChainedRecord};

/// Reads the audit log from either database.
pub(crate) struct DieselAuditReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl AuditReader for DieselAuditReader {
    async fn page(
        &self,
        filter: &AuditFilter,
        last: Option<(Timestamp, AuditRecordId)>,
        at_most: u32,
    ) -> Result<Vec<ChainedRecord>, StoreError> {
        let last = last.map(|(at, id)| (Instant(at), Id(id.as_uuid())));
        let rows =
            self.pools.read(RECORDS, |connection| page(connection, filter.clone(), last, at_most).boxed()).await?;
        rows.into_iter().map(ChainedRecord::try_from).collect()
    }
}

/// Planned for these values: which index is best depends on them.
async fn page(
    connection: &mut Connection,
    filter: AuditFilter,
    last: Option<(Instant, Id)>,
    at_most: u32,
) -> QueryResult<Vec<RecordRow>> {
    on!(connection, |c| {
        let mut query = audit_records::table.select(RecordRow::as_select()).into_boxed();
        if let Some(actor) = filter.actor {
            query = query.filter(audit_records::actor.eq(actor));
        }
        if let Some(subject) = filter.subject {
            query = query.filter(audit_records::subject.eq(subject));
        }
        if let Some(action) = filter.action {
            query = query.filter(audit_records::action.eq(action));
        }
        if let Some(after) = filter.after {
            query = query.filter(audit_records::at.ge(Instant(after)));
        }
        if let Some(before) = filter.before {
            query = query.filter(audit_records::at.lt(Instant(before)));
        }
        if let Some((at, id)) = last {
            let older = audit_records::at.lt(at).or(audit_records::at.eq(at).and(audit_records::id.lt(id)));
            query = query.filter(audit_records::at.le(at)).filter(older);
        }
        let query = query.order((audit_records::at.desc(), audit_records::id.desc())).limit(at_most.into());
        PlannedAnew(query).load(c).await
    })
}
