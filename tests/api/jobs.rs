//! Background work over HTTP.

use crate::access::{admin_of, ask};
use crate::on_both;
use serde_json::Value;
use threshold_tests::{Answer, Client};

const JOBS: &str = "/api/v1/admin/jobs";

fn outcome(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}

/// The only job that waits for its next try: a mail that nobody takes.
async fn waiting_mail(client: &Client, admin: &str) -> Value {
    for _ in 0..500 {
        let listed = ask(client, admin, "GET", &format!("{JOBS}?state=queued&kind=send_link"), None).await;
        if let Some(job) = listed.items().iter().find(|job| job["last_error"].is_string()) {
            return job.clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail waits");
}

/// Whether it is done in the end: while a worker tries the job it is left alone.
async fn is_done(client: &Client, admin: &str, method: &str, path: &str) -> bool {
    for _ in 0..500 {
        if ask(client, admin, method, path, None).await.status == 204 {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn a_job_is_listed_retried_and_discarded() {
    for backend in [threshold_tests::Backend::Sqlite, threshold_tests::Backend::Postgres] {
        // Nobody listens there.
        let installation = crate::installed(backend)
            .await
            .with("EMAIL__TRANSPORT", "smtp")
            .with("EMAIL__SMTP_URL", "smtp://127.0.0.1:1");
        let server = installation.start().await;
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        client.register("ada@example.org").await;
        let job = waiting_mail(&client, &admin).await;
        let id = job["id"].as_str().unwrap();
        assert_eq!((job["kind"].as_str(), job["state"].as_str()), (Some("send_link"), Some("queued")));
        assert!(job["attempts"].as_u64().unwrap() >= 1 && job["created_at"].is_string() && job["run_at"].is_string());
        let acts = [("POST", format!("{JOBS}/{id}/retry")), ("DELETE", format!("{JOBS}/{id}"))];
        for (method, path) in &acts {
            assert!(is_done(&client, &admin, method, path).await, "{method} {path}");
        }
        for (method, path) in &acts {
            assert_eq!(outcome(&ask(&client, &admin, method, path, None).await), (404, "job-not-found"));
        }
        let recorded = ask(&client, &admin, "GET", &format!("/api/v1/admin/audit?subject=job:{id}"), None).await;
        let events: Vec<_> =
            recorded.items().iter().map(|record| record["details"]["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["job_discarded", "job_retried"]);
    }
}

on_both! {
    async fn filters_of_jobs_are_checked(server, installation) {
        let client = server.client();
        let admin = admin_of(&installation, &client, "root@example.org").await;
        for (query, field) in [
            ("state=asleep", "state"),
            ("kind=fly", "kind"),
            ("limit=0", "limit"),
            ("limit=-1", "limit"),
            ("limit=1000000000", "limit"),
            ("cursor=abc", "cursor"),
            ("colour=red", "colour"),
        ] {
            let refused = ask(&client, &admin, "GET", &format!("{JOBS}?{query}"), None).await;
            assert_eq!(refused.status, 422, "{query}");
            assert_eq!(refused.faults().first().unwrap().0, field, "{query}");
        }
        let unknown = ask(&client, &admin, "POST", &format!("{JOBS}/nobody/retry"), None).await;
        assert_eq!(outcome(&unknown), (404, "job-not-found"));
    }
}
