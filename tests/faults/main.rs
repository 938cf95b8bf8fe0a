//! What breaks around the service, and what it does then.
