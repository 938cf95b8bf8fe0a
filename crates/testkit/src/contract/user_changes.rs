//! What changes of users, until nothing is left of them.

use super::stores::{Stores, insert, start};
use crate::{a_link, a_session, a_user, at};
use threshold_application::ports::{PersonalData, StoreError, Uniqueness};
use threshold_domain::accounts::{DisplayName, Email, Login, PasswordHash, PasswordVersion, Standing, User, UserId};
use uuid::Uuid;

async fn update(stores: &Stores, user: &User) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await?;
    tx.users().lock(user.id).await?;
    tx.users().update(user).await?;
    tx.commit().await
}

async fn stored(stores: &Stores, user: &User) -> Option<User> {
    stores.accounts.find(user.id).await.unwrap()
}

async fn erase(stores: &Stores, seconds: i64, at_most: u32) -> Vec<UserId> {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let erased = tx.users().erase(at(seconds), at_most).await.unwrap();
    tx.commit().await.unwrap();
    erased
}

fn deleted(number: u128, seconds: i64) -> User {
    User { deleted_at: Some(at(seconds)), ..a_user(number) }
}

/// Somebody else may have taken their names.
pub async fn a_deleted_user_is_locked_to_be_brought_back(stores: &Stores) {
    for user in [deleted(1, 5), a_user(2)] {
        insert(stores, &user).await.unwrap();
    }
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.users().lock_deleted(a_user(2).id).await.unwrap(), None);
    assert_eq!(tx.users().lock_deleted(a_user(3).id).await.unwrap(), None);
    let found = tx.users().lock_deleted(a_user(1).id).await.unwrap().unwrap();
    assert_eq!(found, deleted(1, 5));
    tx.users().update(&User { deleted_at: None, version: 2, ..found }).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stored(stores, &a_user(1)).await, Some(User { version: 2, ..a_user(1) }));
    update(stores, &deleted(1, 6)).await.unwrap();
    insert(stores, &User { email: a_user(1).email, username: None, ..a_user(4) }).await.unwrap();
    let back = update(stores, &a_user(1)).await;
    assert!(matches!(back, Err(StoreError::NotUnique(Uniqueness::Email))), "{back:?}");
}

/// But for the last sign-in and the beginning; absent values empty their columns.
pub async fn an_update_stores_everything_of_a_user(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let full = User {
        email: Email::parse("New@Example.org").unwrap(),
        display_name: Some(DisplayName::parse("Ada").unwrap()),
        standing: Standing::Suspended,
        email_verified_at: Some(at(5)),
        pending_email: Some(Email::parse("other@example.org").unwrap()),
        updated_at: at(6),
        version: 9,
        ..a_user(1)
    };
    update(stores, &User { last_login_at: Some(at(7)), created_at: at(7), ..full.clone() }).await.unwrap();
    let found = stored(stores, &full).await.unwrap();
    assert_eq!((found.email.as_str(), found.clone()), ("New@Example.org", full));
    let by_new_name = Login::Email(Email::parse("new@example.org").unwrap());
    assert!(stores.accounts.find_by_login(&by_new_name).await.unwrap().is_some());
    let bare = User { username: None, display_name: None, email_verified_at: None, pending_email: None, ..found };
    update(stores, &bare).await.unwrap();
    assert_eq!(stored(stores, &bare).await, Some(bare));
}

/// Names of deleted users are free.
pub async fn an_update_to_a_taken_name_is_refused(stores: &Stores) {
    for user in [a_user(1), a_user(2), deleted(3, 5)] {
        insert(stores, &user).await.unwrap();
    }
    for (other, is_taken) in [(a_user(2), true), (deleted(3, 5), false)] {
        let by_email = update(stores, &User { email: other.email, ..a_user(1) }).await;
        let by_name = update(stores, &User { username: other.username, ..a_user(1) }).await;
        assert_eq!(matches!(by_email, Err(StoreError::NotUnique(Uniqueness::Email))), is_taken, "{by_email:?}");
        assert_eq!(matches!(by_name, Err(StoreError::NotUnique(Uniqueness::Username))), is_taken, "{by_name:?}");
    }
}

/// So no change is lost.
pub async fn who_locks_a_user_sees_what_others_have_changed(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let count = async || {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let user = tx.users().lock(a_user(1).id).await.unwrap().unwrap();
        tx.users().update(&User { version: user.version + 1, ..user }).await.unwrap();
        tx.commit().await.unwrap();
    };
    futures::future::join_all((0..8).map(|_| count())).await;
    assert_eq!(stored(stores, &a_user(1)).await.unwrap().version, a_user(1).version + 8);
}

/// Nor is there anybody to lock who never was.
pub async fn a_deleted_user_is_not_locked(stores: &Stores) {
    insert(stores, &deleted(1, 5)).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.users().lock(a_user(1).id).await.unwrap(), None);
    assert_eq!(tx.users().lock(a_user(2).id).await.unwrap(), None);
}

/// And nothing else of the account but its version.
pub async fn a_new_password_takes_the_place_of_the_old_one(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let hash = PasswordHash::new("another hash".to_owned());
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.passwords().replace(a_user(1).id, &hash, at(7)).await.unwrap();
    tx.commit().await.unwrap();
    let credentials = stores.accounts.find_by_login(&Login::Email(a_user(1).email)).await.unwrap().unwrap();
    assert_eq!((credentials.password_hash, credentials.password_version), (Some(hash), PasswordVersion::new(1)));
    assert_eq!(credentials.user, User { updated_at: at(7), version: a_user(1).version + 1, ..a_user(1) });
}

