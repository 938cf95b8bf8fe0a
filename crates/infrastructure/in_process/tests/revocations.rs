//! The list of what no longer counts behaves like its naive model, whatever happens in whatever order.

use proptest::prelude::*;
use threshold_application::ports::{News, Revocation, RevocationList};
use threshold_domain::access::{ApiKeyId, BuiltInRole, GrantsVersion, Holder};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::SessionId;
use threshold_in_process::MemoryRevocations;
use threshold_testkit::{FakeRevocations, at, some_claims};
use uuid::Uuid;

#[derive(Debug, Clone)]
enum Step {
    Note(News),
    CatchUp(i64),
    Lookup { number: u128, made_at: i64, now: i64 },
    LookupKey { number: u128, now: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_u128..5, 0_i64..30).prop_map(|(number, until)| {
            Step::Note(News::SessionEnded { session: SessionId::new(Uuid::from_u128(number)), until: at(until) })
        }),
        (0_u128..5, any::<bool>(), 0_i64..30, 0_i64..30).prop_map(|(number, of_role, version, until)| {
            let user = Holder::User(UserId::new(Uuid::from_u128(number)));
            let holder = if of_role { Holder::Role(BuiltInRole::User.name()) } else { user };
            Step::Note(News::GrantsChanged { holder, version: GrantsVersion::new(version), until: at(until) })
        }),
        (0_u128..5, 0_i64..30)
            .prop_map(|(number, until)| { Step::Note(News::KeyRevoked { key: key(number), until: at(until) }) }),
        (0_u128..5, 0_i64..30).prop_map(|(number, now)| Step::LookupKey { number, now }),
        (0_i64..30).prop_map(Step::CatchUp),
        (0_u128..5, 0_i64..30, 0_i64..30).prop_map(|(number, made_at, now)| Step::Lookup { number, made_at, now }),
    ];
    prop::collection::vec(step, 0..60)
}

fn key(number: u128) -> ApiKeyId {
    ApiKeyId::new(Uuid::from_u128(number))
}

/// Takes a step on both, and answers what they say where they are asked.
fn step(list: &MemoryRevocations, model: &FakeRevocations, step: &Step) -> Option<(Revocation, Revocation)> {
    match *step {
        Step::Note(ref news) => {
            list.note(news);
            model.note(news);
            None
        }
        Step::CatchUp(now) => {
            list.caught_up(at(now));
            model.caught_up(at(now));
            None
        }
        Step::Lookup { number, made_at, now } => {
            let claims = some_claims(number, made_at);
            Some((list.lookup(&claims, at(now)), model.lookup(&claims, at(now))))
        }
        Step::LookupKey { number, now } => {
            Some((list.lookup_key(key(number), at(now)), model.lookup_key(key(number), at(now))))
        }
    }
}

/// News that matters for as long as anybody asks.
fn lasting(step: Step) -> Step {
    let until = at(100);
    match step {
        Step::Note(News::SessionEnded { session, .. }) => Step::Note(News::SessionEnded { session, until }),
        Step::Note(News::GrantsChanged { holder, version, .. }) => {
            Step::Note(News::GrantsChanged { holder, version, until })
        }
        Step::Note(News::KeyRevoked { key, .. }) => Step::Note(News::KeyRevoked { key, until }),
        other
        @ (Step::Note(News::UserChanged(_)) | Step::CatchUp(_) | Step::Lookup { .. } | Step::LookupKey { .. }) => other,
    }
}

proptest! {
    #[test]
    fn it_behaves_like_the_naive_model(steps in steps()) {
        let (list, model) = (MemoryRevocations::new(usize::MAX), FakeRevocations::default());
        for one in steps {
            if let Some((answer, expected)) = step(&list, &model, &one) {
                prop_assert_eq!(answer, expected);
            }
            prop_assert_eq!(list.len(), model.len());
        }
    }

    #[test]
    fn with_little_room_it_lets_nobody_in_who_is_revoked(max in 0_usize..4, steps in steps()) {
        let (list, model) = (MemoryRevocations::new(max), FakeRevocations::default());
        for one in steps {
            if let Some((answer, expected)) = step(&list, &model, &lasting(one)) {
                prop_assert!(answer != Revocation::Live || expected == Revocation::Live, "live, not {expected:?}");
            }
            prop_assert!(list.len() <= max);
        }
    }
}

#[test]
fn once_what_found_no_room_is_over_the_list_is_complete_again() {
    let list = MemoryRevocations::new(1);
    let ended =
        |number, until| News::SessionEnded { session: SessionId::new(Uuid::from_u128(number)), until: at(until) };
    list.note(&ended(1, 10));
    list.note(&ended(2, 20));
    list.caught_up(at(19));
    assert_eq!(list.lookup(&some_claims(2, 0), at(19)), Revocation::Unknown);
    list.caught_up(at(20));
    assert_eq!(list.lookup(&some_claims(3, 0), at(20)), Revocation::Live);
}
