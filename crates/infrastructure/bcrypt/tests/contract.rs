//! The hasher keeps its port's contract, with either core.

use std::sync::Arc;
use threshold_application::ports::PasswordHasher;
use threshold_bcrypt::{BcryptHasher, BcryptSettings, Cost};
use threshold_testkit::{RecordingMeter, SeededSecrets};

fn hasher(interleaved: bool) -> Arc<dyn PasswordHasher> {
    let cost = Cost::new(4).unwrap_or(Cost::DEFAULT);
    let settings = BcryptSettings { cost, interleaved, ..BcryptSettings::default() };
    Arc::new(BcryptHasher::start(settings, Arc::new(SeededSecrets::default()), Arc::new(RecordingMeter::default())))
}

mod interleaved {
    threshold_testkit::password_hasher_contract!(super::hasher(true));
}

mod one_by_one {
    threshold_testkit::password_hasher_contract!(super::hasher(false));
}
