//! `GET /api/v1/admin/audit`

use super::AuditRecordView;
use crate::problem::{FieldError, Problem};
use crate::request::{List, Members, Moment, Noted, Page, PageParameters, Query};
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use threshold_application::audit::ListAudit;
use threshold_application::ports::AuditFilter;
use threshold_domain::audit::{Actor, AuditAction, AuditRecordId, ChainedRecord, Subject};
use threshold_domain::parse_timestamp;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which records are shown.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what `filter` reads")]
pub(crate) struct AuditParameters {
    /// By whom: as in a record, or the bare id of a user.
    actor: Option<String>,
    /// To whom or what: as in a record, or the bare id of a user.
    subject: Option<String>,
    /// What has happened.
    action: Option<String>,
    /// From this moment on.
    #[param(format = DateTime)]
    after: Option<String>,
    /// Before this moment.
    #[param(format = DateTime)]
    before: Option<String>,
}

/// When the last record of a page happened, and its id.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Position(Moment, Uuid);

/// Shows the audit log, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit",
    params(AuditParameters, PageParameters),
    responses((status = 200, description = "A page of records", body = List<AuditRecordView>))
)]
pub(crate) async fn list_records(use_case: Data<ListAudit>, query: Query) -> Result<HttpResponse, Problem> {
    let (filter, page) = query.0.read(|members| {
        let filter = filter(members);
        let page = match &filter {
            Ok(filter) => Page::<Position>::read(members, format!("audit {filter:?}")),
            Err(_) => Page::read(members, ""),
        };
        Ok((filter?, page?))
    })?;
    let last = page.after().map(|Position(Moment(at), id)| (*at, AuditRecordId::new(*id)));
    let at_most = u32::try_from(page.to_fetch()).unwrap_or(u32::MAX);
    let fetched = use_case.execute(&filter, last, at_most).await?;
    Ok(HttpResponse::Ok().json(page.answer(fetched, position, |record| AuditRecordView::from(record))))
}

fn position(chained: &ChainedRecord) -> Position {
    Position(Moment(chained.record.at), chained.record.id.as_uuid())
}

fn filter(members: &mut Members) -> Result<AuditFilter, Noted> {
    let actor = known(members, "actor", |text| Some(Actor::parse(text)?.to_string()));
    let subject = known(members, "subject", |text| Some(Subject::parse(text)?.to_string()));
    let action = known(members, "action", |text| Some(AuditAction::from_name(text)?.as_str().to_owned()));
    let after = members.optional("after", parse_timestamp);
    let before = members.optional("before", parse_timestamp);
    Ok(AuditFilter { actor: actor?, subject: subject?, action: action?, after: after?, before: before? })
}

/// A parameter that is written as something that there can be.
fn known(
    members: &mut Members,
    name: &'static str,
    read: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, Noted> {
    match members.optional(name, |text| Ok(read(text)))? {
        None => Ok(None),
        Some(Some(value)) => Ok(Some(value)),
        Some(None) => {
            let message = "Nothing in the audit log can be written like that; see the description of this parameter.";
            Err(members.fault(FieldError::new(name, "invalid-choice", message)))
        }
    }
}
