//! Sessions over HTTP.

mod answers;
mod credentials;
mod csrf;
mod end_session;
mod jwks;
mod known_device;
mod list_sessions;
mod login;
mod logout;
mod logout_all;
mod refresh;
mod session_view;
mod start_session;

pub(crate) use answers::LoginResponse;
pub(crate) use csrf::{__path_csrf as CsrfPath, CsrfView, csrf};
pub(crate) use end_session::{__path_end_session as EndSessionPath, end_session};
pub(crate) use jwks::{__path_jwks as JwksPath, KeySet, jwks};
pub(crate) use list_sessions::{__path_list_sessions as ListSessionsPath, SessionList, list_sessions};
pub(crate) use login::{__path_login as LoginPath, LoginRequest, login};
pub(crate) use logout::{__path_logout as LogoutPath, forget_session, logout};
pub(crate) use logout_all::{__path_logout_all as LogoutAllPath, logout_all};
pub(crate) use refresh::{__path_refresh as RefreshPath, RefreshRequest, refresh};
pub(crate) use start_session::{
    __path_start_session as StartSessionPath, BrowserSessionRequest, BrowserSessionResponse, start_session,
};
