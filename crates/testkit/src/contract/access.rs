//! Roles, and who holds them.

use super::stores::{Stores, insert, start};
use crate::{a_role, a_session, a_user, at};
use threshold_application::ports::{FoundSession, GrantsChange, StoreError, Uniqueness};
use threshold_domain::access::{
    BuiltInRole, Grants, GrantsVersion, Holder, Permission, Permissions, Role, RoleDescription, RoleName,
};
use threshold_domain::accounts::{Standing, User, UserId};

async fn add(stores: &Stores, role: &Role) -> Result<(), StoreError> {
    let mut tx = stores.unit_of_work.begin().await?;
    tx.roles().learn_permissions().await?;
    tx.roles().insert(role).await?;
    tx.commit().await
}

/// Gives these roles to a user, and answers the version.
async fn give(stores: &Stores, user: UserId, roles: &[RoleName], seconds: i64) -> GrantsVersion {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let version = tx.grants().next_version().await.unwrap();
    tx.grants().set_roles(user, roles).await.unwrap();
    tx.grants().mark_changed(user, version, at(seconds)).await.unwrap();
    tx.commit().await.unwrap();
    version
}

async fn grants(stores: &Stores, user: UserId) -> Grants {
    stores.unit_of_work.begin().await.unwrap().grants().of(user).await.unwrap()
}

async fn delete(stores: &Stores, name: &RoleName) -> bool {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let deleted = tx.roles().delete(name).await.unwrap();
    tx.commit().await.unwrap();
    deleted
}

fn only(permission: Permission) -> Permissions {
    [permission].into_iter().collect()
}

/// By name, and each is found by it.
pub async fn roles_come_back_with_their_permissions(stores: &Stores) {
    let permissions = only(Permission::UsersRead).with(only(Permission::AlertingRespond));
    let role = Role { permissions, ..a_role("support") };
    add(stores, &role).await.unwrap();
    assert_eq!(stores.roles.find(&role.name).await.unwrap(), Some(role.clone()));
    let names: Vec<_> = stores.roles.list().await.unwrap().into_iter().map(|role| role.name.to_string()).collect();
    assert_eq!(names, ["admin", "auditor", "operator", "support", "user"]);
    assert_eq!(stores.roles.find(&a_role("nobody").name).await.unwrap(), None);
    let again = add(stores, &a_role("support")).await;
    assert!(matches!(again, Err(StoreError::NotUnique(Uniqueness::Id))), "{again:?}");
    assert_eq!(stores.roles.find(&role.name).await.unwrap(), Some(role));
}

/// And tells of it.
pub async fn a_changed_role_has_other_permissions_and_a_version(stores: &Stores) {
    let role = Role { permissions: only(Permission::UsersRead), ..a_role("support") };
    add(stores, &role).await.unwrap();
    let description = RoleDescription::parse("Helps.").unwrap();
    let changed =
        Role { description, permissions: only(Permission::UsersWrite), updated_at: at(7), version: 2, ..role.clone() };
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let version = tx.grants().next_version().await.unwrap();
    assert_eq!(tx.roles().lock(&role.name).await.unwrap(), Some(role.clone()));
    tx.roles().update(&changed, version).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stores.roles.find(&role.name).await.unwrap(), Some(changed));
    let told = GrantsChange { holder: Holder::Role(role.name), version, at: at(7) };
    assert_eq!(stores.sessions.grants_changed_since(at(7)).await.unwrap(), [told]);
    assert!(stores.sessions.grants_changed_since(at(8)).await.unwrap().is_empty());
}

/// Also by somebody who is deleted, and can be brought back.
pub async fn a_role_that_somebody_holds_is_not_deleted(stores: &Stores) {
    let role = a_role("support");
    add(stores, &role).await.unwrap();
    let gone = User { deleted_at: Some(at(1)), roles: vec![role.name.clone()], ..a_user(1) };
    insert(stores, &gone).await.unwrap();
    assert!(!delete(stores, &role.name).await);
    give(stores, gone.id, &[], 5).await;
    assert!(delete(stores, &role.name).await);
    assert!(!delete(stores, &role.name).await);
    assert_eq!(stores.roles.find(&role.name).await.unwrap(), None);
}

