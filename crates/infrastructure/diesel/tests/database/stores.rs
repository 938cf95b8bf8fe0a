//! What is stored comes back, and what may not be twice is refused.

use crate::on_both;
use crate::values::{at, session, user};
use threshold_application::ports::{EndedSession, StoreError, Uniqueness};
use threshold_diesel::Database;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{Email, Login, PasswordHash, Standing, User};
use threshold_domain::sessions::{KeyId, SignatureAlgorithm, SigningKey};

async fn insert(database: &Database, user: &User) -> Result<(), StoreError> {
    let hash = PasswordHash::new("a hash".to_owned());
    let mut transaction = database.unit_of_work().begin().await?;
    transaction.users().insert(user, Some(&hash)).await?;
    transaction.commit().await
}

fn key(id: &str, made: Timestamp, retired: Option<Timestamp>) -> SigningKey {
    SigningKey {
        id: KeyId::new(id.to_owned()),
        algorithm: SignatureAlgorithm::EdDsa,
        sealed_private_key: vec![0, 1, 255],
        created_at: made,
        retired_at: retired,
    }
}

on_both! {
    async fn every_column_of_a_user_comes_back(place: Place) {
        let database = place.migrated().await;
        let mut ada = user(1);
        ada.standing = Standing::Suspended;
        ada.email_verified_at = Some(at(1));
        ada.pending_email = Some(Email::parse("New@example.org").unwrap());
        ada.last_login_at = Some(Timestamp::from_timestamp_micros(1).unwrap());
        ada.updated_at = Timestamp::from_timestamp_micros(-1).unwrap();
        ada.version = i64::MAX;
        insert(&database, &ada).await.unwrap();
        assert_eq!(database.accounts().find(ada.id).await.unwrap().unwrap(), ada);

        let mut bare = user(2);
        (bare.username, bare.display_name) = (None, None);
        insert(&database, &bare).await.unwrap();
        assert_eq!(database.accounts().find(bare.id).await.unwrap().unwrap(), bare);
    }

    async fn names_are_taken_until_their_owner_is_deleted(place: Place) {
        let database = place.migrated().await;
        let mut deleted = user(1);
        deleted.deleted_at = Some(at(1));
        insert(&database, &deleted).await.unwrap();
        let (mut owner, mut other) = (user(1), user(3));
        owner.id = user(2).id;
        insert(&database, &owner).await.unwrap();

        other.email = Email::parse("uSER1@EXAMPLE.org").unwrap();
        let refused = insert(&database, &other).await;
        assert!(matches!(refused, Err(StoreError::NotUnique(Uniqueness::Email))), "{refused:?}");
        (other.email, other.username) = (user(3).email, owner.username.clone());
        let refused = insert(&database, &other).await;
        assert!(matches!(refused, Err(StoreError::NotUnique(Uniqueness::Username))), "{refused:?}");
    }

    async fn users_are_found_by_either_name_with_their_hash(place: Place) {
        let database = place.migrated().await;
        insert(&database, &user(1)).await.unwrap();
        let mut gone = user(2);
        gone.deleted_at = Some(at(1));
        insert(&database, &gone).await.unwrap();
        let by = async |login: Login| database.accounts().find_by_login(&login).await.unwrap();
        for login in [Login::Email(Email::parse("user1@EXAMPLE.org").unwrap()), Login::Username(user(1).username.unwrap())] {
            let found = by(login).await.unwrap();
            assert_eq!(found.user, user(1));
            assert_eq!(found.password_hash.unwrap().expose(), "a hash");
        }
        assert!(by(Login::Email(gone.email)).await.is_none() && by(Login::Username(gone.username.unwrap())).await.is_none());
        assert!(database.accounts().find(gone.id).await.unwrap().is_none());
    }

    async fn a_sign_in_is_remembered_and_changes_nothing_else(place: Place) {
        let database = place.migrated().await;
        insert(&database, &user(1)).await.unwrap();
        let mut transaction = database.unit_of_work().begin().await.unwrap();
        assert!(transaction.users().record_login(user(1).id, at(5)).await.unwrap());
        assert!(!transaction.users().record_login(user(2).id, at(5)).await.unwrap());
        transaction.commit().await.unwrap();
        let expected = User { last_login_at: Some(at(5)), ..user(1) };
        assert_eq!(database.accounts().find(user(1).id).await.unwrap(), Some(expected));
    }

    async fn a_session_ends_once(place: Place) {
        let database = place.migrated().await;
        insert(&database, &user(1)).await.unwrap();
        let mut transaction = database.unit_of_work().begin().await.unwrap();
        transaction.sessions().insert(&session(1)).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(database.sessions().is_live(session(1).id).await.unwrap());
        assert!(!database.sessions().is_live(session(2).id).await.unwrap());

        let mut transaction = database.unit_of_work().begin().await.unwrap();
        assert!(transaction.sessions().end(session(1).id, at(5)).await.unwrap());
        assert!(!transaction.sessions().end(session(1).id, at(6)).await.unwrap());
        assert!(!transaction.sessions().end(session(2).id, at(6)).await.unwrap());
        transaction.commit().await.unwrap();
        assert!(!database.sessions().is_live(session(1).id).await.unwrap());
        let ended = EndedSession { id: session(1).id, ended_at: at(5) };
        assert_eq!(database.sessions().ended_since(at(5)).await.unwrap(), [ended]);
        assert_eq!(database.sessions().ended_since(at(6)).await.unwrap(), []);
    }

    async fn one_key_an_algorithm_signs(place: Place) {
        let database = place.migrated().await;
        let keys = database.signing_keys();
        let (retired, current) = (key("b", at(1), Some(at(2))), key("a", at(2), None));
        keys.insert(&current).await.unwrap();
        keys.insert(&retired).await.unwrap();
        let refused = keys.insert(&key("c", at(3), None)).await;
        assert!(matches!(refused, Err(StoreError::NotUnique(Uniqueness::SigningKey))), "{refused:?}");
        let refused = keys.insert(&key("a", at(3), Some(at(3)))).await;
        assert!(matches!(refused, Err(StoreError::NotUnique(Uniqueness::Id))), "{refused:?}");
        assert_eq!(keys.list().await.unwrap(), [retired, current]);
    }
}
