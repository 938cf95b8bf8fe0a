//! Reading a JSON body: its media type, its size, the time that it takes.

use super::unique_json::UniqueJson;
use crate::app::HttpSettings;
use crate::problem::{Code, Problem};
use actix_web::http::header::{ACCEPT, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::web::{Bytes, BytesMut, Data, Payload};
use actix_web::{FromRequest, HttpRequest, dev};
use futures::StreamExt;
use serde_json::Value;
use std::time::Duration;

/// The largest body, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Reads the body of `request` as JSON.
pub(crate) async fn read_json(request: &HttpRequest, payload: &mut dev::Payload) -> Result<Value, Problem> {
    check_media_type(request.headers())?;
    let limit =
        request.app_data::<Data<HttpSettings>>().map_or(Duration::from_secs(10), |settings| settings.body_timeout);
    let payload = Payload::from_request(request, payload).await.map_err(|e| Problem::internal(e.to_string()))?;
    let bytes = tokio::time::timeout(limit, collect(payload)).await.map_err(|_elapsed| too_slow())??;
    parse(&bytes)
}

/// Reads JSON in which nothing is named twice.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let json: Result<UniqueJson, _> = serde_json::from_slice(bytes);
    json.map(|json| json.0).map_err(|error| malformed(&error))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let encoding = headers.get(CONTENT_ENCODING);
    let plain = encoding.is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if plain && media_type.is_some_and(is_json) {
        return Ok(());
    }
    let accept = HeaderValue::from_static("application/json");
    Err(Problem::new(Code::UnsupportedMediaType).with_header(ACCEPT, accept))
}

/// `application/json`, with UTF-8 if a charset is named at all.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let utf8 = |parameter: &str| {
        parameter.split_once('=').is_none_or(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    };
    essence.eq_ignore_ascii_case("application/json") && parts.all(utf8)
}

async fn collect(mut payload: Payload) -> Result<Bytes, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(Code::MalformedJson).with_detail("The body broke off before its end.").with_source(error)
        })?;
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(Problem::new(Code::BodyTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

fn too_slow() -> Problem {
    Problem::new(Code::RequestTimeout).with_header(CONNECTION, HeaderValue::from_static("close"))
}

/// Where the JSON breaks, but nothing of what stands there: it might be a password.
fn malformed(error: &serde_json::Error) -> Problem {
    let what = if error.is_eof() { "ends too early" } else { "is not valid JSON, or names a member twice," };
    let detail = format!("The body {what} at line {}, column {}.", error.line(), error.column());
    Problem::new(Code::MalformedJson).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/json",
            "application/jsonp",
            "application/json; charset=latin1",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
