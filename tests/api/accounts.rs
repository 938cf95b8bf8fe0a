//! Registering, and looking at oneself.

use crate::on_both;
use serde_json::{Value, json};
use threshold_tests::GOOD_PASSWORD;

const REGISTER: &str = "/api/v1/register";

fn fault(field: &str, code: &str) -> (String, String) {
    (field.to_owned(), code.to_owned())
}

/// A registration that is right but for `changes`.
fn registration(changes: Value) -> Value {
    let mut body = json!({"email": "ada@example.org", "password": GOOD_PASSWORD});
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    body.as_object_mut().unwrap().extend(changes);
    body
}

fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 27 && text.ends_with('Z') && text.as_bytes().get(19) == Some(&b'.')
}

on_both! {
    async fn a_new_account_is_shown_in_full(server) {
        let client = server.client();
        let body = registration(json!({"username": "Ada", "display_name": "Ada Lovelace"}));
        let answer = client.post(REGISTER, body).await;
        assert_eq!((answer.status, answer.header("location")), (201, "/api/v1/users/me"));
        let user = answer.body.as_object().unwrap();
        let mut names: Vec<_> = user.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, [
            "created_at", "deleted_at", "display_name", "email", "email_verified_at", "id", "last_login_at",
            "pending_email", "roles", "status", "updated_at", "username",
        ]);
        for (name, value) in [
            ("email", json!("ada@example.org")), ("username", json!("ada")), ("display_name", json!("Ada Lovelace")),
            ("status", json!("unverified")), ("roles", json!(["user"])), ("email_verified_at", Value::Null),
            ("pending_email", Value::Null), ("last_login_at", Value::Null), ("deleted_at", Value::Null),
        ] {
            assert_eq!(user[name], value, "{name}");
        }
        assert!(is_time(&user["created_at"]) && user["updated_at"] == user["created_at"]);
        assert_eq!(user["id"].as_str().unwrap().as_bytes()[14], b'7', "a UUIDv7");
    }

    async fn an_email_is_taken_in_every_form_of_it(server) {
        let client = server.client();
        assert_eq!(client.register("Info@Bücher.example").await.status, 201);
        for email in ["info@bücher.example", "INFO@XN--BCHER-KVA.example"] {
            let answer = client.register(email).await;
            assert_eq!((answer.status, answer.code()), (409, "email-taken"), "{email}");
            assert_eq!(answer.faults(), [fault("email", "taken")]);
        }
    }

    async fn a_username_is_taken_in_any_case(server) {
        let client = server.client();
        let of = |email: &str, name: &str| registration(json!({"email": email, "username": name}));
        assert_eq!(client.post(REGISTER, of("a@example.org", "ada")).await.status, 201);
        let answer = client.post(REGISTER, of("b@example.org", "ADA")).await;
        assert_eq!((answer.status, answer.code()), (409, "username-taken"));
        assert_eq!(answer.faults(), [fault("username", "taken")]);
    }

    async fn every_field_at_fault_is_named_at_once(server) {
        let body = json!({"email": " ada@example.org", "username": "a b", "display_name": "", "password": "short"});
        let answer = server.client().post(REGISTER, body).await;
        assert_eq!((answer.status, answer.code()), (422, "validation-failed"));
        assert_eq!(answer.faults(), [
            fault("email", "invalid-format"), fault("username", "invalid-character"),
            fault("display_name", "too-short"), fault("password", "too-short"),
        ]);
    }

    async fn each_rule_has_its_code(server) {
        let client = server.client();
        let long = "q8#Lw2!zT5&nB1$v".repeat(17);
        for (changes, field, code) in [
            (json!({"email": Value::Null}), "email", "required"),
            (json!({"email": 7}), "email", "wrong-type"),
            (json!({"email": format!("{}@example.org", "x".repeat(250))}), "email", "too-long"),
            (json!({"username": "admin"}), "username", "reserved"),
            (json!({"username": "ab"}), "username", "too-short"),
            (json!({"username": "a".repeat(33)}), "username", "too-long"),
            (json!({"username": "-ada"}), "username", "invalid-format"),
            (json!({"display_name": "a\u{0}b"}), "display_name", "invalid-character"),
            (json!({"display_name": "x".repeat(101)}), "display_name", "too-long"),
            (json!({"password": "password1"}), "password", "weak"),
            (json!({"email": "lovelace@example.org", "password": "LoveLace#9qqv!xk2"}), "password", "weak"),
            (json!({"username": "countess", "password": "xk2!countess#9qqv"}), "password", "weak"),
            (json!({"password": long}), "password", "too-long"),
            (json!({"password": "violet\u{0}harbour 92 kites"}), "password", "invalid-character"),
            (json!({"password": ["violet harbour"]}), "password", "wrong-type"),
        ] {
            let answer = client.post(REGISTER, registration(changes.clone())).await;
            assert_eq!(answer.status, 422, "{changes}");
            assert_eq!(answer.faults(), [fault(field, code)], "{changes}");
        }
    }

    async fn passwords_of_any_script_and_length_sign_in(server) {
        let client = server.client();
        for (number, password) in ["пять зелёных чайников", &"q8#Lw2!zT5&nB1$v".repeat(16)].into_iter().enumerate() {
            let email = format!("user{number}@example.org");
            let body = registration(json!({"email": email, "password": password}));
            assert_eq!(client.post(REGISTER, body).await.status, 201);
            assert_eq!(client.login(&email, password).await.status, 200);
            assert_eq!(client.login(&email, &format!("{password}x")).await.status, 401);
        }
    }

    async fn null_is_as_good_as_absent_where_a_field_is_optional(server) {
        let body = registration(json!({"username": Value::Null, "display_name": Value::Null}));
        let answer = server.client().post(REGISTER, body).await;
        assert_eq!((answer.status, &answer.body["username"]), (201, &Value::Null));
    }

    async fn one_sees_oneself_and_the_last_sign_in(server) {
        let client = server.client();
        let token = client.token_of_new("ada@example.org").await;
        client.token_of_new("eve@example.org").await;
        let answer = client.me(&token).await;
        assert_eq!((answer.status, &answer.body["email"]), (200, &json!("ada@example.org")));
        assert!(is_time(&answer.body["last_login_at"]));
        assert!(answer.body["last_login_at"].as_str() > answer.body["created_at"].as_str());
        assert_eq!(answer.body["updated_at"], answer.body["created_at"]);
    }

    async fn fifty_at_once_for_one_address_make_one_account(server) {
        let client = server.client();
        let attempts: Vec<_> = (0..50)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.register("ada@example.org").await.status })
            })
            .collect();
        let mut made = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                201 => made += 1,
                status => assert_eq!(status, 409),
            }
        }
        assert_eq!(made, 1);
    }
}