/// Of all their roles, and the latest version of those and of the user.
pub async fn what_a_user_may_do_follows_from_their_roles(stores: &Stores) {
    for (name, permission) in [("support", Permission::UsersRead), ("on-call", Permission::AlertingRespond)] {
        add(stores, &Role { permissions: only(permission), ..a_role(name) }).await.unwrap();
    }
    insert(stores, &a_user(1)).await.unwrap();
    assert_eq!(grants(stores, a_user(1).id).await, Grants::of_every_user());
    let held = ["support", "on-call"].map(|name| a_role(name).name);
    let version = give(stores, a_user(1).id, &held, 5).await;
    let both = only(Permission::UsersRead).with(only(Permission::AlertingRespond));
    let [support, on_call] = held;
    let expected = Grants { roles: vec![on_call, support.clone()], permissions: both, version };
    assert_eq!(grants(stores, a_user(1).id).await, expected);
    assert_eq!(stores.accounts.find(a_user(1).id).await.unwrap().unwrap().roles, expected.roles);
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let later = tx.grants().next_version().await.unwrap();
    tx.roles().update(&Role { version: 2, ..a_role("support") }, later).await.unwrap();
    tx.commit().await.unwrap();
    let expected = Grants { permissions: only(Permission::AlertingRespond), version: later, ..expected };
    assert_eq!(grants(stores, a_user(1).id).await, expected);
    assert_eq!(grants(stores, a_user(2).id).await, Grants::none());
}

/// And nothing else of it happens.
pub async fn a_role_that_is_not_there_is_not_given(stores: &Stores) {
    let unknown = User { roles: vec![a_role("nobody").name], ..a_user(2) };
    assert!(matches!(insert(stores, &unknown).await, Err(StoreError::Corrupt { .. })));
    insert(stores, &a_user(1)).await.unwrap();
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let given = tx.grants().set_roles(a_user(1).id, &unknown.roles).await;
    assert!(matches!(given, Err(StoreError::Corrupt { .. })), "{given:?}");
    drop(tx);
    assert_eq!(grants(stores, a_user(1).id).await, Grants::of_every_user());
}

/// The latest one, from its moment on.
pub async fn a_change_of_grants_is_told_and_found_with_the_session(stores: &Stores) {
    insert(stores, &a_user(1)).await.unwrap();
    let session = a_session(1, &a_user(1));
    start(stores, &session).await.unwrap();
    assert!(stores.sessions.grants_changed_since(at(0)).await.unwrap().is_empty());
    give(stores, a_user(1).id, &[], 3).await;
    let version = give(stores, a_user(1).id, &[BuiltInRole::User.name()], 5).await;
    let told = GrantsChange { holder: Holder::User(a_user(1).id), version, at: at(5) };
    assert_eq!(stores.sessions.grants_changed_since(at(5)).await.unwrap(), [told]);
    assert!(stores.sessions.grants_changed_since(at(6)).await.unwrap().is_empty());
    let grants = Grants { version, ..Grants::of_every_user() };
    let expected = FoundSession { session: session.clone(), grants, grants_changed_at: Some(at(5)) };
    assert_eq!(stores.sessions.find(session.id).await.unwrap(), Some(expected));
}

/// One after the other, however many want one.
pub async fn versions_are_handed_out_one_after_the_other(stores: &Stores) {
    let change = async || {
        let mut tx = stores.unit_of_work.begin().await.unwrap();
        let version = tx.grants().next_version().await.unwrap();
        tx.commit().await.unwrap();
        version.as_i64()
    };
    let mut versions = futures::future::join_all((0..8).map(|_| change())).await;
    versions.sort_unstable();
    let first = versions.first().copied().unwrap();
    assert_eq!(versions, (first..first + 8).collect::<Vec<_>>());
    assert!(first > 0);
}

/// Neither deleted nor suspended, and with a password; or all of them.
pub async fn holders_of_a_role_are_counted(stores: &Stores) {
    let admin = BuiltInRole::Admin.name();
    let holder = |number| User { roles: vec![admin.clone()], ..a_user(number) };
    for user in [
        holder(1),
        holder(2),
        User { standing: Standing::Suspended, ..holder(3) },
        User { deleted_at: Some(at(1)), ..holder(4) },
        a_user(5),
    ] {
        insert(stores, &user).await.unwrap();
    }
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.users().insert(&holder(6), None).await.unwrap();
    assert_eq!(tx.grants().active_holders(&admin).await.unwrap(), 2);
    assert_eq!(tx.grants().active_holders(&BuiltInRole::Auditor.name()).await.unwrap(), 0);
    assert_eq!(tx.grants().holders(&admin).await.unwrap(), 5);
    assert_eq!(tx.grants().holders(&BuiltInRole::Auditor.name()).await.unwrap(), 0);
}
