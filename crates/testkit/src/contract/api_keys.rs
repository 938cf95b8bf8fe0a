//! Keys of machines.

use super::stores::{Stores, insert};
use crate::{an_api_key, an_api_key_secret, at};
use threshold_application::ports::{RevokedApiKey, StoreError, Uniqueness};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, Permission, Permissions, Principal};
use threshold_domain::accounts::User;

/// Makes keys; each has the secret of its number.
async fn add(stores: &Stores, keys: &[(u8, ApiKey)]) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await?;
    tx.roles().learn_permissions().await?;
    for (number, key) in keys {
        tx.api_keys().insert(key, &an_api_key_secret(*number).digest()).await?;
    }
    tx.commit().await
}

/// Answers whether it was there.
async fn revoke(stores: &Stores, key: &ApiKey, at: Timestamp) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.api_keys().lock(key.id).await.unwrap(), Some(key.standing()));
    tx.api_keys().revoke(key.id, at).await.unwrap();
    tx.commit().await.unwrap();
}

async fn use_keys(stores: &Stores, uses: &[(ApiKeyId, Timestamp)]) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.api_keys().note_uses(uses).await.unwrap();
    tx.commit().await.unwrap();
}

async fn purge(stores: &Stores, before: Timestamp, at_most: u32) -> u32 {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let purged = tx.api_keys().purge(before, at_most).await.unwrap();
    tx.commit().await.unwrap();
    purged
}

async fn ids(stores: &Stores, after: Option<ApiKeyId>, at_most: u32) -> Vec<u128> {
    let page = stores.api_keys.page(after, at_most).await.unwrap();
    page.into_iter().map(|key| key.id.as_uuid().as_u128()).collect()
}

/// By id and by digest.
pub async fn keys_come_back_as_they_were_made(stores: &Stores) {
    insert(stores, &crate::a_user(1)).await.unwrap();
    let permissions = Permissions::from(Permission::UsersRead).with(Permission::AlertingRespond.into());
    let made = Some(Principal::User(crate::a_user(1).id));
    let full = ApiKey { permissions, created_by: made, expires_at: Some(at(9)), ..an_api_key(1) };
    let bare = ApiKey { created_by: Some(Principal::ApiKey(full.id)), ..an_api_key(2) };
    add(stores, &[(1, full.clone()), (2, bare.clone())]).await.unwrap();
    assert_eq!(stores.api_keys.find(full.id).await.unwrap(), Some(full.clone()));
    assert_eq!(stores.api_keys.find(bare.id).await.unwrap(), Some(bare));
    let found = stores.api_key_lookup.by_digest(&an_api_key_secret(1).digest()).await.unwrap();
    assert_eq!(found, Some(full.standing()));
    assert_eq!(stores.api_key_lookup.by_digest(&an_api_key_secret(3).digest()).await.unwrap(), None);
    assert_eq!(stores.api_keys.find(an_api_key(3).id).await.unwrap(), None);
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.api_keys().standing(full.id).await.unwrap(), Some(full.standing()));
    assert_eq!(tx.api_keys().standing(an_api_key(3).id).await.unwrap(), None);
    assert_eq!(tx.api_keys().lock(an_api_key(3).id).await.unwrap(), None);
}

/// Neither may be shared.
pub async fn a_used_key_id_or_digest_is_refused(stores: &Stores) {
    add(stores, &[(1, an_api_key(1))]).await.unwrap();
    for taken in [(2, an_api_key(1)), (1, an_api_key(2))] {
        let refused = add(stores, &[taken]).await;
        assert!(matches!(refused, Err(StoreError::NotUnique(Uniqueness::Id))), "{refused:?}");
    }
}

/// And goes on from any of them.
pub async fn keys_are_listed_page_by_page_the_latest_first(stores: &Stores) {
    let keys: Vec<_> = (1..=5).map(|number| (number, an_api_key(number.into()))).collect();
    add(stores, &keys).await.unwrap();
    revoke(stores, &an_api_key(3), at(1)).await;
    assert_eq!(ids(stores, None, 2).await, [5, 4]);
    assert_eq!(ids(stores, Some(an_api_key(4).id), 2).await, [2, 1]);
    assert_eq!(ids(stores, Some(an_api_key(3).id), 9).await, [2, 1], "from one that is gone too");
    assert!(ids(stores, Some(an_api_key(1).id), 2).await.is_empty());
}

