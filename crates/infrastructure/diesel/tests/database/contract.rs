//! The ports' contracts, kept by both databases.

use crate::fixture::{Kind, Place};
use threshold_testkit::contract::Stores;

async fn stores(kind: Kind) -> Stores {
    let place = Place::new(kind).await;
    let database = place.migrated().await;
    Stores {
        unit_of_work: database.unit_of_work(),
        audit: database.audit(),
        audit_chains: database.audit_chains(),
        accounts: database.accounts(),
        roles: database.roles(),
        api_keys: database.api_keys(),
        api_key_lookup: database.api_key_lookup(),
        personal_data: database.personal_data(),
        user_pages: database.user_pages(),
        user_directory: database.user_directory(),
        sessions: database.sessions(),
        renewals: database.renewals(),
        attempts: database.attempts(),
        jobs: database.job_queue(),
        job_admin: database.job_admin(),
        signing_keys: database.signing_keys(),
        place: Box::new(place),
    }
}

mod sqlite {
    threshold_testkit::store_contract!(super::stores(super::Kind::Sqlite).await);
}

mod postgres {
    threshold_testkit::store_contract!(super::stores(super::Kind::Postgres).await);
}
