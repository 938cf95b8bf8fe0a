//! Versions of what is shown, and changes that were made for one of them.

use actix_web::HttpRequest;
use actix_web::http::header::{ETag, EntityTag, Header, IF_MATCH, IfMatch};
use threshold_domain::Precondition;

/// The entity tag of a version (RFC 9110 §8.8.3).
pub(crate) fn etag(version: i64) -> ETag {
    ETag(EntityTag::new_strong(version.to_string()))
}

/// What `If-Match` asks for; tags that are weak or not ours name no version (RFC 9110 §13.1.1), nor does a header that is none.
pub(crate) fn precondition(request: &HttpRequest) -> Precondition {
    if !request.headers().contains_key(IF_MATCH) {
        return Precondition::None;
    }
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Precondition::None,
        Ok(IfMatch::Items(tags)) => Precondition::VersionIn(tags.iter().filter_map(version).collect()),
        Err(_malformed) => Precondition::VersionIn(Vec::new()),
    }
}

fn version(tag: &EntityTag) -> Option<i64> {
    let version: i64 = tag.tag().parse().ok()?;
    // Tags are compared character by character: other spellings of a number are no tags of ours.
    (*tag == EntityTag::new_strong(version.to_string())).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn of(header: &str) -> Precondition {
        precondition(&TestRequest::default().insert_header((IF_MATCH, header)).to_http_request())
    }

    #[test]
    fn strong_tags_name_versions() {
        assert_eq!(of(&etag(7).to_string()), Precondition::VersionIn(vec![7]));
        assert_eq!(of(r#""7", "x", W/"8", "9""#), Precondition::VersionIn(vec![7, 9]));
    }

    #[test]
    fn a_star_or_no_header_asks_for_nothing() {
        assert_eq!(of("*"), Precondition::None);
        assert_eq!(precondition(&TestRequest::default().to_http_request()), Precondition::None);
    }

    #[test]
    fn what_is_no_tag_matches_nothing() {
        for header in ["7", "", "\"", "W/\"7\"", "\"*\"", "\"+7\"", "\"07\""] {
            assert_eq!(of(header), Precondition::VersionIn(Vec::new()), "{header}");
        }
    }
}
