//! Pages of other sites that may use the service (WHATWG Fetch, “CORS protocol”).

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};

/// How long a browser may keep the answer to its question, in seconds.
const MAX_AGE: usize = 600;

/// Answers the questions that browsers ask beforehand and marks the answers that pages may read. Pages of exactly these
/// origins get in, with their visitors' cookies; for any other page the answers bear no mark, and its browser keeps them from it.
pub(crate) fn cors(origins: &[String]) -> Cors {
    let cors = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let ours = [AUTHORIZATION, CONTENT_TYPE, IF_MATCH].into_iter();
    let exposed = [ETAG, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE].into_iter();
    cors.block_on_origin_mismatch(false)
        .supports_credentials()
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allowed_headers(ours.chain(["x-csrf-token", "x-request-id"].map(HeaderName::from_static)))
        .expose_headers(exposed.chain(["ratelimit", "ratelimit-policy", "x-request-id"].map(HeaderName::from_static)))
        .max_age(MAX_AGE)
}
