//! What crosses crates: the service over HTTP, its processes, its shape.
