//! Whatever is done to a chain of records is found, and named.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use threshold_domain::audit::{
    AuditAction, AuditDetails, AuditEvent, AuditFault, AuditHead, AuditPlace, AuditRecord, AuditRecordId, AuditSegment,
    ChainHash, ChainedRecord, Initiator, SegmentVerifier,
};
use uuid::Uuid;

const SEGMENT: AuditSegment = AuditSegment::first(1);

fn place(position: u64) -> AuditPlace {
    AuditPlace { segment: SEGMENT, position }
}

/// A chain of so many records, and its head.
fn chain(length: u64) -> (Vec<ChainedRecord>, AuditHead) {
    let mut head = AuditHead::of_new(SEGMENT);
    let records = (1..=length).map(|number| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(number).unwrap());
        let event = AuditEvent::new(AuditAction::AdminActed, &Initiator::system(), at).with("number", number);
        let record = AuditRecord::new(AuditRecordId::new(Uuid::from_u128(number.into())), event);
        let place = head.next_place();
        let hash = record.hash(place, &head.hash);
        head = head.followed_by(hash);
        ChainedRecord { place, record, hash }
    });
    (records.collect(), head)
}

fn verify(records: &[ChainedRecord], head: &AuditHead, checkpoints: Vec<(u64, ChainHash, u64)>) -> Vec<AuditFault> {
    let (mut verifier, mut faults) = (SegmentVerifier::new(SEGMENT, checkpoints), Vec::new());
    for record in records {
        verifier.read(record, &mut faults);
    }
    verifier.end(head, &mut faults);
    faults
}

/// Every part of a record that can be changed by itself.
fn changes() -> Vec<fn(&mut AuditRecord)> {
    vec![
        |record| record.id = AuditRecordId::new(Uuid::from_u128(99)),
        |record| record.at += TimeDelta::microseconds(1),
        |record| record.action.push('x'),
        |record| record.actor.push('x'),
        |record| record.subject = Some(String::new()),
        |record| record.address = Some("192.0.2.1".to_owned()),
        |record| record.user_agent = Some("x".to_owned()),
        |record| record.request_id = Some("x".to_owned()),
        |record| record.details = AuditDetails::new(String::new()),
    ]
}

#[test]
fn a_chain_as_it_was_written_has_no_fault() {
    for length in 0..5 {
        let (records, head) = chain(length);
        let seen = records.iter().map(|record| (record.place.position, record.hash, record.place.position));
        assert_eq!(verify(&records, &head, seen.collect()), []);
    }
}

#[test]
fn a_change_of_any_part_of_a_record_is_found_where_it_is() {
    for (number, change) in changes().into_iter().enumerate() {
        let (mut records, head) = chain(5);
        change(&mut records[2].record);
        let id = records[2].record.id;
        assert_eq!(verify(&records, &head, vec![]), [AuditFault::Changed { place: place(3), id }], "part {number}");
    }
}

#[test]
fn texts_that_move_from_one_part_to_the_next_are_a_change() {
    let (mut records, head) = chain(1);
    (records[0].record.action, records[0].record.actor) = ("authz_adm".to_owned(), "insystem".to_owned());
    assert_eq!(verify(&records, &head, vec![]).len(), 1);
}

#[test]
fn a_changed_record_with_a_new_hash_breaks_the_next_one_or_the_end() {
    for position in [3, 5] {
        let (mut records, head) = chain(5);
        let index = usize::try_from(position - 1).unwrap();
        let before = records[index - 1].hash;
        records[index].record.actor = "operator".to_owned();
        records[index].hash = records[index].record.hash(place(position), &before);
        let expected = match position {
            5 => AuditFault::OtherEnd { place: place(5) },
            _ => AuditFault::Changed { place: place(4), id: records[3].record.id },
        };
        assert_eq!(verify(&records, &head, vec![]), [expected]);
    }
}

#[test]
fn a_rewritten_chain_is_not_what_its_checkpoint_saw() {
    let (records, head) = chain(5);
    let seen = (3, records[2].hash, 7);
    let mut rewritten = AuditHead::of_new(SEGMENT);
    let mut forged = records;
    for chained in &mut forged {
        chained.record.actor = "operator".to_owned();
        chained.hash = chained.record.hash(chained.place, &rewritten.hash);
        rewritten = rewritten.followed_by(chained.hash);
    }
    assert_eq!(verify(&forged, &rewritten, vec![seen]), [AuditFault::AgainstCheckpoint { place: place(3), number: 7 }]);
    assert_eq!(verify(&forged, &head, vec![]), [AuditFault::OtherEnd { place: place(5) }]);
}