/// And no other; the account stays as it is.
pub async fn a_better_hash_takes_the_place_of_the_one_that_it_is_for(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let [better, late] = ["better", "late"].map(|text| PasswordHash::new(text.to_owned()));
    let old = PasswordHash::new(format!("hash of {}", a_user(1).id));
    for new in [&better, &late] {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        tx.passwords().upgrade(a_user(1).id, &old, new).await.unwrap();
        tx.commit().await.unwrap();
    }
    let credentials = stores.accounts.find_by_login(&Login::Email(a_user(1).email)).await.unwrap().unwrap();
    assert_eq!((credentials.password_hash, credentials.user), (Some(better), a_user(1)));
    assert_eq!(credentials.password_version, PasswordVersion::default(), "it is the same password");
}

/// As they are stored, and nobody's who is gone.
pub async fn credentials_are_found_by_id(stores: &Stores) {
    for user in [a_user(1), deleted(2, 5)] {
        insert(stores, &user).await.unwrap();
    }
    let found = stores.accounts.credentials(a_user(1).id).await.unwrap().unwrap();
    assert_eq!((found.user, found.password_hash.is_some()), (a_user(1), true));
    for gone in [a_user(2), a_user(3)] {
        assert!(stores.accounts.credentials(gone.id).await.unwrap().is_none());
    }
}

/// Only the one that was proven counts.
pub async fn nobody_signs_in_with_a_password_that_was_replaced(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let proven = stores.accounts.credentials(a_user(1).id).await.unwrap().unwrap().password_version;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.passwords().version(a_user(1).id).await.unwrap(), proven);
    tx.users().insert(&a_user(2), None).await.unwrap();
    let exists = [tx.passwords().exists(a_user(1).id).await, tx.passwords().exists(a_user(2).id).await];
    assert_eq!(exists.map(Result::unwrap), [true, false]);
    tx.passwords().replace(a_user(1).id, &PasswordHash::new("new".to_owned()), at(5)).await.unwrap();
    assert_eq!(tx.passwords().version(a_user(1).id).await.unwrap(), proven.next());
    assert!(!tx.users().record_login(a_user(1).id, proven, at(6)).await.unwrap());
    assert!(tx.users().record_login(a_user(1).id, proven.next(), at(7)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(stored(stores, &a_user(1)).await.unwrap().last_login_at, Some(at(7)));
}

/// Those deleted for longest first.
pub async fn users_deleted_long_ago_are_erased_step_by_step(stores: &Stores) {
    for user in [deleted(1, 30), deleted(2, 10), deleted(3, 20), deleted(4, 40), a_user(5)] {
        insert(stores, &user).await.unwrap();
    }
    let ids = |numbers: &[u128]| numbers.iter().map(|number| UserId::new(Uuid::from_u128(*number))).collect::<Vec<_>>();
    let mut first = erase(stores, 40, 2).await;
    first.sort_by_key(UserId::as_uuid);
    assert_eq!(first, ids(&[2, 3]));
    assert_eq!(erase(stores, 40, 2).await, ids(&[1]));
    assert_eq!(erase(stores, 40, 2).await, ids(&[]));
    assert!(stored(stores, &a_user(5)).await.is_some());
}

/// And nothing of anybody else's goes.
pub async fn nothing_is_left_of_an_erased_user(stores: &Stores) {
    for number in [1, 2] {
        insert(stores, &a_user(number)).await.unwrap();
        start(stores, &a_session(number, &a_user(number))).await.unwrap();
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        tx.links().add(&a_link(number, &a_user(number), 0)).await.unwrap();
        tx.commit().await.unwrap();
    }
    update(stores, &deleted(1, 10)).await.unwrap();
    assert_eq!(erase(stores, 11, 10).await, [a_user(1).id]);
    for (number, is_there) in [(1, false), (2, true)] {
        let (session, link) = (a_session(number, &a_user(number)), a_link(number, &a_user(number), 0));
        assert_eq!(stores.sessions.find(session.id).await.unwrap().is_some(), is_there);
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        assert_eq!(tx.links().find(&link.digest, link.purpose).await.unwrap().is_some(), is_there);
    }
    insert(stores, &a_user(1)).await.unwrap();
}

/// And of nobody else; nothing of who is deleted.
pub async fn personal_data_is_everything_that_is_kept_of_a_user(stores: &Stores) {
    for number in [1, 2] {
        insert(stores, &a_user(number)).await.unwrap();
        start(stores, &a_session(number, &a_user(number))).await.unwrap();
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        tx.links().add(&a_link(number, &a_user(number), 0)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let held = PersonalData {
        user: a_user(1),
        has_password: true,
        sessions: vec![a_session(1, &a_user(1))],
        links: vec![a_link(1, &a_user(1), 0)],
    };
    assert_eq!(stores.personal_data.of(a_user(1).id).await.unwrap(), Some(held));
    update(stores, &deleted(1, 10)).await.unwrap();
    assert_eq!(stores.personal_data.of(a_user(1).id).await.unwrap(), None);
    assert_eq!(stores.personal_data.of(a_user(3).id).await.unwrap(), None);
}
