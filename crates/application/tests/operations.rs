//! Readiness, against fakes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use threshold_application::operations::{CheckReadiness, CheckStatus};
use threshold_application::ports::ReadinessCheck;
use threshold_testkit::{FixedClock, ScriptedCheck};

fn readiness(checks: Vec<Arc<dyn ReadinessCheck>>) -> CheckReadiness {
    let (clock, draining) = (Arc::new(FixedClock::default()), Arc::new(AtomicBool::new(false)));
    CheckReadiness { checks, clock, draining }
}

#[tokio::test]
async fn one_part_that_is_down_is_enough_and_is_named() {
    let key = Arc::new(ScriptedCheck::up("signing-key"));
    let use_case = readiness(vec![Arc::new(ScriptedCheck::up("database")), key.clone()]);
    assert!(use_case.execute().await.is_ready());
    key.set(false);
    let state = use_case.execute().await;
    assert!(!state.is_ready());
    let named: Vec<_> = state.checks.iter().map(|check| (check.name, check.status)).collect();
    assert_eq!(named, [("database", CheckStatus::Up), ("signing-key", CheckStatus::Down)]);
    key.set(true);
    assert!(use_case.execute().await.is_ready());
}

#[tokio::test]
async fn a_process_that_is_about_to_stop_is_not_ready_though_all_is_well() {
    let use_case = readiness(vec![Arc::new(ScriptedCheck::up("database"))]);
    use_case.draining.store(true, Ordering::SeqCst);
    let state = use_case.execute().await;
    assert!(state.draining && !state.is_ready());
    assert!(state.checks.iter().all(|check| check.status == CheckStatus::Up));
}
