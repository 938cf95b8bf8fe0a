//! The parameters of a query, read one by one like the members of a body.

use super::Fields;
use crate::problem::{FieldError, Problem};
use actix_web::{FromRequest, HttpRequest, dev, web};
use serde_json::{Map, Value};
use std::future::{Ready, ready};

/// The parameters of the request's query; each can be given once.
#[derive(Debug)]
pub(crate) struct Query(pub(crate) Fields);

impl FromRequest for Query {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut dev::Payload) -> Self::Future {
        ready(Self::parse(request.query_string()).map_err(Into::into))
    }
}

impl Query {
    /// Reads what stands behind the question mark.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        parse(query).map(Self)
    }
}

fn parse(query: &str) -> Result<Fields, Problem> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query).map_err(|_not_pairs| {
        Problem::invalid(vec![FieldError::new("", "invalid-format", "The query is not of the form name=value&….")])
    })?;
    let mut parameters = Map::new();
    for (name, value) in pairs.into_inner() {
        let shown: String = name.chars().take(64).collect();
        if parameters.insert(name, Value::String(value)).is_some() {
            return Err(Problem::invalid(vec![FieldError::new(shown, "given-twice", "Give this parameter once.")]));
        }
    }
    Fields::of(Value::Object(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let read = parse("q=a%20b+c&x=%C3%A9").unwrap().read(|members| {
            let text = |name: &str, members: &mut super::super::Members| members.required(name, |t| Ok(t.to_owned()));
            Ok((text("q", members)?, text("x", members)?))
        });
        assert_eq!(read.unwrap(), ("a b c".to_owned(), "é".to_owned()));
    }

    #[test]
    fn a_parameter_is_given_once() {
        assert_eq!(parse("a=1&a=2").unwrap_err().errors().len(), 1);
    }

    #[test]
    fn what_is_not_asked_for_is_unknown() {
        let problem = parse("limt=1").unwrap().read(|_members| Ok(())).unwrap_err();
        assert_eq!(problem.to_string(), "unknown-field");
    }
}
