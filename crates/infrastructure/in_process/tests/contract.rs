//! The adapters keep their ports' contracts.

use std::sync::Arc;
use threshold_application::ports::{RevocationList, TokenBuckets};
use threshold_in_process::{
    FallbackBuckets, LeasedBuckets, LocalBuckets, MemoryRevocations, OsSecrets, SystemClock, UuidV7Ids,
};
use threshold_testkit::contract::generators::Generators;
use threshold_testkit::{FakeBuckets, RecordingMeter};

fn revocations() -> Arc<dyn RevocationList> {
    Arc::new(MemoryRevocations::new(1000))
}

fn buckets() -> Arc<dyn TokenBuckets> {
    Arc::new(LocalBuckets::new(1000))
}

fn leased() -> Arc<dyn TokenBuckets> {
    Arc::new(LeasedBuckets::new(buckets(), 1000))
}

/// Whose shared buckets are always out of reach.
fn fallback() -> Arc<dyn TokenBuckets> {
    let shared = FakeBuckets::over(Arc::new(SystemClock));
    shared.set_down(true);
    Arc::new(FallbackBuckets::new(Arc::new(shared), buckets(), Arc::new(RecordingMeter::default())))
}

fn generators() -> Generators {
    Generators { clock: Arc::new(SystemClock), ids: Arc::new(UuidV7Ids::default()), secrets: Arc::new(OsSecrets) }
}

threshold_testkit::revocation_list_contract!(revocations());
threshold_testkit::generator_contract!(generators());

mod local {
    threshold_testkit::token_buckets_contract!(super::buckets());
}

mod leased {
    threshold_testkit::token_buckets_contract!(super::leased());
}

mod fallback {
    threshold_testkit::token_buckets_contract!(super::fallback());
}
