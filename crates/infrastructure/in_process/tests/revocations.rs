//! The list of ended sessions behaves like its naive model, whatever happens in whatever order.

use proptest::prelude::*;
use threshold_application::ports::RevocationList;
use threshold_domain::sessions::SessionId;
use threshold_in_process::MemoryRevocations;
use threshold_testkit::{FakeRevocations, at};
use uuid::Uuid;

#[derive(Debug, Clone)]
enum Step {
    Revoke(u128, i64),
    CatchUp(i64),
    Lookup(u128, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_u128..5, 0_i64..30).prop_map(|(session, until)| Step::Revoke(session, until)),
        (0_i64..30).prop_map(Step::CatchUp),
        (0_u128..5, 0_i64..30).prop_map(|(session, now)| Step::Lookup(session, now)),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #[test]
    fn it_behaves_like_the_naive_model(steps in steps()) {
        let (list, model) = (MemoryRevocations::default(), FakeRevocations::default());
        let session = |number| SessionId::new(Uuid::from_u128(number));
        for step in steps {
            match step {
                Step::Revoke(number, until) => {
                    list.revoke(session(number), at(until));
                    model.revoke(session(number), at(until));
                }
                Step::CatchUp(now) => {
                    list.caught_up(at(now));
                    model.caught_up(at(now));
                }
                Step::Lookup(number, now) => {
                    prop_assert_eq!(list.lookup(session(number), at(now)), model.lookup(session(number), at(now)));
                }
            }
            prop_assert_eq!(list.len(), model.len());
        }
    }
}
