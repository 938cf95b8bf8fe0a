//! Stores when keys for machines are used.

use std::sync::Arc;
use std::time::Duration;
use threshold_application::ErrorChain;
use threshold_application::access::KeyUses;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, warn};

/// When keys were last used is known to within this time.
const EVERY: Duration = Duration::from_secs(5);

/// Stores uses now and then, until it is told to stop.
pub(super) struct KeyUseKeeper {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl KeyUseKeeper {
    /// Puts it to work on the current runtime.
    pub(super) fn start(uses: Arc<KeyUses>) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(keep(uses, stopped)) }
    }

    /// Ends when everything is stored that was noted before. What is under way is not cut off: it would take its notes along.
    pub(super) async fn stop(self) {
        // Where it has failed nobody hears it.
        let _heard = self.stop.send(());
        if let Err(error) = self.task.await {
            error!(%error, "storing when keys were last used failed");
        }
    }
}

/// A streak of failures is logged once; nothing is lost by it.
async fn keep(uses: Arc<KeyUses>, mut stopped: oneshot::Receiver<()>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            _stopped = &mut stopped => break,
            _tick = ticks.tick() => {}
        }
        match uses.store().await {
            Ok(()) => failing = false,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    warn!(error = %ErrorChain(&error), "when keys were last used can't be stored; tried again");
                }
            }
        }
    }
    if let Err(error) = uses.store().await {
        error!(error = %ErrorChain(&error), "when keys were last used could not be stored at the end");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use threshold_application::ports::{ApiKeyReader, SessionSecrets, StoreError, Transaction, UnitOfWork};
    use threshold_domain::audit::Origin;
    use threshold_testkit::{FakeSecrets, InMemoryStore, a_session_token, an_api_key, at};
    use tokio::sync::Semaphore;

    /// A store that begins nothing before it is let.
    struct Slow {
        store: InMemoryStore,
        asked: Semaphore,
        let_in: Semaphore,
    }

    #[async_trait]
    impl UnitOfWork for Slow {
        async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
            self.asked.add_permits(1);
            self.let_in.acquire().await.unwrap().forget();
            self.store.begin().await
        }
    }

    #[tokio::test]
    async fn who_stops_while_uses_are_stored_loses_none() {
        let (store, key) = (InMemoryStore::default(), an_api_key(1));
        let mut tx = store.begin().await.unwrap();
        tx.api_keys().insert(&key, &FakeSecrets.digest(&a_session_token(1))).await.unwrap();
        tx.commit().await.unwrap();
        let slow = Arc::new(Slow { store: store.clone(), asked: Semaphore::new(0), let_in: Semaphore::new(0) });
        let uses = Arc::new(KeyUses::new(slow.clone()));
        uses.note(key.id, at(1), Origin::default);
        let keeper = KeyUseKeeper::start(uses);
        drop(slow.asked.acquire().await.unwrap());
        let stopping = tokio::spawn(keeper.stop());
        tokio::task::yield_now().await;
        assert!(!stopping.is_finished());
        slow.let_in.add_permits(1);
        stopping.await.unwrap();
        assert_eq!(store.find(key.id).await.unwrap().unwrap().last_used_at, Some(at(1)));
    }

    #[tokio::test]
    async fn what_was_noted_last_is_stored_at_the_end() {
        let (store, key) = (InMemoryStore::default(), an_api_key(1));
        let mut tx = store.begin().await.unwrap();
        tx.api_keys().insert(&key, &FakeSecrets.digest(&a_session_token(1))).await.unwrap();
        tx.commit().await.unwrap();
        let uses = Arc::new(KeyUses::new(Arc::new(store.clone())));
        let keeper = KeyUseKeeper::start(uses.clone());
        uses.note(key.id, at(1), Origin::default);
        keeper.stop().await;
        assert_eq!(store.find(key.id).await.unwrap().unwrap().last_used_at, Some(at(1)));
    }
}
