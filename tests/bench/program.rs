//! The release build of the service, started without a log that anybody reads.

use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use threshold_tests::{Backend, GOOD_PASSWORD, Installation};

/// Any child process that listens; killed when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The service, and where its data lies.
pub(crate) struct Program {
    pub(crate) process: Process,
    pub(crate) installation: Installation,
    http: reqwest::Client,
}

/// The binary beside this one.
pub(crate) fn binary() -> String {
    std::env::current_exe().unwrap().with_file_name("threshold").display().to_string()
}

pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Starts a listening process, and waits until it answers.
pub(crate) async fn listening(mut command: Command, address: SocketAddr) -> Process {
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let process = Process { child, address };
    while reqwest::get(format!("http://{address}/health")).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process
}

impl Program {
    /// The service as it comes, hashing at its default cost.
    pub(crate) async fn start(backend: Backend) -> Self {
        let installation = Installation::new(&binary(), backend).await;
        Self::start_with(installation.with("PASSWORD__BCRYPT_COST", "12")).await
    }

    pub(crate) async fn start_with(installation: Installation) -> Self {
        let address = free_address();
        let installation =
            installation.with("SERVER__LISTEN", &address.to_string()).with("PASSWORD__MAX_QUEUE_WAIT", "2s");
        let process = listening(installation.command(&["serve"]), address).await;
        Self { process, installation, http: reqwest::Client::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.process.address)
    }

    pub(crate) async fn register(&self, email: &str) {
        let body = json!({"email": email, "password": GOOD_PASSWORD});
        let answer = self.http.post(self.url("/api/v1/register")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }

    /// An access token of somebody who is registered.
    pub(crate) async fn token(&self, email: &str) -> String {
        self.sign_in(email).await.0
    }

    /// Access and refresh token of somebody who is registered.
    pub(crate) async fn sign_in(&self, email: &str) -> (String, String) {
        let body = json!({"email": email, "password": GOOD_PASSWORD, "token_delivery": "body"});
        let answer = self.http.post(self.url("/api/v1/login")).json(&body).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        let of = |name: &str| body.get(name).and_then(Value::as_str).unwrap().to_owned();
        (of("access_token"), of("refresh_token"))
    }

    /// What `GET /users/me` answers to that token.
    pub(crate) async fn me(&self, token: &str) -> String {
        let request = self.http.get(self.url("/api/v1/users/me")).bearer_auth(token);
        request.send().await.unwrap().text().await.unwrap()
    }
}
