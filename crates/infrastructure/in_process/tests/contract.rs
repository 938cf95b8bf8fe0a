//! The adapters keep their ports' contracts.

use std::sync::Arc;
use threshold_application::ports::{RevocationList, TokenBuckets};
use threshold_in_process::{LocalBuckets, MemoryRevocations, OsSecrets, SystemClock, UuidV7Ids};
use threshold_testkit::contract::generators::Generators;

fn revocations() -> Arc<dyn RevocationList> {
    Arc::new(MemoryRevocations::default())
}

fn buckets() -> Arc<dyn TokenBuckets> {
    Arc::new(LocalBuckets::new(1000))
}

fn generators() -> Generators {
    Generators { clock: Arc::new(SystemClock), ids: Arc::new(UuidV7Ids::default()), secrets: Arc::new(OsSecrets) }
}

threshold_testkit::revocation_list_contract!(revocations());
threshold_testkit::generator_contract!(generators());
threshold_testkit::token_buckets_contract!(buckets());
