//! Signing out.

use crate::world::world;
use threshold_application::ports::{RevocationList, SessionReader};
use threshold_application::sessions::{AuthenticateError, EndSessionError};
use threshold_testkit::{a_user, an_initiator, at};

#[tokio::test]
async fn a_session_that_was_ended_here_is_refused_at_once_and_ending_it_twice_is_ending_it_once() {
    let world = world().await;
    world.revocations.caught_up(at(0));
    let (first, second) = (world.sign_in(&a_user(1)).await.unwrap(), world.sign_in(&a_user(1)).await.unwrap());
    let (ended, kept) = (world.token(&first), world.token(&second));
    world.end.one(&an_initiator(), first.session.id).await.unwrap();
    world.end.one(&an_initiator(), first.session.id).await.unwrap();
    assert!(matches!(world.caller(&ended).await, Err(AuthenticateError::Revoked)));
    assert!(world.caller(&kept).await.is_ok());
    assert_eq!(world.store.ended_since(at(0)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn all_sessions_end_but_for_the_one_that_is_spared() {
    let world = world().await;
    world.add(&a_user(2)).await;
    world.revocations.caught_up(at(0));
    let mut signed_in = Vec::new();
    for user in [1, 1, 1, 2] {
        signed_in.push(world.sign_in(&a_user(user)).await.unwrap());
    }
    world.end.all_of(&an_initiator(), a_user(1).id, Some(signed_in.first().unwrap().session.id)).await.unwrap();
    for (signed_in, is_live) in signed_in.iter().zip([true, false, false, true]) {
        assert_eq!(world.caller(&world.token(signed_in)).await.is_ok(), is_live);
        assert_eq!(world.refresh.execute(&an_initiator(), &signed_in.token).await.is_ok(), is_live);
    }
}

#[tokio::test]
async fn a_sign_out_that_could_not_be_stored_changes_nothing() {
    let world = world().await;
    world.revocations.caught_up(at(0));
    let signed_in = world.sign_in(&a_user(1)).await.unwrap();
    let token = world.token(&signed_in);
    world.failing.set_commits_fail(true);
    assert!(world.end.one(&an_initiator(), signed_in.session.id).await.is_err());
    assert!(world.end.all_of(&an_initiator(), a_user(1).id, None).await.is_err());
    assert!(world.caller(&token).await.is_ok());
}

#[tokio::test]
async fn users_see_their_own_open_sessions_and_end_no_others() {
    let world = world().await;
    world.add(&a_user(2)).await;
    let (mine, other) = (world.sign_in(&a_user(1)).await.unwrap(), world.sign_in(&a_user(2)).await.unwrap());
    let listed = world.list.execute(a_user(1).id).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&mine.session));
    for session in [other.session.id, threshold_testkit::a_session(99, &a_user(1)).id] {
        assert!(matches!(
            world.end.one_of(&an_initiator(), a_user(1).id, session).await,
            Err(EndSessionError::NotFound)
        ));
    }
    world.end.one_of(&an_initiator(), a_user(1).id, mine.session.id).await.unwrap();
    assert!(matches!(
        world.end.one_of(&an_initiator(), a_user(1).id, mine.session.id).await,
        Err(EndSessionError::NotFound)
    ));
    assert!(world.list.execute(a_user(1).id).await.unwrap().is_empty());
}
