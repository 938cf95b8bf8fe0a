//! Whether the database is there, and as we need it.

use super::{migrations, postgres, sqlite};
use crate::connections::{Connection, Pools};
use crate::copy::{BOOKKEEPING, is_unfinished_copy};
use crate::{DatabaseUrl, ExpectedUse, Migrations};
use async_trait::async_trait;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ErrorChain;
use threshold_application::ports::{Clock, Examination, StoreError};
use threshold_domain::operations::Finding;

pub(super) const NAME: &str = "database";
pub(super) const CLOCK: &str = "database-clock";
const COPY: &str = "database-copy";
const ADVICE: &str = "start it, and see database.url, its password, and whether the network lets us through";

/// Looks at the database and what is migrated there.
pub(crate) struct DatabaseExamination {
    pub(crate) pools: Arc<Pools>,
    pub(crate) url: DatabaseUrl,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) expected: ExpectedUse,
}

#[async_trait]
impl Examination for DatabaseExamination {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn examine(&self) -> Vec<Finding> {
        let absent = self.url.sqlite_path().filter(|file| !file.exists());
        if let Some(file) = absent {
            let found = format!("{} is not there", file.display());
            let advice = "start the service, which makes it, or see database.url";
            return skipping_the_rest(Finding::warn(NAME, found, advice));
        }
        match self.look().await {
            Ok(findings) => findings,
            Err(error) => {
                let reason = if let StoreError::Unavailable(cause) = &error {
                    ErrorChain(cause.as_ref()).to_string()
                } else {
                    ErrorChain(&error).to_string()
                };
                skipping_the_rest(Finding::fail(NAME, format!("{}: {reason}", self.url), ADVICE))
            }
        }
    }
}

impl DatabaseExamination {
    async fn look(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = match self.pools.reader().await? {
            Connection::Postgres(mut link) => {
                postgres::look(&mut link, &self.url, self.clock.as_ref(), self.expected).await
            }
            Connection::Sqlite(mut link) => sqlite::look(&mut link, &self.url).await,
        }?;
        if self.pools.read(BOOKKEEPING, |connection| is_unfinished_copy(connection).boxed()).await? {
            let found = "a copy into it was cut off: no service starts on it";
            findings.push(Finding::fail(COPY, found, "run `threshold database copy` again"));
        }
        let all = Migrations::new(Arc::clone(&self.pools)).status().await;
        findings.push(migrations::judge(all, self.expected.migrates_itself));
        Ok(findings)
    }
}

fn skipping_the_rest(first: Finding) -> Vec<Finding> {
    let skip = |name| Finding::skip(name, "the database can't be asked");
    vec![first, skip(CLOCK), skip(migrations::NAME)]
}
