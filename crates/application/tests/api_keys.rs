//! Keys of machines, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::access::{
    AuthenticateMachine, ChangeRoles, ChangeRolesError, Exceeds, KeyUses, Machine, ManageApiKeys, ManageApiKeysError,
    NewApiKey,
};
use threshold_application::accounts::{UpdateAccount, UpdateAccountError};
use threshold_application::ports::{
    ApiKeyReader, Clock, Metric, News, NewsFeed, RevocationList, StoreError, UnitOfWork,
};
use threshold_application::sessions::{
    Announcer, AuthenticateError, EndOthersSessionsError, EndSessions, FollowNews, FollowRevocations,
};
use threshold_domain::Precondition;
use threshold_domain::access::{
    ApiKey, ApiKeyId, ApiKeyName, ApiKeySecret, BuiltInRole, Permission, Permissions, Principal, RoleDescription,
};
use threshold_domain::accounts::{AccountChanges, Change, User, UserId};
use threshold_domain::audit::{Initiator, Origin};
use threshold_domain::mail::Language;
use threshold_testkit::{
    FailingUnitOfWork, FakeNewsFeed, FakeRevocations, FakeUserCache, FixedClock, InMemoryStore, RecordingMeter,
    SeededSecrets, SequentialIds, a_role, a_user, an_api_key, an_api_key_secret, at,
};

/// One instance; two of them can share a store and a feed.
struct World {
    store: InMemoryStore,
    failing: FailingUnitOfWork,
    clock: Arc<FixedClock>,
    meter: Arc<RecordingMeter>,
    feed: Arc<FakeNewsFeed>,
    revocations: Arc<FakeRevocations>,
    /// What it remembers of keys; nothing is ever forgotten.
    memory: InMemoryStore,
    announcer: Arc<Announcer>,
    manage: ManageApiKeys,
    uses: Arc<KeyUses>,
    authenticate: AuthenticateMachine,
    follow: FollowRevocations,
    follow_news: FollowNews,
}

/// An instance, and an administrator in its store.
async fn world() -> World {
    let store = InMemoryStore::default();
    let mut tx = store.begin().await.unwrap();
    let version = tx.grants().next_version().await.unwrap();
    for built_in in BuiltInRole::ALL {
        let role = tx.roles().lock(&built_in.name()).await.unwrap().unwrap();
        let role = role.changed(None, Some(built_in.permissions()), at(0));
        tx.roles().update(&role, version).await.unwrap();
    }
    tx.commit().await.unwrap();
    let world = instance(&store, &Arc::new(FakeNewsFeed::default()));
    world.add_user(1, BuiltInRole::Admin).await;
    world
}

fn instance(store: &InMemoryStore, feed: &Arc<FakeNewsFeed>) -> World {
    let (store, memory, clock) = (store.clone(), InMemoryStore::default(), Arc::new(FixedClock::default()));
    let failing = FailingUnitOfWork::over(store.clone());
    let (meter, revocations) = (Arc::new(RecordingMeter::default()), Arc::new(FakeRevocations::default()));
    let announcer = Arc::new(Announcer {
        revocations: revocations.clone(),
        users: Arc::new(FakeUserCache::default()),
        feed: Some(feed.clone()),
        meter: meter.clone(),
        access_lifetime: Duration::from_mins(15),
    });
    let shared = Arc::new(failing.clone());
    let uses = Arc::new(KeyUses::new(shared.clone()));
    World {
        manage: ManageApiKeys {
            unit_of_work: shared.clone(),
            keys: shared.clone(),
            announcer: announcer.clone(),
            random: Arc::new(SeededSecrets::default()),
            ids: Arc::new(SequentialIds::default()),
            clock: clock.clone(),
        },
        authenticate: AuthenticateMachine {
            remembered: Arc::new(memory.clone()),
            stored: shared.clone(),
            revocations: revocations.clone(),
            uses: uses.clone(),
            clock: clock.clone(),
            meter: meter.clone(),
        },
        follow: FollowRevocations {
            sessions: shared.clone(),
            keys: shared,
            announcer: announcer.clone(),
            revocations: revocations.clone(),
            clock: clock.clone(),
            meter: meter.clone(),
        },
        follow_news: FollowNews { feed: feed.clone(), announcer: announcer.clone(), clock: clock.clone() },
        feed: feed.clone(),
        store,
        failing,
        clock,
        meter,
        revocations,
        memory,
        announcer,
        uses,
    }
}

fn by(principal: Principal) -> Initiator {
    Initiator::known(principal, Origin::default())
}

