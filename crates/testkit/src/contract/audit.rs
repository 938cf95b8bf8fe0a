//! The audit log: what is recorded is chained, and can be proven.

use super::stores::{Stores, insert};
use crate::{FakeSecrets, a_user, an_event, at};
use std::sync::Arc;
use threshold_application::audit::{AuditReport, VerificationStep, VerificationWatch, VerifyAudit};
use threshold_application::ports::{AuditFilter, AuditSigner, SignedCheckpoint, StoreError, Uniqueness};
use threshold_domain::audit::{
    AuditAction, AuditEvent, AuditFault, AuditHead, ChainHash, ChainedRecord, Checkpoint, CheckpointedHead, Initiator,
    Origin, RequestId, SegmentState, Subject,
};
use threshold_domain::sessions::{Provenance, UserAgent};

/// Records in one transaction.
pub(super) async fn record(stores: &Stores, events: Vec<AuditEvent>) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    for event in events {
        tx.audit().record(event);
    }
    tx.commit().await.unwrap();
}

/// Everything, the latest first.
async fn all(stores: &Stores) -> Vec<ChainedRecord> {
    stores.audit.page(&AuditFilter::default(), None, 1000).await.unwrap()
}

fn event_at(seconds: i64) -> AuditEvent {
    AuditEvent { at: at(seconds), ..an_event() }
}

#[derive(Default)]
struct Watch(Vec<AuditFault>);

impl VerificationWatch for Watch {
    fn begins(&mut self, _records: u64) {}

    fn progressed(&mut self, _step: &VerificationStep) {}

    fn found(&mut self, fault: &AuditFault) {
        self.0.push(fault.clone());
    }
}

async fn verified(stores: &Stores) -> (AuditReport, Vec<AuditFault>) {
    let verify = VerifyAudit { chains: Arc::clone(&stores.audit_chains), signer: Arc::new(FakeSecrets) };
    let mut watch = Watch::default();
    let report = verify.execute(None, None, &mut watch).await.unwrap();
    (report, watch.0)
}

async fn checkpoint(stores: &Stores, number: u64) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let last = tx.audit().last_checkpoint().await.unwrap();
    let heads = tx.audit().grown_heads().await.unwrap();
    let seen = |head: &AuditHead| CheckpointedHead { segment: head.segment, records: head.records, hash: head.hash };
    let previous = last.map_or(ChainHash::new([0; 32]), |last| last.hash());
    let heads = heads.iter().map(seen).collect();
    let checkpoint = Checkpoint { number, at: at(i64::try_from(number).unwrap()), previous, heads };
    let signature = FakeSecrets.sign(checkpoint.hash().as_bytes());
    tx.audit().add_checkpoint(&SignedCheckpoint { checkpoint, signature }).await?;
    tx.commit().await
}

/// Every part of it.
pub async fn a_record_says_what_its_event_said(stores: &Stores) {
    let user = a_user(1);
    let provenance = Provenance { address: Some([192, 0, 2, 7].into()), user_agent: UserAgent::cleaned("curl/8 ä") };
    let origin = Origin { provenance, request_id: RequestId::parse("r-1") };
    let event = AuditEvent::new(AuditAction::RolesChanged, &Initiator::known(user.id.into(), origin), at(5))
        .on(Subject::User(user.id))
        .with("from", "user")
        .with("to", "admin\nuser");
    record(stores, vec![event]).await;
    let found = all(stores).await;
    let record = &found.first().unwrap().record;
    let subject = format!("user:{}", user.id.as_uuid());
    assert_eq!((record.at, record.action.as_str(), record.actor.as_str()), (at(5), "authz_change", subject.as_str()));
    assert_eq!((record.subject.as_deref(), record.address.as_deref()), (Some(subject.as_str()), Some("192.0.2.7")));
    assert_eq!((record.user_agent.as_deref(), record.request_id.as_deref()), (Some("curl/8 ä"), Some("r-1")));
    assert_eq!(record.details.iter().collect::<Vec<_>>(), [("from", "user"), ("to", "admin user")]);
}