/// It is told, and its digest still says what it was.
pub async fn a_revoked_key_is_not_shown_any_more(stores: &Stores) {
    add(stores, &[(1, an_api_key(1)), (2, an_api_key(2))]).await.unwrap();
    revoke(stores, &an_api_key(1), at(5)).await;
    assert_eq!(stores.api_keys.find(an_api_key(1).id).await.unwrap(), None);
    assert_eq!(ids(stores, None, 9).await, [2]);
    let found = stores.api_key_lookup.by_digest(&an_api_key_secret(1).digest()).await.unwrap().unwrap();
    assert_eq!(found, ApiKey { revoked_at: Some(at(5)), ..an_api_key(1) }.standing());
    let told = RevokedApiKey { id: an_api_key(1).id, revoked_at: at(5) };
    assert_eq!(stores.api_keys.revoked_since(at(5)).await.unwrap(), [told]);
    assert_eq!(stores.api_keys.revoked_since(at(6)).await.unwrap(), []);
}

/// And never goes back.
pub async fn the_last_use_of_keys_is_noted_many_at_once(stores: &Stores) {
    let keys: Vec<_> = (1..=3).map(|number| (number, an_api_key(number.into()))).collect();
    add(stores, &keys).await.unwrap();
    let used = async |number: u128| stores.api_keys.find(an_api_key(number).id).await.unwrap().unwrap().last_used_at;
    use_keys(stores, &[(an_api_key(1).id, at(5)), (an_api_key(2).id, at(6)), (an_api_key(9).id, at(7))]).await;
    assert_eq!([used(1).await, used(2).await, used(3).await], [Some(at(5)), Some(at(6)), None]);
    use_keys(stores, &[(an_api_key(2).id, at(5)), (an_api_key(1).id, at(8))]).await;
    assert_eq!([used(1).await, used(2).await, used(3).await], [Some(at(8)), Some(at(6)), None]);
    use_keys(stores, &[]).await;
}

/// People and keys alike.
pub async fn a_key_outlives_whoever_made_it(stores: &Stores) {
    let gone = User { deleted_at: Some(at(1)), ..crate::a_user(1) };
    insert(stores, &gone).await.unwrap();
    let by_user = ApiKey { created_by: Some(gone.id.into()), expires_at: Some(at(1)), ..an_api_key(1) };
    let by_key = ApiKey { created_by: Some(by_user.id.into()), ..an_api_key(2) };
    add(stores, &[(1, by_user.clone()), (2, by_key.clone())]).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.users().erase(at(2), 9).await.unwrap(), [gone.id]);
    tx.commit().await.unwrap();
    let orphan = ApiKey { created_by: None, ..by_user.clone() };
    assert_eq!(stores.api_keys.find(by_user.id).await.unwrap(), Some(orphan));
    assert_eq!(purge(stores, at(2), 9).await, 1);
    let orphan = ApiKey { created_by: None, ..by_key.clone() };
    assert_eq!(stores.api_keys.find(by_key.id).await.unwrap(), Some(orphan));
}

/// Nothing is left of them.
pub async fn keys_that_are_over_are_purged_step_by_step(stores: &Stores) {
    let expiring = |number: u128, seconds| ApiKey { expires_at: Some(at(seconds)), ..an_api_key(number) };
    let keys = [(1, expiring(1, 10)), (2, expiring(2, 20)), (3, an_api_key(3)), (4, expiring(4, 99))];
    add(stores, &keys).await.unwrap();
    revoke(stores, &keys[2].1, at(10)).await;
    revoke(stores, &keys[3].1, at(10)).await;
    assert_eq!(purge(stores, at(10), 9).await, 0);
    assert_eq!(purge(stores, at(11), 2).await, 2);
    assert_eq!(purge(stores, at(11), 2).await, 1);
    assert_eq!(purge(stores, at(11), 2).await, 0);
    assert_eq!(ids(stores, None, 9).await, [2]);
    assert_eq!(stores.api_key_lookup.by_digest(&an_api_key_secret(3).digest()).await.unwrap(), None);
}
