//! The members of a JSON object, read one by one, every fault noted.

use super::body::read_json;
use crate::problem::{Code, FieldError, Problem};
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, dev};
use futures::future::{LocalBoxFuture, ready};
use serde_json::{Map, Value};
use threshold_domain::Refusal;
use threshold_domain::accounts::Change;

/// The body of a request: one JSON object.
#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

/// The body of a request that may come without one: then it has no members.
#[derive(Debug)]
pub(crate) struct OptionalFields(pub(crate) Fields);

/// How many unknown fields an answer names: a small body can hold thousands of them.
const MAX_UNKNOWN: usize = 16;

/// The members while they are read: faults are collected, so that an answer can name them all.
pub(crate) struct Members {
    left: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl FromRequest for Fields {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { Ok(Self::of(read_json(&request, &mut payload).await?)?) })
    }
}

impl FromRequest for OptionalFields {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let headers = request.headers();
        let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
        let is_empty = matches!(length, None | Some(b"0")) && !headers.contains_key(TRANSFER_ENCODING);
        if is_empty && !headers.contains_key(CONTENT_TYPE) {
            return Box::pin(ready(Ok(Self(Fields(Map::new())))));
        }
        let fields = Fields::from_request(request, payload);
        Box::pin(async move { Ok(Self(fields.await?)) })
    }
}

/// A fault was found and noted; the answer will name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noted;

impl Fields {
    /// The members of an object; any other JSON is refused.
    pub(super) fn of(json: Value) -> Result<Self, Problem> {
        let Value::Object(members) = json else {
            return Err(Problem::invalid(vec![wrong_type("", "a JSON object")]));
        };
        Ok(Self(members))
    }

    /// Reads the members with `read`.
    ///
    /// # Errors
    /// Every fault at once, members that `read` did not ask for among them: the first [`MAX_UNKNOWN`].
    pub(crate) fn read<T>(self, read: impl FnOnce(&mut Members) -> Result<T, Noted>) -> Result<T, Problem> {
        let mut members = Members { left: self.0, errors: Vec::new() };
        let value = read(&mut members);
        let Members { left, mut errors } = members;
        errors.extend(left.keys().take(MAX_UNKNOWN).map(|name| unknown(name)));
        match value {
            Ok(value) if errors.is_empty() => Ok(value),
            Ok(_) | Err(Noted) => Err(Problem::invalid(errors)),
        }
    }
}

impl Members {
    /// A string that must be there and that `parse` accepts.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<T, Noted> {
        self.optional(name, parse)?.ok_or_else(|| self.fault(FieldError::required(name)))
    }

    /// A string that may be absent or `null`.
    pub(crate) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Noted> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                parse(&text).map(Some).map_err(|refusal| self.fault(FieldError::refused(name, &refusal)))
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(self.fault(wrong_type(name, "a string")))
            }
        }
    }

    /// A string that takes the place of another one, which can't be taken away; `None` where it is absent.
    pub(crate) fn replacement<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Noted> {
        if self.left.contains_key(name) { self.required(name, parse).map(Some) } else { Ok(None) }
    }

    /// A string that takes the place of another one, or `null`, which takes it away.
    pub(crate) fn change<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<Change<T>, Noted> {
        if !self.left.contains_key(name) {
            return Ok(Change::Keep);
        }
        Ok(self.optional(name, parse)?.map_or(Change::Clear, Change::Set))
    }

    /// A list of strings; `None` where it is absent, `null` is none.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Noted> {
        let Some(value) = self.left.remove(name) else { return Ok(None) };
        let texts: Option<Vec<String>> =
            value.as_array().and_then(|values| values.iter().map(|value| value.as_str().map(str::to_owned)).collect());
        texts.map(Some).ok_or_else(|| self.fault(wrong_type(name, "a list of strings")))
    }

    /// `true` or `false`; `false` where it is absent or `null`.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Noted> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(self.fault(wrong_type(name, "true or false")))
            }
        }
    }

    /// One of a few words that takes the place of another one, which can't be taken away; `None` where it is absent.
    pub(crate) fn replacing_choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Noted> {
        let is_there = self.left.contains_key(name);
        match self.choice(name, choices)? {
            None if is_there => Err(self.fault(FieldError::required(name))),
            choice => Ok(choice),
        }
    }

    /// One of a few words; `None` where it is absent or `null`.
    pub(crate) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Noted> {
        let Some(word) = self.optional(name, |text| Ok(text.to_owned()))? else { return Ok(None) };
        let chosen = choices.iter().find(|(choice, _)| *choice == word).map(|(_, value)| *value);
        chosen.map(Some).ok_or_else(|| {
            let words: Vec<_> = choices.iter().map(|(choice, _)| *choice).collect();
            self.fault(FieldError::new(name, "unknown-choice", format!("This must be one of: {}.", words.join(", "))))
        })
    }

    /// Everything that is left to read but for the page, in one text: the same for the same members in any order.
    pub(crate) fn given(&self) -> String {
        let members = self.left.iter().filter(|(name, _value)| !["cursor", "limit"].contains(&name.as_str()));
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect()).to_string()
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, error: FieldError) -> Noted {
        self.errors.push(error);
        Noted
    }
}

