//! Links that were mailed, and what they change.

use super::stores::{Stores, insert};
use crate::{a_link, a_user, at};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, LinkPurpose};

async fn add(stores: &Stores, link: &AccountLink) -> bool {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let is_good = tx.links().add(link).await.unwrap();
    tx.commit().await.unwrap();
    is_good
}

async fn use_up(stores: &Stores, link: &AccountLink, now: Timestamp) -> Option<AccountLink> {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let used = tx.links().use_up(&link.digest, link.purpose, now).await.unwrap();
    tx.commit().await.unwrap();
    used
}

async fn found(stores: &Stores, link: &AccountLink) -> Option<AccountLink> {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.links().find(&link.digest, link.purpose).await.unwrap()
}

/// And is found afterwards as used.
pub async fn a_link_is_used_once(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let link = a_link(1, &a_user(1), 0);
    assert!(add(stores, &link).await);
    assert_eq!(found(stores, &link).await, Some(link.clone()), "every column comes back");
    let used = AccountLink { used_at: Some(at(5)), ..link.clone() };
    assert_eq!(use_up(stores, &link, at(5)).await, Some(used.clone()));
    assert_eq!(use_up(stores, &link, at(6)).await, None);
    assert_eq!(found(stores, &link).await, Some(used));
    assert!(!add(stores, &link).await, "adding it again doesn't make it good again");
}

/// The others get nothing.
pub async fn of_many_who_use_one_link_one_gets_it(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let link = a_link(1, &a_user(1), 0);
    add(stores, &link).await;
    let used = futures::future::join_all((0..8).map(|_| use_up(stores, &link, at(5)))).await;
    assert_eq!(used.into_iter().flatten().count(), 1);
}

/// Nor for another purpose, nor one that nobody has made.
pub async fn a_link_is_worth_nothing_once_it_has_expired(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let link = AccountLink { expires_at: at(10), ..a_link(1, &a_user(1), 0) };
    add(stores, &link).await;
    assert_eq!(use_up(stores, &link, at(10)).await, None);
    let other_purpose = AccountLink { purpose: LinkPurpose::ResetPassword, ..link.clone() };
    assert_eq!(use_up(stores, &other_purpose, at(5)).await, None);
    assert_eq!(use_up(stores, &a_link(2, &a_user(1), 0), at(5)).await, None);
    assert!(use_up(stores, &link, at(9)).await.is_some());
}

/// Of the same user and purpose, in whatever order they come in.
pub async fn the_newest_link_voids_the_older_ones(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    insert(stores, &a_user(2)).await.unwrap();
    let [first, second, third] = [(1, 10), (2, 30), (3, 20)].map(|(number, asked)| a_link(number, &a_user(1), asked));
    let others = a_link(4, &a_user(2), 0);
    let reset = AccountLink { purpose: LinkPurpose::ResetPassword, ..a_link(5, &a_user(1), 0) };
    for link in [&others, &reset, &first, &second] {
        assert!(add(stores, link).await);
    }
    assert!(!add(stores, &third).await, "it came late");
    for void in [&first, &third] {
        assert_eq!(use_up(stores, void, at(40)).await, None);
        assert!(found(stores, void).await.is_some_and(|link| link.used_at.is_some()));
    }
    for good in [&others, &reset, &second] {
        assert!(use_up(stores, good, at(40)).await.is_some());
    }
}

/// And nobody else's, nor for another purpose.
pub async fn voiding_links_spares_those_of_others(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    insert(stores, &a_user(2)).await.unwrap();
    let (void, others) = (a_link(1, &a_user(1), 0), a_link(2, &a_user(2), 0));
    let reset = AccountLink { purpose: LinkPurpose::ResetPassword, ..a_link(3, &a_user(1), 0) };
    for link in [&void, &others, &reset] {
        add(stores, link).await;
    }
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.links().void(a_user(1).id, LinkPurpose::VerifyEmail, at(4)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(found(stores, &void).await.and_then(|link| link.used_at), Some(at(4)));
    assert!(use_up(stores, &others, at(5)).await.is_some() && use_up(stores, &reset, at(5)).await.is_some());
}

/// Step by step.
pub async fn old_links_are_purged(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    for number in 1..=3 {
        add(stores, &AccountLink { expires_at: at(10), ..a_link(number, &a_user(1), 0) }).await;
    }
    let purge = async |seconds: i64| {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let purged = tx.links().purge(at(seconds), 2).await.unwrap();
        tx.commit().await.unwrap();
        purged
    };
    assert_eq!((purge(10).await, purge(11).await, purge(11).await, purge(11).await), (0, 2, 1, 0));
}
