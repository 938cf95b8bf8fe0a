//! Sessions over HTTP.

mod jwks;
mod login;
mod logout;

pub(crate) use jwks::{__path_jwks as JwksPath, KeySet, jwks};
pub(crate) use login::{__path_login as LoginPath, LoginRequest, LoginResponse, login};
pub(crate) use logout::{__path_logout as LogoutPath, logout};
