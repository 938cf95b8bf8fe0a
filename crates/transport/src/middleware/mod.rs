//! What surrounds every request, also those that no route fits. Outermost first: `observe`, `add_security_headers`,
//! `render_problems`.

mod observe;
mod problems;
mod security_headers;

pub(crate) use observe::observe;
pub(crate) use problems::render_problems;
pub(crate) use security_headers::add_security_headers;
