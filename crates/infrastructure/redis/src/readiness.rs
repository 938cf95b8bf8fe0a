//! Whether Redis can do its work.

use crate::connection::SharedConnection;
use async_trait::async_trait;
use std::sync::Arc;
use threshold_application::ports::{NotReady, ReadinessCheck};

/// Redis answers.
pub(crate) struct RedisAnswers {
    pub(crate) shared: Arc<SharedConnection>,
}

#[async_trait]
impl ReadinessCheck for RedisAnswers {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn is_vital(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), NotReady> {
        let ping =
            self.shared.run(|mut connection| async move { redis::cmd("PING").exec_async(&mut connection).await });
        ping.await.map_err(|error| NotReady(error.into()))
    }
}
