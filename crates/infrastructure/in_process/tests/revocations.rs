//! The list of what no longer counts behaves like its naive model, whatever happens in whatever order.

use proptest::prelude::*;
use threshold_application::ports::{News, RevocationList};
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
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_u128..5, 0_i64..30).prop_map(|(number, until)| {
            Step::Note(News::SessionEnded { session: SessionId::new(Uuid::from_u128(number)), until: at(until) })
        }),
        (0_u128..5, 0_i64..30, 0_i64..30).prop_map(|(number, not_before, until)| {
            let user = UserId::new(Uuid::from_u128(number));
            Step::Note(News::GrantsChanged { user, not_before: at(not_before), until: at(until) })
        }),
        (0_i64..30).prop_map(Step::CatchUp),
        (0_u128..5, 0_i64..30, 0_i64..30).prop_map(|(number, made_at, now)| Step::Lookup { number, made_at, now }),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn it_behaves_like_the_naive_model(steps in steps()) {
        let (list, model) = (MemoryRevocations::default(), FakeRevocations::default());
        for step in steps {
            match step {
                Step::Note(news) => {
                    list.note(&news);
                    model.note(&news);
                }
                Step::CatchUp(now) => {
                    list.caught_up(at(now));
                    model.caught_up(at(now));
                }
                Step::Lookup { number, made_at, now } => {
                    let claims = some_claims(number, made_at);
                    prop_assert_eq!(list.lookup(&claims, at(now)), model.lookup(&claims, at(now)));
                }
            }
            prop_assert_eq!(list.len(), model.len());
        }
    }
}