#[test]
fn an_old_copy_of_a_chain_is_shorter_than_its_checkpoint_saw() {
    let (records, head) = chain(5);
    let (old, old_head) = chain(4);
    let seen = vec![(5, head.hash, 2)];
    assert_eq!(verify(&records, &head, seen.clone()), []);
    assert_eq!(verify(&old, &old_head, seen), [AuditFault::AgainstCheckpoint { place: place(5), number: 2 }]);
}

#[test]
fn a_verification_that_was_cut_off_goes_on_where_it_was() {
    let (records, head) = chain(6);
    let (mut first, mut faults) = (SegmentVerifier::new(SEGMENT, vec![]), Vec::new());
    for record in &records[..3] {
        first.read(record, &mut faults);
    }
    let (seen, hash) = first.progress();
    let mut second = SegmentVerifier::resumed(SEGMENT, seen, hash, vec![(2, ChainHash::new([0; 32]), 1)]);
    for record in &records[3..] {
        second.read(record, &mut faults);
    }
    second.end(&head, &mut faults);
    assert_eq!(faults, []);
}

#[test]
fn everything_that_a_head_says_is_signed() {
    let head = chain(1).1;
    let second = DateTime::UNIX_EPOCH + TimeDelta::seconds(1);
    let other = AuditHead { segment: SEGMENT.next(), ..head };
    let grown = AuditHead { records: 2, ..head };
    let rewritten = AuditHead { hash: ChainHash::new([0; 32]), ..head };
    let (closed, later) = (head.closed(DateTime::UNIX_EPOCH), head.closed(second));
    let heads = [head, other, grown, rewritten, closed, later, closed.erased(), later.erased()];
    let messages: std::collections::BTreeSet<_> = heads.iter().map(AuditHead::message).collect();
    assert_eq!(messages.len(), heads.len());
}

#[test]
fn a_hash_is_read_as_it_is_written() {
    let hash = chain(1).1.hash;
    assert_eq!(ChainHash::parse(&hash.to_string()), Some(hash));
    assert_eq!(ChainHash::from_stored(hash.as_bytes()), hash);
    for text in ["", "0", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65), &"é".repeat(32)] {
        assert_eq!(ChainHash::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn removed_records_are_named(length in 1_u64..30, from in 0_u64..30, count in 1_u64..30) {
        let (mut records, head) = chain(length);
        let from = from % length;
        let to = (from + count).min(length);
        records.drain(usize::try_from(from).unwrap()..usize::try_from(to).unwrap());
        let removed = AuditFault::Removed { first: place(from + 1), last: to };
        prop_assert_eq!(verify(&records, &head, vec![]), [removed]);
    }

    #[test]
    fn two_records_that_change_places_are_found(length in 2_usize..20, one in 0_usize..20, other in 0_usize..20) {
        let (one, other) = (one % length, other % length);
        prop_assume!(one != other);
        let (mut records, head) = chain(u64::try_from(length).unwrap());
        // As an update of their places would do it: everything else of each stays with it.
        let (first, second) = (records[one].place, records[other].place);
        (records[one].place, records[other].place) = (second, first);
        records.sort_by_key(|record| record.place);
        let faults = verify(&records, &head, vec![]);
        for place in [first, second] {
            let id = records.iter().find(|record| record.place == place).unwrap().record.id;
            let changed = AuditFault::Changed { place, id };
            prop_assert!(faults.contains(&changed), "{:?}", faults);
        }
    }

    #[test]
    fn no_two_records_have_one_hash(one in ".{0,20}", other in ".{0,20}", subject in proptest::option::of(".{0,5}")) {
        let (records, _) = chain(1);
        let with = |action: &str| {
            let record = AuditRecord { action: action.to_owned(), subject: subject.clone(), ..records[0].record.clone() };
            record.hash(place(1), &SEGMENT.origin())
        };
        prop_assert_eq!(one == other, with(&one) == with(&other));
    }
}