fn wrong_type(name: &str, expected: &str) -> FieldError {
    FieldError::new(name, "wrong-type", format!("This must be {expected}."))
}

/// The name is the client's own; it is cut, so that an answer can't be blown up.
fn unknown(name: &str) -> FieldError {
    let shown: String = name.chars().take(64).collect();
    FieldError::new(shown, Code::UnknownField.as_str(), "This field is not known here; check its spelling.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use serde_json::json;
    use threshold_domain::accounts::{DisplayName, Username};

    fn read(body: Value) -> Result<(Username, Option<DisplayName>), Problem> {
        let Value::Object(members) = body else { panic!("not an object") };
        Fields(members).read(|members| {
            let username = members.required("username", Username::parse);
            let display_name = members.optional("display_name", DisplayName::parse);
            Ok((username?, display_name?))
        })
    }

    fn faults(body: Value) -> Vec<(String, String)> {
        read(body).unwrap_err().errors().iter().map(|e| (e.field.clone(), e.code.to_string())).collect()
    }

    fn fault(field: &str, code: &str) -> (String, String) {
        (field.to_owned(), code.to_owned())
    }

    #[test]
    fn null_and_absent_are_the_same_for_an_optional_field() {
        assert!(read(json!({"username": "ada"})).is_ok_and(|(_, name)| name.is_none()));
        assert!(read(json!({"username": "ada", "display_name": null})).is_ok_and(|(_, name)| name.is_none()));
    }

    #[test]
    fn a_change_tells_absent_from_null() {
        let change = |body: Value| {
            let Value::Object(members) = body else { panic!("not an object") };
            Fields(members).read(|members| members.change("username", Username::parse)).unwrap()
        };
        assert_eq!(change(json!({})), Change::Keep);
        assert_eq!(change(json!({"username": null})), Change::Clear);
        assert_eq!(change(json!({"username": "ada"})), Change::Set(Username::parse("ada").unwrap()));
    }

    #[test]
    fn every_field_at_fault_is_named_at_once() {
        assert_eq!(
            faults(json!({"username": "a", "display_name": 7, "emial": 1})),
            [fault("username", "too-short"), fault("display_name", "wrong-type"), fault("emial", "unknown-field")]
        );
        assert_eq!(faults(json!({"username": null})), [fault("username", "required")]);
    }

    #[test]
    fn an_unknown_field_names_the_problem() {
        let problem = read(json!({"username": "ada", "x": 1})).unwrap_err();
        assert_eq!((problem.to_string(), problem.status_code().as_u16()), ("unknown-field".to_owned(), 422));
    }

    #[test]
    fn of_a_thousand_unknown_fields_the_answer_names_a_few() {
        let members = (0..1000).map(|number| (number.to_string(), Value::Null));
        let faults = faults(Value::Object(members.collect()));
        assert_eq!(faults.len(), 1 + MAX_UNKNOWN);
        assert_eq!(faults.first(), Some(&fault("username", "required")));
    }
}
