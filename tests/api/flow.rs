//! The whole flow, and what the log says of it.

use crate::on_both;
use serde_json::{Value, json};
use threshold_tests::GOOD_PASSWORD;

on_both! {
    async fn the_log_tells_the_routes_and_no_secrets(server) {
        let client = server.client();
        let (email, username) = ("lovelace.ada@example.org", "countess");
        let body = json!({"email": email, "username": username, "display_name": "Augusta", "password": GOOD_PASSWORD});
        client.post("/api/v1/register", body.clone()).await;
        assert_eq!(client.post("/api/v1/register", body).await.status, 409);
        client.login(email, "something else 11").await;
        client.post_bytes("/api/v1/login", "application/json", format!("{{\"password\":\"{GOOD_PASSWORD}\",")).await;
        client.post("/api/v1/login", json!({"email": email, "password": GOOD_PASSWORD, "extra": GOOD_PASSWORD})).await;
        let token = client.token_of(email).await;
        client.me(&token).await;
        client.get(&format!("/api/v1/users/me?token={token}")).await;
        client.get(&format!("/{email}")).await;
        let last = client.logout(&token).await.header("x-request-id").to_owned();

        while !server.log().contains(&last) {
            tokio::task::yield_now().await;
        }
        let log = server.log();
        let signature = token.rsplit('.').next().unwrap();
        for secret in [GOOD_PASSWORD, "violet", "something else", email, "lovelace", username, "Augusta", &token, signature, "$2b$"] {
            assert!(!log.contains(secret), "{secret} in {log}");
        }
        // The link that makes an administrator is for people, beside the log.
        let lines = log.lines().filter(|line| !line.contains("/setup?token="));
        let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        let of_last = lines.iter().find(|line| line["span"]["request_id"] == last.as_str()).unwrap();
        assert_eq!(of_last["span"]["route"], "/api/v1/logout");
        assert_eq!((&of_last["span"]["method"], &of_last["status"]), (&json!("POST"), &json!(204)));
        let answered = lines.iter().filter(|line| line["message"] == "request answered").count();
        assert_eq!(answered, 10);
    }
}
