//! Persistence by Diesel, for PostgreSQL and SQLite from one text.
