//! What was proven by a password that somebody has replaced meanwhile is worth nothing.

use crate::world::{World, world};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::accounts::{ChangePassword, ChangePasswordError, DeleteAccount, DeleteAccountError};
use threshold_application::ports::{AccountReader, PasswordHasher, UnitOfWork};
use threshold_application::sessions::{Attempt, Guesser, SignIn, SignInError};
use threshold_domain::Precondition;
use threshold_domain::accounts::{Login, Password, PasswordHash, PasswordPolicy};
use threshold_domain::mail::Language;
use threshold_domain::sessions::{Provenance, SessionKind, SessionRequest};
use threshold_testkit::{InMemoryStore, SequentialIds, a_password, a_session, a_user, an_initiator, at};

/// What a mailed link does.
async fn replace_password(store: &InMemoryStore) {
    let mut tx = store.begin().await.unwrap();
    tx.passwords().replace(a_user(1).id, &PasswordHash::new("fake:9:the owner's".to_owned()), at(5)).await.unwrap();
    tx.commit().await.unwrap();
}

fn parts(world: World) -> (InMemoryStore, Arc<SignIn>, Arc<dyn PasswordHasher>) {
    let World { store, sign_in, hasher, .. } = world;
    (store, Arc::new(sign_in), hasher)
}

#[tokio::test]
async fn a_sign_in_under_way() {
    let (store, sign_in, _) = parts(world().await);
    let login = Login::Email(a_user(1).email);
    let attempt = Attempt { initiator: an_initiator(), login, password: a_password(), guesser: Guesser::default() };
    let proven = sign_in.check(attempt).await.unwrap();
    replace_password(&store).await;
    let request = SessionRequest { kind: SessionKind::Tokens, remembered: false, provenance: Provenance::default() };
    let started = sign_in.start_session(proven, request, None).await;
    assert!(matches!(started, Err(SignInError::InvalidCredentials)), "{started:?}");
}

#[tokio::test]
async fn a_change_of_the_password_under_way() {
    let (store, sign_in, hasher) = parts(world().await);
    let change = ChangePassword {
        accounts: Arc::new(store.clone()),
        hasher,
        unit_of_work: Arc::new(store.clone()),
        announcer: sign_in.announcer.clone(),
        clock: sign_in.clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        sign_in,
    };
    let new = Password::parse("seventeen amber lanterns 4").unwrap();
    let accepted = PasswordPolicy::default().accept(new, None, None).unwrap();
    let checked = change.check(&an_initiator(), a_user(1), a_password(), accepted, Guesser::default()).await.unwrap();
    replace_password(&store).await;
    let stored = change.store(&an_initiator(), checked, a_session(1, &a_user(1)).id, Language::English).await;
    assert!(matches!(stored, Err(ChangePasswordError::WrongPassword)), "{stored:?}");
    let credentials = store.credentials(a_user(1).id).await.unwrap().unwrap();
    assert_eq!(credentials.password_hash.unwrap().expose(), "fake:9:the owner's");
}

#[tokio::test]
async fn a_deletion_under_way() {
    let (store, sign_in, _) = parts(world().await);
    let delete = DeleteAccount {
        accounts: Arc::new(store.clone()),
        unit_of_work: Arc::new(store.clone()),
        announcer: sign_in.announcer.clone(),
        clock: sign_in.clock.clone(),
        ids: Arc::new(SequentialIds::default()),
        retention: TimeDelta::days(30),
        sign_in,
    };
    let checked = delete.check(&an_initiator(), a_user(1).id, Some(a_password()), Guesser::default()).await.unwrap();
    replace_password(&store).await;
    let deleted = delete.store(&an_initiator(), checked, &Precondition::None, Language::English).await;
    assert!(matches!(deleted, Err(DeleteAccountError::WrongPassword)), "{deleted:?}");
    assert!(AccountReader::find(&store, a_user(1).id).await.unwrap().is_some());
}
