//! Whatever is done to the stored audit log behind our back is found, and named.

use crate::fixture::Place;
use crate::on_both;
use crate::values::at;
use std::sync::Arc;
use threshold_application::audit::{CheckpointAudit, VerificationStep, VerificationWatch, VerifyAudit};
use threshold_application::ports::{AuditSigner, StoreError};
use threshold_diesel::Database;
use threshold_domain::audit::{AuditEvent, AuditFault, AuditSignature};
use threshold_testkit::{FakeSecrets, FixedClock, SequentialIds, an_event};

/// The key of an instance with another secret key.
struct AnotherKey;

impl AuditSigner for AnotherKey {
    fn sign(&self, message: &[u8]) -> AuditSignature {
        FakeSecrets.sign(&[message, b"with another key"].concat())
    }

    fn verify(&self, message: &[u8], signature: &AuditSignature) -> bool {
        self.sign(message) == *signature
    }

    fn public_key(&self) -> [u8; 32] {
        [7; 32]
    }
}

/// Remembers faults, and where each page ended.
#[derive(Default)]
struct Watch {
    faults: Vec<String>,
    steps: Vec<VerificationStep>,
}

impl VerificationWatch for Watch {
    fn begins(&mut self, _records: u64) {}

    fn progressed(&mut self, step: &VerificationStep) {
        self.steps.push(*step);
    }

    fn found(&mut self, fault: &AuditFault) {
        self.faults.push(fault.to_string());
    }
}

async fn verify(database: &Database, resume: Option<VerificationStep>) -> Watch {
    let verify = VerifyAudit { chains: database.audit_chains(), signer: Arc::new(FakeSecrets) };
    let mut watch = Watch::default();
    let report = verify.execute(None, resume, &mut watch).await.unwrap();
    assert_eq!(report.faults, u64::try_from(watch.faults.len()).unwrap());
    watch
}

async fn try_to_record(database: &Database, events: usize) -> Result<(), StoreError> {
    let mut tx = database.unit_of_work().begin().await?;
    for second in 0..events {
        tx.audit().record(AuditEvent { at: at(i64::try_from(second).unwrap()), ..an_event() });
    }
    tx.commit().await
}

async fn record(database: &Database, events: usize) {
    try_to_record(database, events).await.unwrap();
}

/// One record by the process that wrote the others, and one by another: neither may make whole what somebody has tampered with.
async fn go_on(place: &Place, database: &Database) {
    for writer in [database, &place.open().await] {
        // One write may run into a record that somebody has put there; the next goes elsewhere.
        if try_to_record(writer, 1).await.is_err() {
            record(writer, 1).await;
        }
    }
}

async fn close_segments(database: &Database, now: i64) -> u32 {
    let mut tx = database.unit_of_work().begin().await.unwrap();
    let closed = tx.audit().close_segments(at(now), at(now)).await.unwrap();
    tx.commit().await.unwrap();
    closed
}

async fn erase(database: &Database, closed_before: i64) -> u32 {
    let mut tx = database.unit_of_work().begin().await.unwrap();
    let erased = tx.audit().erase(at(closed_before), at(closed_before), 100).await.unwrap();
    tx.commit().await.unwrap();
    erased
}

async fn checkpoint(database: &Database) {
    let clock = Arc::new(FixedClock::default());
    let use_case = CheckpointAudit { unit_of_work: database.unit_of_work(), signer: Arc::new(FakeSecrets), clock };
    assert!(use_case.execute().await.unwrap().is_some());
}

/// Five records, with checkpoints after the second, the third and the fourth.
async fn filled(place: &Place) -> Database {
    let database = place.migrated().await;
    record(&database, 2).await;
    for _ in 0..2 {
        checkpoint(&database).await;
        record(&database, 1).await;
    }
    checkpoint(&database).await;
    record(&database, 1).await;
    database
}

