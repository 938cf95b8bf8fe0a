//! Adapters that need nothing but this process: time, ids, secrets, revocations.
