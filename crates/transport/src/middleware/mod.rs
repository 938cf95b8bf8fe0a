//! What surrounds every request, also those that no route fits. Outermost first: `observe`, `add_security_headers`,
//! `cors`, `tell_limits`, `render_problems`, `limit_requests`.

mod cors;
mod limits;
mod observe;
mod problems;
mod security_headers;

pub(crate) use cors::cors;
pub(crate) use limits::{Class, limit, limit_requests, tell_limits};
pub(crate) use observe::observe;
pub(crate) use problems::render_problems;
pub(crate) use security_headers::add_security_headers;
