//! Access: what a user may do.

mod grants;

pub use grants::Grants;
