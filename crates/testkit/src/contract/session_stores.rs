//! Sessions, beyond their beginning and end.

use super::stores::{Stores, insert, start};
use crate::{FakeSecrets, a_session, a_session_token, a_user, at};
use threshold_application::ports::SessionSecrets;
use threshold_domain::sessions::{Provenance, Session, SessionId, SessionKind, SessionRequest};

async fn found(stores: &Stores, id: SessionId) -> Option<Session> {
    stores.sessions.find(id).await.unwrap().map(|found| found.session)
}

async fn used(stores: &Stores, session: &Session, seconds: i64) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let mut session = tx.sessions().lock(session.id).await.unwrap().unwrap();
    session.last_seen_at = at(seconds);
    tx.sessions().update(&session).await.unwrap();
    tx.commit().await.unwrap();
}

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(|session| session.id).collect()
}

/// Two users, and three sessions of the first.
async fn three_sessions(stores: &Stores) -> [Session; 3] {
    insert(stores, &a_user(1)).await.unwrap();
    insert(stores, &a_user(2)).await.unwrap();
    start(stores, &a_session(99, &a_user(2))).await.unwrap();
    let sessions = [1, 2, 3].map(|number| a_session(number, &a_user(1)));
    for session in &sessions {
        start(stores, session).await.unwrap();
    }
    sessions
}

/// Of either kind, to the microsecond.
pub async fn every_column_of_a_session_comes_back(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let request = SessionRequest { kind: SessionKind::Browser, remembered: true, provenance: Provenance::default() };
    let ipv6 = Provenance { address: Some("2001:db8::1".parse().unwrap()), user_agent: None };
    let sessions = [
        a_session(1, &a_user(1)),
        Session {
            request: request.clone(),
            last_seen_at: at(1),
            idle_until: at(2),
            expires_at: at(3),
            ..a_session(2, &a_user(1))
        },
        Session { request: SessionRequest { provenance: ipv6, ..request }, ..a_session(3, &a_user(1)) },
    ];
    for session in sessions {
        start(stores, &session).await.unwrap();
        assert_eq!(found(stores, session.id).await, Some(session));
    }
}

/// Whatever else the caller has changed.
pub async fn an_update_stores_the_proof_and_the_use_and_nothing_else(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let session = a_session(1, &a_user(1));
    start(stores, &session).await.unwrap();
    let successor = FakeSecrets.successor(&a_session_token(1)).unwrap();
    let mut expected = session.clone();
    expected.renewed(&successor, FakeSecrets.digest(&successor), at(7));
    (expected.last_seen_at, expected.idle_until) = (at(8), at(9));
    let changed = Session { created_at: at(5), expires_at: at(6), ended_at: Some(at(7)), ..expected.clone() };
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.sessions().update(&changed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(stores, session.id).await, Some(expected));
}

/// And sees what the other one did.
pub async fn of_two_who_lock_a_session_one_waits(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    start(stores, &a_session(1, &a_user(1))).await.unwrap();
    let renew = async || {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let mut session = tx.sessions().lock(a_session(1, &a_user(1)).id).await.unwrap().unwrap();
        session.proof.generation += 1;
        tx.sessions().update(&session).await.unwrap();
        tx.commit().await.unwrap();
    };
    futures::join!(renew(), renew(), renew(), renew());
    assert_eq!(found(stores, a_session(1, &a_user(1)).id).await.unwrap().proof.generation, 4);
}

/// No error.
pub async fn locking_what_is_not_there_is_none(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.sessions().lock(a_session(1, &a_user(1)).id).await.unwrap(), None);
}

/// Neither ended ones, nor idle ones, nor another user's.
pub async fn open_sessions_are_told_the_latest_used_first(stores: &Stores) {
    let [first, second, third] = three_sessions(stores).await;
    let idle = Session { idle_until: at(10), ..a_session(4, &a_user(1)) };
    start(stores, &idle).await.unwrap();
    used(stores, &second, 5).await;
    used(stores, &first, 4).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.sessions().end(third.id, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let open = stores.sessions.open_of(a_user(1).id, at(9)).await.unwrap();
    assert_eq!(ids(&open), [second.id, first.id, idle.id]);
    let open = stores.sessions.open_of(a_user(1).id, at(10)).await.unwrap();
    assert_eq!(ids(&open), [second.id, first.id], "it is idle from the moment itself on");
}

/// Those that have ended before are not among them.
pub async fn ending_all_spares_one_and_tells_which(stores: &Stores) {
    let [first, second, third] = three_sessions(stores).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.sessions().end(third.id, at(1)).await.unwrap();
    assert_eq!(tx.sessions().end_all(a_user(1).id, Some(second.id), at(2)).await.unwrap(), [first.id]);
    tx.commit().await.unwrap();
    assert_eq!(ids(&stores.sessions.open_of(a_user(1).id, at(2)).await.unwrap()), [second.id]);
    assert_eq!(stores.sessions.open_of(a_user(2).id, at(2)).await.unwrap().len(), 1);
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.sessions().end_all(a_user(1).id, None, at(3)).await.unwrap(), [second.id]);
    tx.commit().await.unwrap();
    assert_eq!(found(stores, third.id).await.unwrap().ended_at, Some(at(1)), "it keeps its time");
}

/// As many as are to be kept stay.
pub async fn the_sessions_not_used_for_longest_make_room(stores: &Stores) {
    let [first, second, third] = three_sessions(stores).await;
    used(stores, &first, 9).await;
    used(stores, &third, 8).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert!(tx.sessions().end_oldest(a_user(1).id, 3, at(10)).await.unwrap().is_empty());
    assert_eq!(tx.sessions().end_oldest(a_user(1).id, 2, at(10)).await.unwrap(), [second.id]);
    tx.commit().await.unwrap();
    assert_eq!(ids(&stores.sessions.open_of(a_user(1).id, at(10)).await.unwrap()), [first.id, third.id]);
}

/// Ended ones count from their end.
pub async fn idle_sessions_are_purged_step_by_step(stores: &Stores) {
    let [first, second, third] = three_sessions(stores).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.sessions().end(first.id, at(1)).await.unwrap();
    tx.sessions().end(second.id, at(2)).await.unwrap();
    assert_eq!(tx.sessions().purge(at(1), 10).await.unwrap(), 0);
    assert_eq!(tx.sessions().purge(at(3), 1).await.unwrap(), 1);
    assert_eq!(tx.sessions().purge(at(3), 10).await.unwrap(), 1);
    tx.commit().await.unwrap();
    for (session, is_there) in [(first, false), (second, false), (third, true)] {
        assert_eq!(found(stores, session.id).await.is_some(), is_there);
    }
}

/// Not those who are gone.
pub async fn a_transaction_finds_its_own_users(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&a_user(1), None).await.unwrap();
    assert_eq!(tx.users().find(a_user(1).id).await.unwrap(), Some(a_user(1)));
    let deleted = threshold_domain::accounts::User { deleted_at: Some(at(1)), ..a_user(2) };
    tx.users().insert(&deleted, None).await.unwrap();
    assert_eq!(tx.users().find(deleted.id).await.unwrap(), None);
    assert_eq!(tx.users().find(a_user(3).id).await.unwrap(), None);
}
