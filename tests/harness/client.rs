//! A client of the API.

use super::answer::Answer;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A password that every policy accepts.
pub const GOOD_PASSWORD: &str = "violet harbour 92 kites";

/// Speaks to one server; every answer is held to the conventions.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
}

impl Client {
    pub(crate) fn new(base: String) -> Self {
        Self { base, http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap() }
    }

    /// A request to be completed by hand.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", self.base))
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request.send().await.unwrap()).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// POST of a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request("POST", path).json(&body)).await
    }

    /// POST of bytes with a media type.
    pub async fn post_bytes(&self, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(self.request("POST", path).header("content-type", media_type).body(body.into())).await
    }

    /// Registers `email` with [`GOOD_PASSWORD`].
    pub async fn register(&self, email: &str) -> Answer {
        self.post("/api/v1/register", json!({"email": email, "password": GOOD_PASSWORD})).await
    }

    /// Signs `email` in with `password`.
    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/login", json!({"email": email, "password": password})).await
    }

    /// Registers `email` and answers an access token of theirs.
    pub async fn token_of_new(&self, email: &str) -> String {
        let registered = self.register(email).await;
        assert_eq!(registered.status, 201, "{registered:?}");
        self.token_of(email).await
    }

    /// Another access token of somebody who is registered.
    pub async fn token_of(&self, email: &str) -> String {
        let signed_in = self.login(email, GOOD_PASSWORD).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        signed_in.body["access_token"].as_str().unwrap().to_owned()
    }

    /// Who is the bearer of `token`?
    pub async fn me(&self, token: &str) -> Answer {
        self.send(self.request("GET", "/api/v1/users/me").bearer_auth(token)).await
    }

    /// Ends the session of `token`.
    pub async fn logout(&self, token: &str) -> Answer {
        self.send(self.request("POST", "/api/v1/logout").bearer_auth(token)).await
    }
}
