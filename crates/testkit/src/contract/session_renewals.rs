//! Using refresh tokens up.

use super::stores::{Stores, insert, start};
use crate::{FakeSecrets, a_session, a_session_token, a_user, at};
use threshold_application::ports::{Renewal, RenewedSession, SessionSecrets};
use threshold_domain::Timestamp;
use threshold_domain::access::Grants;
use threshold_domain::accounts::User;
use threshold_domain::sessions::{SecretDigest, Session, SessionId, SessionKind, SessionProof, SessionRequest};

/// The use of a session's first secret at second 5, which puts its idle end off to `idle_until`.
fn renewal(session: &Session, idle_until: Timestamp) -> Renewal {
    let successor = FakeSecrets.successor(&a_session_token(1)).unwrap();
    let proof = SessionProof { generation: 1, digest: FakeSecrets.digest(&successor), renewed_at: at(5) };
    Renewal { session: session.id, used: session.proof.digest, proof, idle_until }
}

async fn stored(stores: &Stores, id: SessionId) -> Option<Session> {
    stores.sessions.find(id).await.unwrap().map(|found| found.session)
}

async fn started(stores: &Stores, session: Session) -> Session {
    insert(stores, &a_user(1)).await.unwrap();
    start(stores, &session).await.unwrap();
    session
}

/// And nothing but that has changed.
pub async fn the_secret_that_proves_a_session_is_used_up(stores: &Stores) {
    let session = started(stores, a_session(1, &a_user(1))).await;
    let renewal = renewal(&session, at(60));
    let expected = Session { proof: renewal.proof.clone(), last_seen_at: at(5), idle_until: at(60), ..session.clone() };
    let renewed = RenewedSession { session: expected.clone(), user: a_user(1), grants: Grants::of_every_user() };
    assert_eq!(stores.renewals.renew(&|| renewal.clone()).await.unwrap(), Some(renewed));
    assert_eq!(stored(stores, session.id).await, Some(expected.clone()));
    assert_eq!(stores.renewals.renew(&|| renewal.clone()).await.unwrap(), None, "only once");
    assert_eq!(stored(stores, session.id).await, Some(expected));
}

/// However often it is used.
pub async fn no_renewal_outlives_the_absolute_end(stores: &Stores) {
    let session = started(stores, Session { expires_at: at(50), ..a_session(1, &a_user(1)) }).await;
    let renewed = stores.renewals.renew(&|| renewal(&session, at(60))).await.unwrap();
    assert_eq!(renewed.map(|renewed| renewed.session.idle_until), Some(at(50)));
}

/// And are left as they are.
pub async fn sessions_that_may_not_be_renewed_are_not(stores: &Stores) {
    let open = started(stores, a_session(1, &a_user(1))).await;
    let browser = SessionRequest { kind: SessionKind::Browser, ..open.request.clone() };
    let others = [
        Session { request: browser, ..a_session(2, &a_user(1)) },
        Session { ended_at: Some(at(4)), ..a_session(3, &a_user(1)) },
        Session { idle_until: at(5), ..a_session(4, &a_user(1)) },
    ];
    for session in others {
        start(stores, &session).await.unwrap();
        assert_eq!(stores.renewals.renew(&|| renewal(&session, at(60))).await.unwrap(), None);
        assert_eq!(stored(stores, session.id).await, Some(session));
    }
    let another_secret = Renewal { used: SecretDigest::new([9; 32]), ..renewal(&open, at(60)) };
    assert_eq!(stores.renewals.renew(&|| another_secret.clone()).await.unwrap(), None);
    let unknown = Renewal { session: a_session(9, &a_user(1)).id, ..renewal(&open, at(60)) };
    assert_eq!(stores.renewals.renew(&|| unknown.clone()).await.unwrap(), None);
    assert_eq!(stored(stores, open.id).await, Some(open));
}

/// Whatever became of the session.
pub async fn nothing_is_renewed_for_a_user_who_is_gone(stores: &Stores) {
    let gone = User { deleted_at: Some(at(1)), ..a_user(1) };
    insert(stores, &gone).await.unwrap();
    let session = a_session(1, &gone);
    start(stores, &session).await.unwrap();
    assert_eq!(stores.renewals.renew(&|| renewal(&session, at(60))).await.unwrap(), None);
}

/// The others are told that it is not the current one.
pub async fn of_many_who_use_one_secret_one_succeeds(stores: &Stores) {
    let session = started(stores, a_session(1, &a_user(1))).await;
    let renewal = renewal(&session, at(60));
    let make = || renewal.clone();
    let outcomes = futures::future::join_all((0..8).map(|_| stores.renewals.renew(&make))).await;
    let succeeded = outcomes.into_iter().filter(|outcome| outcome.as_ref().unwrap().is_some()).count();
    assert_eq!(succeeded, 1);
}
