//! The adapter on both databases: what PostgreSQL and SQLite do with the same text.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod cancellation;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod examination;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod fixture;
mod jobs;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod pools;
#[cfg(test)]
mod purging;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod values;
