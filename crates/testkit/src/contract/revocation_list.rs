//! Ended sessions.

use crate::at;
use std::sync::Arc;
use threshold_application::ports::{Revocation, RevocationList};
use threshold_domain::sessions::SessionId;
use uuid::Uuid;

/// Expands every case for revocation lists; the expression makes an `Arc<dyn RevocationList>`.
#[macro_export]
macro_rules! revocation_list_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            revocation_list,
            $fresh,
            [
                nothing_is_known_before_it_has_caught_up,
                a_revoked_session_is_revoked_also_when_the_list_is_old,
                what_is_over_is_forgotten,
                the_longest_time_wins,
            ]
        );
    };
}

fn session(number: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(number))
}

/// And no longer than a second after.
pub async fn nothing_is_known_before_it_has_caught_up(list: &Arc<dyn RevocationList>) {
    assert_eq!(list.lookup(session(1), at(0)), Revocation::Unknown);
    list.caught_up(at(0));
    assert_eq!(list.lookup(session(1), at(0)), Revocation::Live);
    assert_eq!(list.lookup(session(1), at(1)), Revocation::Live);
    assert_eq!(list.lookup(session(1), at(2)), Revocation::Unknown);
    list.caught_up(at(2));
    assert_eq!(list.lookup(session(1), at(2)), Revocation::Live);
}

/// What is known stays known.
pub async fn a_revoked_session_is_revoked_also_when_the_list_is_old(list: &Arc<dyn RevocationList>) {
    list.revoke(session(1), at(900));
    assert_eq!(list.lookup(session(1), at(0)), Revocation::Revoked);
    list.caught_up(at(1));
    assert_eq!(list.lookup(session(1), at(100)), Revocation::Revoked);
    assert_eq!(list.lookup(session(2), at(1)), Revocation::Live);
}

/// Once none of its tokens can be valid.
pub async fn what_is_over_is_forgotten(list: &Arc<dyn RevocationList>) {
    list.revoke(session(1), at(10));
    list.revoke(session(2), at(20));
    list.caught_up(at(9));
    assert_eq!(list.len(), 2);
    list.caught_up(at(10));
    assert_eq!((list.len(), list.is_empty()), (1, false));
    assert_eq!(list.lookup(session(2), at(10)), Revocation::Revoked);
    list.caught_up(at(20));
    assert!(list.is_empty());
}

/// A session that is revoked twice is held until the later time.
pub async fn the_longest_time_wins(list: &Arc<dyn RevocationList>) {
    list.revoke(session(1), at(20));
    list.revoke(session(1), at(10));
    assert_eq!(list.len(), 1);
    list.caught_up(at(15));
    assert_eq!(list.lookup(session(1), at(15)), Revocation::Revoked);
}
