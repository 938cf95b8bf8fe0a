//! The document and the service say the same.

use crate::installed;
use serde_json::Value;
use std::collections::BTreeSet;
use threshold_tests::{Backend, Client};

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

async fn document(client: &Client) -> Value {
    client.get("/api/openapi.json").await.body
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter().map(|(method, operation)| (method, path.clone(), operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[tokio::test]
async fn the_router_knows_exactly_the_documented_operations() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let document = document(&client).await;
    for path in document["paths"].as_object().unwrap().keys() {
        let real = path.replace("{code}", "overloaded").replace("{file}", "index.css");
        for method in METHODS {
            let documented = !document["paths"][path][method].is_null();
            let answer = client.send(client.request(&method.to_uppercase(), &real)).await;
            let is_there = answer.status != 405 && answer.body["code"] != "route-not-found";
            assert_eq!(is_there, documented, "{method} {path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn every_operation_documents_what_it_can_answer() {
    let server = installed(Backend::Sqlite).await.start().await;
    for (method, path, operation) in operations(&document(&server.client()).await) {
        let responses: BTreeSet<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
        let has = |statuses: &[&str]| statuses.iter().all(|status| responses.contains(*status));
        assert!(has(&["500"]), "{method} {path}");
        assert!(responses.iter().any(|status| status.starts_with(['2', '3'])), "{method} {path}");
        let body = !operation["requestBody"].is_null();
        assert_eq!(has(&["400", "408", "413", "415"]), body, "{method} {path}: {responses:?}");
        if !operation["security"].is_null() {
            assert!(has(&["401", "503"]), "{method} {path}: {responses:?}");
        }
        if path.starts_with("/api/v1/") {
            assert!(has(&["422"]), "{method} {path}: {responses:?}");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let problem = !response["content"]["application/problem+json"].is_null();
            assert_eq!(
                problem,
                status.as_str() >= "400" && !(path == "/ready" && status == "503"),
                "{method} {path} {status}"
            );
        }
    }
}

#[tokio::test]
async fn names_are_unique_and_references_lead_somewhere() {
    let server = installed(Backend::Sqlite).await.start().await;
    let document = document(&server.client()).await;
    assert_eq!(document["openapi"], "3.1.0");
    let operations = operations(&document);
    let ids: BTreeSet<_> = operations.iter().map(|(_, _, operation)| operation["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations.len());
    let text = document.to_string();
    let references: BTreeSet<_> = text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(references.len() > 5, "{references:?}");
    for reference in references {
        assert!(document.pointer(&format!("/{reference}")).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn request_schemas_name_the_fields_that_are_read() {
    let server = installed(Backend::Sqlite).await.start().await;
    let client = server.client();
    let document = document(&client).await;
    let token = client.token_of_new("ada@example.org").await;
    for (method, path, schema) in [
        ("POST", "/api/v1/register", "RegisterRequest"),
        ("POST", "/api/v1/setup", "SetUpRequest"),
        ("POST", "/api/v1/login", "LoginRequest"),
        ("POST", "/api/v1/password/change", "ChangePasswordRequest"),
        ("PUT", "/api/v1/users/me", "UpdateMeRequest"),
        ("DELETE", "/api/v1/users/me", "DeleteMeRequest"),
    ] {
        let properties = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        // Each documented field is read (a number is of the wrong type for all), and nothing else is.
        let body: serde_json::Map<_, _> = properties.keys().map(|name| (name.clone(), 7.into())).collect();
        let answer = client.send(client.request(method, path).bearer_auth(&token).json(&body)).await;
        let at_fault: BTreeSet<_> = answer.faults().into_iter().collect();
        let expected: BTreeSet<_> = properties.keys().map(|name| (name.clone(), "wrong-type".to_owned())).collect();
        assert_eq!(at_fault, expected, "{path}");
    }
}

#[tokio::test]
async fn the_program_prints_the_document_that_it_serves() {
    let installation = installed(Backend::Sqlite).await;
    let printed = installation.command(&["openapi"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed, document(&installation.start().await.client()).await);
}
