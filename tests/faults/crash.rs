//! `kill -9` loses nothing that was answered.

use crate::installed;
use std::sync::{Arc, Mutex};
use threshold_tests::{Backend, GOOD_PASSWORD};

async fn what_was_answered_survives_kill_9(backend: Backend) {
    let installation = installed(backend).await;
    let mut server = installation.start().await;
    let answered: Arc<Mutex<Vec<String>>> = Arc::default();
    let clients: Vec<_> = (0..8)
        .map(|number| {
            let (client, answered) = (server.client(), Arc::clone(&answered));
            tokio::spawn(async move {
                for round in 0.. {
                    let email = format!("user{number}-{round}@example.org");
                    let body = serde_json::json!({"email": email, "password": GOOD_PASSWORD});
                    let request = client.request("POST", "/api/v1/register").json(&body);
                    // The server is gone: so is the burst.
                    let Ok(answer) = request.send().await else { return };
                    assert_eq!(answer.status(), 201);
                    answered.lock().unwrap().push(email);
                }
            })
        })
        .collect();
    while answered.lock().unwrap().len() < 100 {
        tokio::task::yield_now().await;
    }
    server.signal("KILL");
    server.ended().await;
    for client in clients {
        client.await.unwrap();
    }
    let server = installation.start().await;
    let answered = answered.lock().unwrap().clone();
    for email in answered {
        assert_eq!(server.client().login(&email, GOOD_PASSWORD).await.status, 200, "{email}");
    }
}

#[tokio::test]
async fn what_was_answered_survives_kill_9_on_sqlite() {
    what_was_answered_survives_kill_9(Backend::Sqlite).await;
}

#[tokio::test]
async fn what_was_answered_survives_kill_9_on_postgres() {
    what_was_answered_survives_kill_9(Backend::Postgres).await;
}