fn admin() -> Principal {
    a_user(1).id.into()
}

fn new(permissions: impl Into<Permissions>) -> NewApiKey {
    NewApiKey { name: ApiKeyName::parse("Nightly export").unwrap(), permissions: permissions.into(), expires_at: None }
}

impl World {
    async fn add_user(&self, number: u128, role: BuiltInRole) -> Principal {
        let user = User { roles: vec![role.name()], ..a_user(number) };
        let mut tx = self.store.begin().await.unwrap();
        tx.users().insert(&user, None).await.unwrap();
        tx.commit().await.unwrap();
        user.id.into()
    }

    async fn make(&self, permissions: impl Into<Permissions>) -> (ApiKey, ApiKeySecret) {
        self.manage.create(&by(admin()), new(permissions)).await.unwrap()
    }

    /// As this instance remembers it from now on.
    async fn remember(&self, key: &ApiKey, secret: &ApiKeySecret) {
        let mut tx = self.memory.begin().await.unwrap();
        tx.api_keys().insert(key, &secret.digest()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn caller(&self, secret: &ApiKeySecret) -> Result<Machine, AuthenticateError> {
        self.authenticate.execute(&secret.expose(), Origin::default).await
    }

    async fn last_used(&self, key: ApiKeyId) -> Option<threshold_domain::Timestamp> {
        ApiKeyReader::find(&self.store, key).await.unwrap().unwrap().last_used_at
    }
}

#[tokio::test]
async fn a_key_is_known_by_its_secret_and_by_nothing_else() {
    let world = world().await;
    world.revocations.caught_up(at(0));
    let (key, secret) = world.make(Permission::UsersRead).await;
    assert_eq!((key.created_by, key.created_at), (Some(admin()), at(0)));
    assert_eq!(world.manage.one(key.id).await.unwrap(), key);
    world.remember(&key, &secret).await;
    let expected = Machine { key: key.id, permissions: Permission::UsersRead.into() };
    assert_eq!(world.caller(&secret).await.unwrap(), expected);
    assert_eq!(world.meter.counted(Metric::RevocationFallbacks, &[]), 0);
    world.failing.set_down(true);
    assert!(world.caller(&secret).await.is_ok(), "no look into the store");
    let other = an_api_key_secret(7);
    assert!(matches!(world.caller(&other).await, Err(AuthenticateError::Invalid)));
    for text in ["", "thr_", "x", &secret.expose().replace("thr_", "THR_")] {
        assert!(
            matches!(world.authenticate.execute(text, Origin::default).await, Err(AuthenticateError::Invalid)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn nobody_makes_a_key_with_a_permission_that_they_lack() {
    let world = world().await;
    let auditor = world.add_user(2, BuiltInRole::Auditor).await;
    let wanted = Permissions::from(Permission::UsersRead).with(Permission::UsersWrite.into());
    let refused = world.manage.create(&by(auditor), new(wanted)).await;
    let missing = Permissions::from(Permission::UsersWrite).with(Permission::ApiKeysWrite.into());
    assert!(matches!(refused, Err(ManageApiKeysError::Exceeds(Exceeds(lacking))) if lacking == missing));
    let nobody = Principal::User(UserId::new(a_user(9).id.as_uuid()));
    assert!(matches!(world.manage.create(&by(nobody), new(wanted)).await, Err(ManageApiKeysError::Exceeds(_))));
}

#[tokio::test]
async fn a_machine_makes_and_revokes_keys_within_its_own_permissions() {
    let world = world().await;
    let both = Permissions::from(Permission::ApiKeysWrite).with(Permission::UsersRead.into());
    let (key, _) = world.make(both).await;
    let machine = Principal::ApiKey(key.id);
    let (made, _) = world.manage.create(&by(machine), new(Permission::UsersRead)).await.unwrap();
    assert_eq!(made.created_by, Some(machine));
    let beyond = world.manage.create(&by(machine), new(Permission::UsersWrite)).await;
    assert!(matches!(beyond, Err(ManageApiKeysError::Exceeds(_))));
    let (stronger, _) = world.make(Permission::JobsRead).await;
    let refused = world.manage.revoke(&by(machine), stronger.id).await;
    assert!(
        matches!(refused, Err(ManageApiKeysError::Exceeds(Exceeds(lacking))) if lacking == Permission::JobsRead.into())
    );
    world.manage.revoke(&by(machine), made.id).await.unwrap();
    world.manage.revoke(&by(machine), machine_id(machine)).await.unwrap();
    let dead = world.manage.create(&by(machine), new(Permission::UsersRead)).await;
    assert!(matches!(dead, Err(ManageApiKeysError::Exceeds(_))), "revoked a moment ago");
}

fn machine_id(machine: Principal) -> ApiKeyId {
    match machine {
        Principal::ApiKey(key) => key,
        Principal::User(_) => panic!("a machine"),
    }
}

#[tokio::test]
async fn a_machine_changes_roles_and_users_within_its_own_permissions() {
    let world = world().await;
    let own: Permissions =
        [Permission::RolesWrite, Permission::RolesAssign, Permission::UsersWrite].into_iter().collect();
    let machine = Principal::ApiKey(world.make(own).await.0.id);
    let roles = ChangeRoles {
        unit_of_work: Arc::new(world.store.clone()),
        announcer: world.announcer.clone(),
        clock: world.clock.clone(),
    };
    let make = async |name: &str, permission: Permission| {
        roles.create(&by(machine), a_role(name).name, RoleDescription::default(), permission.into()).await
    };
    assert!(make("support", Permission::UsersWrite).await.is_ok());
    assert!(matches!(make("other", Permission::JobsRead).await, Err(ChangeRolesError::Exceeds(_))));
    let accounts = UpdateAccount {
        unit_of_work: Arc::new(world.store.clone()),
        announcer: world.announcer.clone(),
        clock: world.clock.clone(),
        ids: Arc::new(SequentialIds::default()),
    };
    world.add_user(2, BuiltInRole::User).await;
    let give = async |number: u128, role: &str| {
        let changes = AccountChanges { roles: Some(vec![a_role(role).name]), ..AccountChanges::default() };
        let (user, always) = (a_user(number).id, Precondition::default());
        accounts.execute(&by(machine), user, changes, &always, Language::English).await.map(drop)
    };
    assert!(matches!(give(2, "support").await, Ok(())));
    assert!(matches!(give(2, "auditor").await, Err(UpdateAccountError::Exceeds(_))));
    let had_it = world.add_user(3, BuiltInRole::User).await;
    let (rename, always) =
        (AccountChanges { username: Change::Clear, ..AccountChanges::default() }, Precondition::default());
    let renamed = accounts.execute(&by(had_it), a_user(2).id, rename, &always, Language::English).await;
    assert!(
        matches!(renamed, Err(UpdateAccountError::Exceeds(Exceeds(lacking))) if lacking == Permission::UsersWrite.into())
    );
    let sessions = EndSessions {
        unit_of_work: Arc::new(world.store.clone()),
        sessions: Arc::new(world.store.clone()),
        announcer: world.announcer.clone(),
        clock: world.clock.clone(),
    };
    assert!(sessions.all_of_other(&by(machine), a_user(2).id).await.is_ok());
    let of_admin = sessions.all_of_other(&by(machine), a_user(1).id).await;
    assert!(matches!(of_admin, Err(EndOthersSessionsError::Exceeds(_))));
}

#[tokio::test]
async fn a_key_expires_in_the_future_and_then_it_does() {
    let world = world().await;
    let expiring = |seconds| NewApiKey { expires_at: Some(at(seconds)), ..new(Permission::UsersRead) };
    let past = world.manage.create(&by(admin()), expiring(0)).await;
    assert!(matches!(past, Err(ManageApiKeysError::ExpiresInThePast)));
    let (key, secret) = world.manage.create(&by(admin()), expiring(10)).await.unwrap();
    world.remember(&key, &secret).await;
    world.clock.advance(TimeDelta::microseconds(9_999_999));
    assert!(world.caller(&secret).await.is_ok());
    world.clock.advance(TimeDelta::microseconds(1));
    assert!(matches!(world.caller(&secret).await, Err(AuthenticateError::Expired)));
    let own = world.manage.create(&by(Principal::ApiKey(key.id)), new(Permission::UsersRead)).await;
    assert!(matches!(own, Err(ManageApiKeysError::Exceeds(_))), "an expired key permits nothing");
}

#[tokio::test]
async fn a_revoked_key_is_refused_here_at_once_and_there_as_soon_as_it_is_heard() {
    let here = world().await;
    let there = instance(&here.store, &here.feed);
    let position = there.follow_news.execute(None).await.unwrap();
    let (key, secret) = here.make(Permission::UsersRead).await;
    here.remember(&key, &secret).await;
    there.remember(&key, &secret).await;
    assert!(there.caller(&secret).await.is_ok());
    here.manage.revoke(&by(admin()), key.id).await.unwrap();
    assert!(matches!(here.caller(&secret).await, Err(AuthenticateError::Revoked)));
    assert!(there.caller(&secret).await.is_ok(), "not heard of yet");
    there.follow_news.execute(Some(&position)).await.unwrap();
    assert!(matches!(there.caller(&secret).await, Err(AuthenticateError::Revoked)));
    for of_none in [key.id, an_api_key(99).id] {
        assert!(matches!(here.manage.revoke(&by(admin()), of_none).await, Err(ManageApiKeysError::NotFound)));
        assert!(matches!(here.manage.one(of_none).await, Err(ManageApiKeysError::NotFound)));
    }
    assert_eq!(here.manage.page(None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn without_the_feed_the_store_is_looked_into_and_remembered_for_as_long_as_memories_live() {
    let here = world().await;
    let there = instance(&here.store, &Arc::new(FakeNewsFeed::default()));
    let (key, secret) = here.make(Permission::UsersRead).await;
    there.remember(&key, &secret).await;
    let last = there.follow.execute(None).await.unwrap();
    assert!(there.caller(&secret).await.is_ok());
    here.manage.revoke(&by(admin()), key.id).await.unwrap();
    there.follow.execute(Some(last)).await.unwrap();
    assert!(matches!(there.caller(&secret).await, Err(AuthenticateError::Revoked)));
    // A key that was read just before is remembered for 15 minutes.
    there.clock.advance(TimeDelta::minutes(15));
    there.revocations.caught_up(there.clock.now());
    assert!(matches!(there.caller(&secret).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn an_instance_that_hears_nothing_asks_the_store_and_trusts_nobody_without_it() {
    let world = world().await;
    let (key, secret) = world.make(Permission::UsersRead).await;
    world.remember(&key, &secret).await;
    assert!(world.caller(&secret).await.is_ok());
    assert_eq!(world.meter.counted(Metric::RevocationFallbacks, &[]), 1);
    let mut tx = world.store.begin().await.unwrap();
    tx.api_keys().revoke(key.id, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(world.caller(&secret).await, Err(AuthenticateError::Revoked)), "nobody has told it");
    world.failing.set_down(true);
    let outcome = world.caller(&secret).await;
    assert!(matches!(outcome, Err(AuthenticateError::Store(StoreError::Unavailable(_)))), "{outcome:?}");
}

#[tokio::test]
async fn a_revocation_is_announced_for_as_long_as_keys_are_remembered() {
    let world = world().await;
    world.revocations.caught_up(at(0));
    let (key, secret) = world.make(Permission::UsersRead).await;
    world.remember(&key, &secret).await;
    world.manage.revoke(&by(admin()), key.id).await.unwrap();
    let (news, _) = world.feed.next(None).await.unwrap();
    assert!(news.contains(&News::KeyRevoked { key: key.id, until: at(16 * 60) }), "{news:?}");
    assert!(matches!(world.caller(&secret).await, Err(AuthenticateError::Revoked)));
}

#[tokio::test]
async fn uses_are_stored_now_and_then_and_not_lost_where_the_store_fails() {
    let world = world().await;
    world.revocations.caught_up(at(0));
    let (key, secret) = world.make(Permission::UsersRead).await;
    world.remember(&key, &secret).await;
    world.caller(&secret).await.unwrap();
    assert_eq!(world.last_used(key.id).await, None, "no request writes it");
    world.uses.store().await.unwrap();
    assert_eq!(world.last_used(key.id).await, Some(at(0)));
    world.clock.advance(TimeDelta::seconds(1));
    world.caller(&secret).await.unwrap();
    world.uses.note(key.id, at(0), Origin::default);
    world.failing.set_commits_fail(true);
    assert!(world.uses.store().await.is_err());
    world.failing.set_commits_fail(false);
    world.uses.store().await.unwrap();
    assert_eq!(world.last_used(key.id).await, Some(at(1)));
    world.failing.set_down(true);
    assert!(world.uses.store().await.is_ok(), "there is nothing to store");
}

#[tokio::test]
async fn who_is_refused_has_used_nothing() {
    let world = world().await;
    let (key, secret) = world.make(Permission::UsersRead).await;
    world.remember(&ApiKey { revoked_at: Some(at(0)), ..key.clone() }, &secret).await;
    world.revocations.caught_up(at(0));
    assert!(matches!(world.caller(&secret).await, Err(AuthenticateError::Revoked)));
    world.uses.store().await.unwrap();
    assert_eq!(world.last_used(key.id).await, None);
}
