//! Browser sessions.

use crate::world::world;
use chrono::TimeDelta;
use threshold_application::sessions::AuthenticateError;
use threshold_domain::sessions::{SessionSecret, SessionToken};
use threshold_testkit::{a_user, at};

#[tokio::test]
async fn a_browser_is_known_by_its_cookie_and_has_a_token_for_its_pages() {
    let world = world().await;
    let opened = world.open_browser(&a_user(1), None).await;
    let known = world.browser.execute(&opened.token).await.unwrap();
    assert_eq!((known.person.user_id, known.person.session), (a_user(1).id, opened.session.id));
    assert!(known.csrf_token.is(&format!("csrf-{}", opened.session.id)));
    assert!(known.renewed.is_none());
}

#[tokio::test]
async fn a_session_slides_once_a_minute_and_its_cookie_with_it() {
    let world = world().await;
    let opened = world.open_browser(&a_user(1), None).await;
    world.clock.advance(TimeDelta::seconds(59));
    assert!(world.browser.execute(&opened.token).await.unwrap().renewed.is_none());
    world.clock.advance(TimeDelta::seconds(1));
    let (token, session) = world.browser.execute(&opened.token).await.unwrap().renewed.unwrap();
    assert_eq!(token, opened.token, "sliding is no reason for a new secret");
    assert_eq!((session.last_seen_at, session.idle_until), (at(60), at(60) + TimeDelta::days(30)));
    assert!(world.browser.execute(&opened.token).await.unwrap().renewed.is_none());
}

#[tokio::test]
async fn a_change_of_grants_brings_a_new_secret_and_the_old_one_is_soon_worth_nothing() {
    let world = world().await;
    let opened = world.open_browser(&a_user(1), None).await;
    world.clock.advance(TimeDelta::seconds(1));
    world.change_grants(&a_user(1)).await;
    world.clock.advance(TimeDelta::seconds(1));
    let (renewed, _) = world.browser.execute(&opened.token).await.unwrap().renewed.unwrap();
    assert_ne!(renewed, opened.token);
    assert!(world.browser.execute(&renewed).await.unwrap().renewed.is_none());
    world.clock.advance(TimeDelta::seconds(10));
    assert!(world.browser.execute(&opened.token).await.is_ok(), "a page sends many requests at once");
    world.clock.advance(TimeDelta::milliseconds(1));
    assert!(matches!(world.browser.execute(&opened.token).await, Err(AuthenticateError::Invalid)));
    assert!(world.browser.execute(&renewed).await.is_ok());
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let world = world().await;
    let first = world.open_browser(&a_user(1), None).await;
    let forged = SessionToken { secret: SessionSecret::new([9; 32]), ..first.token.clone() };
    let second = world.open_browser(&a_user(1), Some(&forged)).await;
    assert!(world.browser.execute(&first.token).await.is_ok(), "a forged cookie ends nothing");
    let third = world.open_browser(&a_user(1), Some(&second.token)).await;
    assert_ne!(third.session.id, second.session.id);
    assert!(matches!(world.browser.execute(&second.token).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn what_is_no_browsers_secret_is_refused() {
    let world = world().await;
    let tokens = world.sign_in(&a_user(1)).await.unwrap();
    let opened = world.open_browser(&a_user(1), None).await;
    let forged = SessionToken { secret: SessionSecret::new([9; 32]), ..opened.token.clone() };
    let other = SessionToken { session: tokens.session.id, ..opened.token.clone() };
    for token in [&tokens.token, &forged, &other] {
        assert!(matches!(world.browser.execute(token).await, Err(AuthenticateError::Invalid)));
    }
    world.clock.advance(TimeDelta::days(30));
    assert!(matches!(world.browser.execute(&opened.token).await, Err(AuthenticateError::Expired)));
    assert!(
        matches!(world.browser.execute(&forged).await, Err(AuthenticateError::Invalid)),
        "nothing is told to strangers"
    );
}