/// What is found, without the ids of records.
async fn found_after(place: &Place, tampering: &str) -> Vec<String> {
    let database = filled(place).await;
    assert!(verify(&database, None).await.faults.is_empty());
    place.execute(tampering).await;
    go_on(place, &database).await;
    let faults = verify(&database, None).await.faults;
    faults.into_iter().map(|fault| fault.split(" (").next().unwrap().to_owned() + tail(&fault)).collect()
}

fn tail(fault: &str) -> &str {
    fault.split_once(')').map_or("", |(_id, tail)| tail)
}

const CHANGED: &str = "was changed, or is not where it was written";

on_both! {
    async fn a_changed_record_is_named(place: Place) {
        let found = found_after(&place, "UPDATE audit_records SET actor = 'operator2' WHERE position = 3").await;
        assert_eq!(found, [format!("record 1.1.3 {CHANGED}")]);
    }

    async fn a_record_whose_hash_is_changed_too_breaks_the_next(place: Place) {
        let tampering = "UPDATE audit_records SET actor = 'system', hash = (SELECT hash FROM audit_segments) WHERE position = 3";
        let found = found_after(&place, tampering).await;
        let expected = ["record 1.1.3", "record 1.1.4"].map(|record| format!("{record} {CHANGED}"));
        assert!(expected.iter().all(|fault| found.contains(fault)), "{found:?}");
    }

    async fn removed_records_are_named(place: Place) {
        let found = found_after(&place, "DELETE FROM audit_records WHERE position IN (2, 3)").await;
        assert_eq!(found, ["records 1.1.2 to 3 were removed"]);
    }

    async fn the_last_record_is_missed(place: Place) {
        let found = found_after(&place, "DELETE FROM audit_records WHERE position = 5").await;
        assert_eq!(found, ["records 1.1.5 to 5 were removed"]);
    }

    async fn an_added_record_is_named(place: Place) {
        let tampering = "INSERT INTO audit_records SELECT lane, segment, 6, id, at, action, actor, subject, address, \
                         user_agent, request_id, details, hash FROM audit_records WHERE position = 5";
        assert_eq!(found_after(&place, tampering).await, ["record 1.1.6 was added"]);
    }

    async fn records_that_have_changed_places_are_named(place: Place) {
        let tampering = "UPDATE audit_records SET position = 100 WHERE position = 3; \
                         UPDATE audit_records SET position = 3 WHERE position = 4; \
                         UPDATE audit_records SET position = 4 WHERE position = 100";
        let found = found_after(&place, tampering).await;
        let expected = ["record 1.1.3", "record 1.1.4"].map(|record| format!("{record} {CHANGED}"));
        assert!(expected.iter().all(|fault| found.contains(fault)), "{found:?}");
    }

    async fn a_head_that_is_moved_back_is_found(place: Place) {
        let tampering = "DELETE FROM audit_records WHERE position = 5; UPDATE audit_segments SET records = 4, \
                         hash = (SELECT hash FROM audit_records WHERE position = 4)";
        assert_eq!(found_after(&place, tampering).await, ["the head of segment 1.1 was changed"]);
    }

    async fn a_head_that_somebody_made_is_neither_closed_nor_seen_by_checkpoints(place: Place) {
        let database = filled(&place).await;
        place.execute("UPDATE audit_segments SET records = 6").await;
        go_on(&place, &database).await;
        checkpoint(&database).await;
        let seen = place.lines("SELECT heads AS line FROM audit_checkpoints ORDER BY number DESC LIMIT 1").await;
        assert!(seen.concat().starts_with("2.1:2:"), "{seen:?}");
        assert_eq!(close_segments(&database, 1000).await, 1);
        let open = place.lines("SELECT lane || '.' || number AS line FROM audit_segments WHERE state = 'open' ORDER BY 1").await;
        assert_eq!(open, ["1.1", "2.2"]);
    }

    async fn a_head_that_is_put_back_is_written_to_no_more(place: Place) {
        let database = place.migrated().await;
        record(&database, 3).await;
        place.execute("CREATE TABLE copy AS SELECT * FROM audit_segments").await;
        record(&database, 1).await;
        place.execute("DELETE FROM audit_records WHERE position > 3; UPDATE audit_segments SET records = 3, \
            hash = (SELECT hash FROM copy), signature = (SELECT signature FROM copy)").await;
        record(&database, 1).await;
        let heads = "SELECT lane || ':' || records AS line FROM audit_segments ORDER BY lane";
        assert_eq!(place.lines(heads).await, ["1:3", "2:1"]);
    }

    async fn what_somebody_dates_back_is_not_erased(place: Place) {
        let database = filled(&place).await;
        assert_eq!(close_segments(&database, 1000).await, 1);
        place.execute("UPDATE audit_segments SET closed_at = opened_at WHERE state = 'closed'").await;
        go_on(&place, &database).await;
        assert_eq!(erase(&database, 500).await, 0);
        assert_eq!(verify(&database, None).await.faults, ["the head of segment 1.1 was changed"]);
    }

    async fn what_somebody_calls_erased_is_not_erased(place: Place) {
        let database = filled(&place).await;
        place.execute("UPDATE audit_segments SET state = 'erased'").await;
        go_on(&place, &database).await;
        assert_eq!(erase(&database, 500).await, 0);
        let faults = verify(&database, None).await.faults;
        assert_eq!(faults, ["segment 1.2 was removed", "the head of segment 1.1 was changed"]);
    }

    async fn an_emptied_log_is_not_whole(place: Place) {
        let database = filled(&place).await;
        place.execute("DELETE FROM audit_records; DELETE FROM audit_segments; DELETE FROM audit_checkpoints").await;
        let faults = verify(&database, None).await.faults;
        assert_eq!(faults, ["nothing is recorded: every start of the service writes a record, so all of them were removed"]);
    }

    async fn what_only_looks_erased_is_found(place: Place) {
        let tampering = "DELETE FROM audit_records; UPDATE audit_segments SET state = 'erased'";
        let found = found_after(&place, tampering).await;
        assert!(found.contains(&"the head of segment 1.1 was changed".to_owned()), "{found:?}");
    }

    async fn a_segment_that_is_gone_is_missed(place: Place) {
        let database = filled(&place).await;
        place.execute("DELETE FROM audit_records; DELETE FROM audit_segments").await;
        let faults = verify(&database, None).await.faults;
        assert!(faults.contains(&"segment 1.1 was removed".to_owned()), "{faults:?}");
        go_on(&place, &database).await;
        let missed = [(2, 1), (3, 2), (4, 3)].map(|(record, number)| format!("record 1.1.{record} is not the one that checkpoint {number} saw"));
        assert_eq!(verify(&database, None).await.faults, missed);
    }

    async fn an_old_copy_of_a_chain_is_found_by_its_checkpoints(place: Place) {
        let database = place.migrated().await;
        record(&database, 3).await;
        place.execute("CREATE TABLE copy AS SELECT * FROM audit_segments").await;
        record(&database, 1).await;
        checkpoint(&database).await;
        place.execute("DELETE FROM audit_records WHERE position > 3; UPDATE audit_segments SET records = 3, \
            hash = (SELECT hash FROM copy), signature = (SELECT signature FROM copy)").await;
        go_on(&place, &database).await;
        let faults = verify(&database, None).await.faults;
        assert_eq!(faults, ["record 1.1.4 is not the one that checkpoint 1 saw"]);
    }

    async fn a_checkpoint_that_is_changed_or_gone_is_named(place: Place) {
        let database = filled(&place).await;
        place.execute("UPDATE audit_checkpoints SET heads = replace(heads, '1.1:3:', '1.1:4:') WHERE number = 2").await;
        go_on(&place, &database).await;
        let found = verify(&database, None).await.faults;
        assert!(found.contains(&"checkpoint 2 was changed".to_owned()), "{found:?}");
        place.execute("DELETE FROM audit_checkpoints WHERE number = 2").await;
        assert_eq!(verify(&database, None).await.faults, ["checkpoint 2 was removed or replaced"]);
    }

    async fn rows_of_any_shape_are_read_and_named(place: Place) {
        let odd = "UPDATE audit_records SET action = 'x', actor = '', subject = 'ä', address = 'nowhere', \
                   details = '= nothing', hash = (SELECT signature FROM audit_segments) WHERE position = 2; \
                   UPDATE audit_segments SET signature = hash; UPDATE audit_checkpoints SET heads = 'x', previous = signature";
        let found = found_after(&place, odd).await;
        assert!(found.contains(&format!("record 1.1.2 {CHANGED}")), "{found:?}");
        assert!(found.contains(&"the head of segment 1.1 was changed".to_owned()), "{found:?}");
        assert!(found.contains(&"checkpoint 1 was changed".to_owned()), "{found:?}");
        let filter = threshold_application::ports::AuditFilter::default();
        assert_eq!(place.open().await.audit().page(&filter, None, 10).await.unwrap().len(), 7, "people can read it");
    }

    async fn a_verification_goes_on_where_it_was(place: Place) {
        let database = place.migrated().await;
        record(&database, 5001).await;
        let steps = verify(&database, None).await.steps;
        assert_eq!(steps.iter().map(|step| step.done).collect::<Vec<_>>(), [5000, 5001]);
        place.execute("UPDATE audit_records SET actor = 'x' WHERE position IN (1, 5001)").await;
        go_on(&place, &database).await;
        let rest = verify(&database, steps.first().copied()).await.faults;
        assert_eq!(rest.len(), 1, "{rest:?}");
        assert!(rest.concat().starts_with("record 1.1.5001 ("), "{rest:?}");
    }

    async fn more_writers_than_lanes_wait_for_each_other(place: Place) {
        let database = place.on_lanes(2).await;
        futures::future::join_all((0..100).map(|_| record(&database, 1))).await;
        let lanes = place.lines("SELECT count(*) || '' AS line FROM audit_segments").await;
        assert!(["1", "2"].contains(&lanes.concat().as_str()), "{lanes:?}");
        let watch = verify(&database, None).await;
        assert_eq!((watch.faults.len(), watch.steps.last().map(|step| step.done)), (0, Some(100)));
    }

    async fn instances_with_different_keys_keep_to_lanes_of_their_own(place: Place) {
        let ours = place.migrated().await;
        let theirs = place.open().await.recording(Arc::new(AnotherKey), Arc::new(SequentialIds::default()));
        for _ in 0..3 {
            record(&ours, 1).await;
            record(&theirs, 1).await;
        }
        let heads = "SELECT lane || ':' || records AS line FROM audit_segments ORDER BY lane";
        assert_eq!(place.lines(heads).await, ["1:3", "2:3"]);
    }

    async fn whoever_waits_for_a_lane_goes_on_when_its_segment_is_closed(place: Place) {
        let database = place.on_lanes(1).await;
        record(&database, 1).await;
        let mut closing = database.unit_of_work().begin().await.unwrap();
        assert_eq!(closing.audit().close_segments(at(1000), at(1000)).await.unwrap(), 1);
        let writers = futures::future::join_all((0..4).map(|_| record(&database, 1)));
        let closed = async {
            while !place.somebody_waits_for_a_row().await {
                tokio::task::yield_now().await;
            }
            closing.commit().await.unwrap();
        };
        futures::join!(writers, closed);
        let heads = "SELECT lane || '.' || number || ':' || records AS line FROM audit_segments ORDER BY number";
        assert_eq!(place.lines(heads).await, ["1.1:1", "1.2:4"]);
        assert!(verify(&database, None).await.faults.is_empty());
    }
}
