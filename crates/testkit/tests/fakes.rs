//! The fakes pass the suites that the adapters pass.

use std::sync::Arc;
use std::time::Instant;
use threshold_application::ports::{
    AccessTokens, Clock, MailError, Mailer, NewsFeed, PasswordHasher, RevocationList, TokenBuckets,
};
use threshold_domain::Timestamp;
use threshold_domain::mail::{Mail, MailContent, MailLink};
use threshold_testkit::contract::Stores;
use threshold_testkit::contract::generators::Generators;
use threshold_testkit::contract::mailer::{Arrived, Post};
use threshold_testkit::{
    FakeBuckets, FakeHasher, FakeMailer, FakeNewsFeed, FakeRevocations, FakeTokens, FixedClock, InMemoryStore,
    MailFailure, SeededSecrets, SequentialIds, a_mail, at,
};

fn stores() -> Stores {
    let store = InMemoryStore::default();
    Stores {
        audit: Arc::new(store.clone()),
        audit_chains: Arc::new(store.clone()),
        unit_of_work: Arc::new(store.clone()),
        accounts: Arc::new(store.clone()),
        roles: Arc::new(store.clone()),
        api_keys: Arc::new(store.clone()),
        api_key_lookup: Arc::new(store.clone()),
        personal_data: Arc::new(store.clone()),
        user_pages: Arc::new(store.clone()),
        user_directory: Arc::new(store.clone()),
        sessions: Arc::new(store.clone()),
        renewals: Arc::new(store.clone()),
        attempts: Arc::new(store.clone()),
        jobs: Arc::new(store.clone()),
        job_admin: Arc::new(store.clone()),
        signing_keys: Arc::new(store),
        place: Box::new(()),
    }
}

fn hasher() -> Arc<dyn PasswordHasher> {
    Arc::new(FakeHasher::default())
}

fn tokens() -> Arc<dyn AccessTokens> {
    Arc::new(FakeTokens::default())
}

fn revocations() -> Arc<dyn RevocationList> {
    Arc::new(FakeRevocations::default())
}

/// A clock that runs.
struct Running(Instant);

impl Clock for Running {
    fn now(&self) -> Timestamp {
        at(0) + self.0.elapsed()
    }
}

fn buckets() -> Arc<dyn TokenBuckets> {
    Arc::new(FakeBuckets::over(Arc::new(Running(Instant::now()))))
}

fn feed() -> Arc<dyn NewsFeed> {
    Arc::new(FakeNewsFeed::default())
}

fn post() -> Post {
    let mailer = Arc::new(FakeMailer::default());
    let sent = Arc::clone(&mailer);
    let arrived = move |mail: Mail| Arrived {
        message_id: mail.id.to_string(),
        to: mail.to.as_str().to_owned(),
        text: mail.content.link().map(MailLink::expose).unwrap_or_default(),
    };
    Post { mailer, arrived: Box::new(move || sent.sent().into_iter().map(arrived).collect()) }
}

fn generators() -> Generators {
    Generators {
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SequentialIds::default()),
        secrets: Arc::new(SeededSecrets::default()),
    }
}

threshold_testkit::store_contract!(stores());
threshold_testkit::password_hasher_contract!(hasher());
threshold_testkit::access_tokens_contract!(tokens());
threshold_testkit::revocation_list_contract!(revocations());
threshold_testkit::generator_contract!(generators());
threshold_testkit::token_buckets_contract!(buckets());
threshold_testkit::news_feed_contract!(feed());
threshold_testkit::mailer_contract!(post());

#[tokio::test]
async fn a_mailer_fails_as_it_is_told_and_keeps_nothing_then() {
    let (mailer, mail) = (FakeMailer::default(), a_mail(1, MailContent::PasswordChanged));
    mailer.set_failure(Some(MailFailure::Temporary));
    assert!(matches!(mailer.send(&mail).await, Err(MailError::Temporary(_))));
    mailer.set_failure(Some(MailFailure::Permanent));
    assert!(matches!(mailer.send(&mail).await, Err(MailError::Permanent(_))));
    assert_eq!(mailer.sent(), []);
    mailer.set_failure(None);
    assert!(mailer.send(&mail).await.is_ok());
    assert_eq!(mailer.sent(), [mail]);
}
