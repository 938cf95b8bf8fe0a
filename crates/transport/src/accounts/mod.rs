//! Accounts over HTTP.

mod me;
mod register;
mod user_view;

pub(crate) use me::{__path_me as MePath, me};
pub(crate) use register::{__path_register as RegisterPath, Accepted, RegisterRequest, register};
pub(crate) use user_view::{UserView, rfc3339};
