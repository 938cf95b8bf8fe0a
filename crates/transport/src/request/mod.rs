//! What comes with a request: its body, its bearer, its id.

mod body;
mod caller;
mod fields;
mod request_id;
mod unique_json;

pub(crate) use caller::{Authenticated, authenticate};
pub(crate) use fields::{Fields, Members, Noted};
pub(crate) use request_id::RequestId;
