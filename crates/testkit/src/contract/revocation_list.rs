//! Ended sessions, changed grants and revoked keys.

use crate::{at, some_claims};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{News, Revocation, RevocationList};
use threshold_domain::access::{ApiKeyId, BuiltInRole, GrantsVersion, Holder};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId};
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
                tokens_from_before_a_change_of_grants_are_stale,
                tokens_from_before_a_change_of_a_role_are_stale,
                the_latest_change_of_grants_wins,
                a_revoked_key_is_revoked_until_nobody_remembers_it,
                other_news_is_nothing_to_it,
                catching_up_does_not_go_back,
            ]
        );
    };
}

fn session(number: u128) -> AccessClaims {
    some_claims(number, 0)
}

fn ended(number: u128, until: i64) -> News {
    News::SessionEnded { session: SessionId::new(Uuid::from_u128(number)), until: at(until) }
}

fn changed(number: u128, version: i64, until: i64) -> News {
    let holder = Holder::User(UserId::new(Uuid::from_u128(number)));
    News::GrantsChanged { holder, version: GrantsVersion::new(version), until: at(until) }
}

/// And no longer than a second after.
pub async fn nothing_is_known_before_it_has_caught_up(list: &Arc<dyn RevocationList>) {
    assert_eq!((list.lookup(&session(1), at(0)), list.is_current(at(0))), (Revocation::Unknown, false));
    list.caught_up(at(0));
    assert_eq!((list.lookup(&session(1), at(0)), list.is_current(at(0))), (Revocation::Live, true));
    assert_eq!(list.lookup(&session(1), at(1)), Revocation::Live);
    let late = at(1) + TimeDelta::microseconds(1);
    assert_eq!((list.lookup(&session(1), late), list.is_current(late)), (Revocation::Unknown, false));
    list.caught_up(at(2));
    assert_eq!(list.lookup(&session(1), at(2)), Revocation::Live);
}

/// What is known stays known.
pub async fn a_revoked_session_is_revoked_also_when_the_list_is_old(list: &Arc<dyn RevocationList>) {
    list.note(&ended(1, 900));
    assert_eq!(list.lookup(&session(1), at(0)), Revocation::Revoked);
    list.caught_up(at(1));
    assert_eq!(list.lookup(&session(1), at(100)), Revocation::Revoked);
    assert_eq!(list.lookup(&session(2), at(1)), Revocation::Live);
}

/// Once none of its tokens can be valid.
pub async fn what_is_over_is_forgotten(list: &Arc<dyn RevocationList>) {
    list.note(&ended(1, 10));
    list.note(&ended(2, 20));
    list.note(&changed(1, 5, 20));
    list.caught_up(at(9));
    assert_eq!(list.len(), 3);
    list.caught_up(at(10));
    assert_eq!((list.len(), list.is_empty()), (2, false));
    assert_eq!(list.lookup(&session(2), at(10)), Revocation::Revoked);
    list.caught_up(at(20));
    assert!(list.is_empty());
}

/// What is told twice is held until the later time.
pub async fn the_longest_time_wins(list: &Arc<dyn RevocationList>) {
    for news in [ended(1, 20), ended(1, 10), changed(2, 1, 20), changed(2, 1, 10)] {
        list.note(&news);
    }
    assert_eq!(list.len(), 2);
    list.caught_up(at(15));
    assert_eq!(list.lookup(&session(1), at(15)), Revocation::Revoked);
    assert_eq!(list.lookup(&session(2), at(15)), Revocation::Stale);
}

/// Those that include it are good.
pub async fn tokens_from_before_a_change_of_grants_are_stale(list: &Arc<dyn RevocationList>) {
    list.note(&changed(1, 5, 1000));
    assert_eq!(list.lookup(&some_claims(1, 4), at(5)), Revocation::Stale, "known also when the list is old");
    list.caught_up(at(5));
    assert_eq!(list.lookup(&some_claims(1, 4), at(5)), Revocation::Stale);
    assert_eq!(list.lookup(&some_claims(1, 5), at(5)), Revocation::Live);
    assert_eq!(list.lookup(&some_claims(2, 4), at(5)), Revocation::Live, "another user's");
}

/// Whoever holds it.
pub async fn tokens_from_before_a_change_of_a_role_are_stale(list: &Arc<dyn RevocationList>) {
    let changed =
        |role| News::GrantsChanged { holder: Holder::Role(role), version: GrantsVersion::new(5), until: at(1000) };
    list.note(&changed(BuiltInRole::Auditor.name()));
    list.caught_up(at(5));
    assert_eq!(list.lookup(&some_claims(1, 4), at(5)), Revocation::Live, "a role that it doesn't hold");
    list.note(&changed(BuiltInRole::User.name()));
    assert_eq!(list.lookup(&some_claims(1, 4), at(5)), Revocation::Stale);
    assert_eq!(list.lookup(&some_claims(2, 4), at(5)), Revocation::Stale);
    assert_eq!(list.lookup(&some_claims(1, 5), at(5)), Revocation::Live);
    assert_eq!(list.len(), 2);
    list.caught_up(at(1000));
    assert!(list.is_empty());
}

/// In whatever order they are told.
pub async fn the_latest_change_of_grants_wins(list: &Arc<dyn RevocationList>) {
    list.note(&changed(1, 9, 1000));
    list.note(&changed(1, 5, 1000));
    list.caught_up(at(9));
    assert_eq!(list.lookup(&some_claims(1, 8), at(9)), Revocation::Stale);
    assert_eq!(list.len(), 1);
}

/// What is known stays known, and what is not is not made up.
pub async fn a_revoked_key_is_revoked_until_nobody_remembers_it(list: &Arc<dyn RevocationList>) {
    let key = |number| ApiKeyId::new(Uuid::from_u128(number));
    assert_eq!(list.lookup_key(key(1), at(0)), Revocation::Unknown);
    for until in [20, 10] {
        list.note(&News::KeyRevoked { key: key(1), until: at(until) });
    }
    assert_eq!(list.lookup_key(key(1), at(0)), Revocation::Revoked, "known also when the list is old");
    assert_eq!(list.lookup_key(key(2), at(0)), Revocation::Unknown);
    list.caught_up(at(15));
    assert_eq!((list.lookup_key(key(1), at(15)), list.len()), (Revocation::Revoked, 1));
    assert_eq!(list.lookup_key(key(2), at(16)), Revocation::Live);
    let late = at(16) + TimeDelta::microseconds(1);
    assert_eq!(list.lookup_key(key(2), late), Revocation::Unknown);
    assert_eq!(list.lookup(&session(1), at(15)), Revocation::Live, "a session of the same number");
    list.caught_up(at(20));
    assert!(list.is_empty());
}

/// What is shown of a user revokes nothing.
pub async fn other_news_is_nothing_to_it(list: &Arc<dyn RevocationList>) {
    list.note(&News::UserChanged(UserId::new(Uuid::from_u128(1))));
    list.caught_up(at(0));
    assert!(list.is_empty());
    assert_eq!(list.lookup(&session(1), at(0)), Revocation::Live);
}

/// Of two who tell it the later moment counts.
pub async fn catching_up_does_not_go_back(list: &Arc<dyn RevocationList>) {
    list.caught_up(at(5));
    list.caught_up(at(1));
    assert!(list.is_current(at(6)));
}
