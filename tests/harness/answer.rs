//! An answer, checked against what every answer must be.

use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;

/// Headers that every answer has.
const ALWAYS: [&str; 8] = [
    "x-request-id",
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cache-control",
];

/// An answer of the service.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null if it is none.
    pub body: Value,
}

impl Answer {
    /// Reads an answer and holds it to the conventions.
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        let answer = Self { status, headers, text, body };
        answer.check();
        answer
    }

    /// The value of a header; empty if it isn't there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().unwrap();
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A member of the body that is a text.
    #[must_use]
    pub fn text_of(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_else(|| panic!("no {member} in {self:?}")).to_owned()
    }

    /// What an answer about readiness says of one part.
    #[must_use]
    pub fn check_of(&self, name: &str) -> String {
        let checks = self.body["checks"].as_array().cloned().unwrap_or_default();
        let check = checks.iter().find(|check| check["name"] == name);
        check.and_then(|check| check["status"].as_str()).unwrap_or_default().to_owned()
    }

    /// The value that the answer gives to a cookie; `None` if it doesn't name it, empty if it takes it away.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let line = self.cookie_line(name)?;
        line.split(['=', ';']).nth(1).map(str::to_owned)
    }

    /// The whole `Set-Cookie` of a cookie.
    #[must_use]
    pub fn cookie_line(&self, name: &str) -> Option<String> {
        let mut lines = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        lines.find(|line| line.split('=').next() == Some(name)).map(str::to_owned)
    }

    /// The code of a problem.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    /// The items of a page.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        assert_eq!(self.status, 200, "{self:?}");
        self.body["items"].as_array().unwrap()
    }

    /// Field and code of every field at fault.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let of = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (of(error, "field"), of(error, "code"))).collect()
    }

    fn check(&self) {
        for name in ALWAYS {
            assert!(!self.header(name).is_empty(), "{name} is missing: {self:?}");
        }
        assert!(!self.text.contains("$2b$"), "a hash was shown: {self:?}");
        if self.status >= 400 && self.body["checks"].is_null() {
            self.check_problem();
        }
        if self.status == 401 {
            assert!(self.header("www-authenticate").starts_with("Bearer realm=\"threshold\""), "{self:?}");
        }
    }

    fn check_problem(&self) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
        assert_eq!(self.body["type"], format!("/problems/{}", self.code()), "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        assert_eq!(self.body["request_id"], self.header("x-request-id"), "{self:?}");
        for member in ["title", "detail"] {
            assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {self:?}");
        }
        assert!(self.body["errors"].as_array().is_none_or(|errors| !errors.is_empty()), "{self:?}");
    }
}
