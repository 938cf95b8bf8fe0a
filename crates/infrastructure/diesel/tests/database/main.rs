//! The adapter on both databases: what PostgreSQL and SQLite do with the same text.

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod schemas;