/// And in the order in which they were told.
pub async fn records_are_kept_with_the_change_or_not_at_all(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.audit().record(event_at(1));
    drop(tx);
    assert_eq!(all(stores).await, []);
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&a_user(1), None).await.unwrap();
    tx.audit().record(event_at(1));
    tx.audit().record(event_at(2));
    tx.commit().await.unwrap();
    let mut places: Vec<_> = all(stores).await.into_iter().map(|one| (one.record.at, one.place.position)).collect();
    places.reverse();
    assert_eq!(places, [(at(1), 1), (at(2), 2)]);
    assert!(insert(stores, &a_user(1)).await.is_err(), "the change is there");
}

/// However many write at once.
pub async fn what_is_recorded_at_once_can_be_proven(stores: &Stores) {
    let writers = (0..16).map(|number| async move {
        for turn in 0..5 {
            record(stores, vec![event_at(number * 10 + turn)]).await;
        }
    });
    futures::future::join_all(writers).await;
    let (report, faults) = verified(stores).await;
    assert_eq!((report.records, faults), (80, vec![]));
    assert_eq!(all(stores).await.len(), 80);
}

/// By whom, to whom, what, and when; page by page.
pub async fn records_are_found_by_what_they_say(stores: &Stores) {
    let [ada, bob] = [1, 2].map(|number| a_user(number).id);
    let by = |user| Initiator::known(threshold_domain::access::Principal::User(user), Origin::default());
    let event = |action, user, seconds| AuditEvent::new(action, &by(user), at(seconds));
    record(stores, vec![event(AuditAction::UserUpdated, ada, 1).on(Subject::User(bob))]).await;
    record(stores, vec![event(AuditAction::UserUpdated, bob, 2).on(Subject::User(bob))]).await;
    record(stores, vec![event(AuditAction::AdminActed, ada, 3)]).await;
    let seconds = async |filter: AuditFilter| {
        let found = stores.audit.page(&filter, None, 100).await.unwrap();
        found.into_iter().map(|one| (one.record.at - at(0)).num_seconds()).collect::<Vec<_>>()
    };
    let ada = Some(format!("user:{}", ada.as_uuid()));
    let bob = Some(format!("user:{}", bob.as_uuid()));
    assert_eq!(seconds(AuditFilter::default()).await, [3, 2, 1]);
    assert_eq!(seconds(AuditFilter { actor: ada.clone(), ..AuditFilter::default() }).await, [3, 1]);
    assert_eq!(seconds(AuditFilter { subject: bob.clone(), ..AuditFilter::default() }).await, [2, 1]);
    let updated = AuditFilter { action: Some("user_updated".to_owned()), ..AuditFilter::default() };
    assert_eq!(seconds(AuditFilter { actor: ada, ..updated.clone() }).await, [1]);
    assert_eq!(seconds(AuditFilter { after: Some(at(2)), ..updated }).await, [2]);
    assert_eq!(seconds(AuditFilter { before: Some(at(2)), subject: bob, ..AuditFilter::default() }).await, [1]);
}

/// Those of one moment, too.
pub async fn pages_of_records_follow_one_another(stores: &Stores) {
    for second in [1, 1, 1, 2, 2, 3] {
        record(stores, vec![event_at(second)]).await;
    }
    let (mut seen, mut last) = (Vec::new(), None);
    loop {
        let page = stores.audit.page(&AuditFilter::default(), last, 2).await.unwrap();
        let Some(end) = page.last().map(|one| (one.record.at, one.record.id)) else { break };
        last = Some(end);
        seen.extend(page.iter().map(|one| (one.record.at, one.record.id)));
        // Nobody's page is moved by what comes later.
        record(stores, vec![event_at(9)]).await;
    }
    let mut ordered = seen.clone();
    ordered.sort_unstable_by(|one, other| other.cmp(one));
    ordered.dedup();
    assert_eq!(seen, ordered);
    assert_eq!(seen.len(), 6);
}

