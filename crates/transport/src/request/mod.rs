//! What comes with a request: its body, its bearer, its cookies, its id.

mod body;
mod caller;
mod client_address;
mod cookies;
mod credentials;
mod fields;
mod forwarded;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod if_match;
mod initiator;
mod language;
mod moment;
mod page;
mod provenance;
mod query;
mod request_id;
mod same_site;
mod unique_json;

pub(crate) use caller::{Admitted, Authenticated, RenewedCookies, person, recognise};
pub use client_address::{TrustedProxies, TrustedProxiesError, client_address};
pub(crate) use client_address::{client_ip, network_of};
pub(crate) use cookies::Cookies;
pub(crate) use fields::{Fields, Members, Noted, OptionalFields};
pub(crate) use if_match::{etag, precondition};
pub(crate) use initiator::{By, initiator};
pub(crate) use language::language;
pub(crate) use moment::Moment;
pub(crate) use page::{List, Page, PageParameters};
pub(crate) use provenance::{guesser, provenance};
pub(crate) use query::Query;
pub(crate) use request_id::RequestId;
pub(crate) use same_site::Site;
