//! `threshold seed`

use super::{Failure, print, serve};
use crate::config::{Environment, Settings, Sources};
use crate::server::demo_seed;
use threshold_application::accounts::Seeded;
use threshold_application::ports::BoxError;

pub(super) fn run(sources: &Sources) -> Result<(), Failure> {
    if sources.environment() == Environment::Production {
        let why = "everybody knows the password of the demo users, so production gets none: make a user by \
                   `threshold admin create`, or set THRESHOLD_ENV to development or staging";
        return Err(Failure::Usage(why.into()));
    }
    let settings = Settings::read(sources)?;
    let seeded = serve::runtime()?.block_on(async {
        let seed = demo_seed(&settings).await?;
        Ok::<_, BoxError>(seed.execute().await?)
    })?;
    print(&report(seeded))
}

fn report(Seeded { users, role }: Seeded) -> String {
    if users == 0 && !role {
        return "Everything is there already; nothing was changed.\n".to_owned();
    }
    let role = if role { ", and the role support" } else { "" };
    format!("Added {users} users{role}. docs/seed.md has their names and their password.\n")
}