/// And only those.
pub async fn checkpoints_see_the_chains_that_have_grown(stores: &Stores) {
    record(stores, vec![event_at(1), event_at(2)]).await;
    checkpoint(stores, 1).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.audit().grown_heads().await.unwrap(), []);
    let last = tx.audit().last_checkpoint().await.unwrap().unwrap();
    assert_eq!(last.heads.iter().map(|head| head.records).collect::<Vec<_>>(), [2]);
    drop(tx);
    record(stores, vec![event_at(3)]).await;
    assert!(matches!(checkpoint(stores, 1).await, Err(StoreError::NotUnique(Uniqueness::Id))));
    checkpoint(stores, 2).await.unwrap();
    let kept = stores.audit_chains.checkpoints(0, 100).await.unwrap();
    assert!(kept.iter().all(|(signed, hash)| signed.checkpoint.hash() == *hash));
    let second = &kept.get(1).unwrap().0.checkpoint;
    assert_eq!((second.number, second.previous), (2, last.hash()));
    let (report, faults) = verified(stores).await;
    assert_eq!((report.checkpoints, report.last.unwrap().number, faults), (2, 2, vec![]));
}

/// Their heads stay, and prove what they were.
pub async fn segments_are_closed_and_erased_without_breaking_the_proof(stores: &Stores) {
    record(stores, vec![event_at(1), event_at(2), event_at(3)]).await;
    checkpoint(stores, 1).await.unwrap();
    let close = async |before, now| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let closed = tx.audit().close_segments(at(before), at(now)).await.unwrap();
        tx.commit().await.unwrap();
        closed
    };
    assert_eq!((close(1, 10).await, close(2, 10).await, close(2, 10).await), (0, 1, 0), "an empty one stays open");
    record(stores, vec![event_at(11)]).await;
    let (report, faults) = verified(stores).await;
    assert_eq!((report.records, report.segments, report.erased, faults), (4, 2, 0, vec![]));
    let erase = async |before| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let erased = tx.audit().erase(at(before), at(20), 2).await.unwrap();
        tx.commit().await.unwrap();
        erased
    };
    assert_eq!(erase(10).await, 0);
    assert_eq!(erase(11).await, 2);
    assert_eq!(verified(stores).await.1, [], "also half-way");
    assert_eq!((erase(11).await, erase(11).await), (1, 0));
    let (report, faults) = verified(stores).await;
    assert_eq!((report.records, report.segments, report.erased, faults), (1, 2, 1, vec![]));
    let heads = stores.audit_chains.heads().await.unwrap();
    let states: Vec<_> = heads.iter().map(|signed| (signed.head.state, signed.head.records)).collect();
    assert_eq!(states, [(SegmentState::Erased, 3), (SegmentState::Open, 1)]);
}

/// As many as there are, in one step.
pub async fn erasing_goes_on_from_segment_to_segment(stores: &Stores) {
    for closed_at in [10, 20] {
        record(stores, vec![event_at(closed_at), event_at(closed_at)]).await;
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        assert_eq!(tx.audit().close_segments(at(closed_at + 1), at(closed_at)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }
    record(stores, vec![event_at(21)]).await;
    for expected in [3, 1, 0] {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        assert_eq!(tx.audit().erase(at(30), at(30), 3).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    let (report, faults) = verified(stores).await;
    assert_eq!((report.records, report.segments, report.erased, faults), (1, 3, 2, vec![]));
}

/// But for the last of all: the next one refers to it.
pub async fn old_checkpoints_go(stores: &Stores) {
    for number in 1..=3 {
        record(stores, vec![event_at(1)]).await;
        checkpoint(stores, number).await.unwrap();
    }
    let erase = async |before| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let erased = tx.audit().erase_checkpoints(at(before), 100).await.unwrap();
        tx.commit().await.unwrap();
        erased
    };
    assert_eq!((erase(2).await, erase(100).await, erase(100).await), (1, 1, 0));
    let (report, faults) = verified(stores).await;
    assert_eq!((report.checkpoints, report.last.unwrap().number, faults), (1, 3, vec![]));
}
