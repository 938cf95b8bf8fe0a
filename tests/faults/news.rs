//! What is ended on one instance is refused by all within a second, whatever becomes of Redis.

use crate::{PATIENCE, installed};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, Client, GOOD_PASSWORD, Haproxy, Installation, OwnRedis, Server};

/// The contract's own limit.
const EVERYWHERE: Duration = Duration::from_secs(1);
const ROLES: &str = "/api/v1/admin/roles";

/// Instances on one database and one Redis.
struct Cluster {
    redis: OwnRedis,
    installation: Installation,
    instances: Vec<Server>,
}

impl Cluster {
    async fn of(instances: usize) -> Self {
        let redis = OwnRedis::start();
        let installation = installed(Backend::Postgres).await.with("REDIS__URL", &redis.url());
        let mut cluster = Self { redis, installation, instances: Vec::new() };
        for _ in 0..instances {
            cluster.add().await;
        }
        cluster
    }

    async fn add(&mut self) {
        let server = self.installation.start().await;
        self.instances.push(server);
    }

    fn client(&self, number: usize) -> Client {
        self.instances.get(number).unwrap().client()
    }

    /// Signs in on one instance, is known by all, signs out on another, and is refused by all in time.
    async fn a_token_ends_everywhere(&self) {
        let token = self.client(0).token_of("ada@example.org").await;
        for instance in &self.instances {
            assert_eq!(instance.client().me(&token).await.status, 200);
        }
        let last = self.client(self.instances.len() - 1);
        assert_eq!(last.logout(&token).await.status, 204);
        let ended = Instant::now();
        for instance in &self.instances {
            loop {
                let answer = instance.client().me(&token).await;
                if answer.status == 401 {
                    assert_eq!(answer.code(), "token-revoked");
                    break;
                }
                assert_eq!(answer.status, 200);
                assert!(ended.elapsed() < EVERYWHERE, "still known after {:?}", ended.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    /// Makes a key on one instance, has all know it, revokes it on another, and is refused by all in time.
    async fn a_key_is_revoked_everywhere(&self, admin: &str) {
        let ask = async |client: &Client, token: &str, method: &str, path: &str| {
            client.send(client.request(method, path).bearer_auth(token)).await
        };
        let body = serde_json::json!({"name": "CI", "permissions": ["roles:read"]});
        let request = self.client(0).request("POST", "/api/v1/admin/api-keys").bearer_auth(admin).json(&body);
        let made = self.client(0).send(request).await;
        assert_eq!(made.status, 201, "{made:?}");
        let key = made.text_of("key");
        for instance in &self.instances {
            assert_eq!(ask(&instance.client(), &key, "GET", ROLES).await.status, 200, "known at once");
        }
        let last = self.client(self.instances.len() - 1);
        assert_eq!(ask(&last, admin, "DELETE", made.header("location")).await.status, 204);
        let revoked = Instant::now();
        for instance in &self.instances {
            while ask(&instance.client(), &key, "GET", ROLES).await.code() != "token-revoked" {
                assert!(revoked.elapsed() < EVERYWHERE, "still known after {:?}", revoked.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    /// Waits until each instance says of Redis that it is `status`.
    async fn redis_is(&self, status: &str) {
        let started = Instant::now();
        for instance in &self.instances {
            loop {
                let answer = instance.client().get("/ready").await;
                assert_eq!(answer.status, 200, "without Redis the service goes on: {answer:?}");
                let (all, redis) = (answer.text_of("status"), answer.check_of("redis"));
                if redis == status {
                    assert_eq!(all, if status == "up" { "ready" } else { "degraded" });
                    break;
                }
                assert!(started.elapsed() < PATIENCE, "still {answer:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_ends_on_one_instance_ends_on_all() {
    for instances in [2, 3] {
        let cluster = Cluster::of(instances).await;
        cluster.client(0).register("ada@example.org").await;
        for _ in 0..5 {
            cluster.a_token_ends_everywhere().await;
        }
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_on_one_instance_is_refused_by_all_with_redis_and_without() {
    let mut cluster = Cluster::of(2).await;
    let admin = ["admin", "create", "--email", "root@example.org", "--password", GOOD_PASSWORD];
    assert!(cluster.installation.command(&admin).output().unwrap().status.success());
    let admin = cluster.client(0).token_of("root@example.org").await;
    cluster.a_key_is_revoked_everywhere(&admin).await;
    cluster.redis.kill();
    cluster.a_key_is_revoked_everywhere(&admin).await;
    cluster.redis_is("degraded").await;
    cluster.a_key_is_revoked_everywhere(&admin).await;
    cluster.redis.restart();
    cluster.redis_is("up").await;
    cluster.a_key_is_revoked_everywhere(&admin).await;
}

#[tokio::test]
async fn so_it_is_with_redis_killed_restarted_frozen_and_emptied() {
    let mut cluster = Cluster::of(2).await;
    cluster.client(0).register("ada@example.org").await;
    cluster.a_token_ends_everywhere().await;
    cluster.redis.kill();
    cluster.a_token_ends_everywhere().await;
    cluster.redis_is("degraded").await;
    cluster.a_token_ends_everywhere().await;
    cluster.redis.restart();
    cluster.a_token_ends_everywhere().await;
    cluster.redis_is("up").await;
    cluster.a_token_ends_everywhere().await;
    cluster.redis.flush();
    cluster.a_token_ends_everywhere().await;
    cluster.redis.freeze();
    cluster.a_token_ends_everywhere().await;
    cluster.redis_is("degraded").await;
    cluster.redis.thaw();
    cluster.a_token_ends_everywhere().await;
    cluster.redis_is("up").await;
}

#[tokio::test]
async fn an_instance_that_starts_late_or_without_redis_knows_what_has_ended() {
    let mut cluster = Cluster::of(1).await;
    let token = cluster.client(0).token_of_new("ada@example.org").await;
    cluster.client(0).logout(&token).await;
    cluster.add().await;
    assert_eq!(cluster.client(1).me(&token).await.code(), "token-revoked");
    let token = cluster.client(0).token_of("ada@example.org").await;
    cluster.redis.kill();
    cluster.client(0).logout(&token).await;
    cluster.add().await;
    assert_eq!(cluster.client(2).me(&token).await.code(), "token-revoked");
    cluster.a_token_ends_everywhere().await;
}

#[tokio::test]
async fn behind_a_load_balancer_a_logout_holds_for_every_request_that_follows() {
    let cluster = Cluster::of(3).await;
    let addresses: Vec<_> = cluster.instances.iter().map(|instance| instance.address).collect();
    let proxy = Haproxy::before(&addresses).await;
    let client = proxy.client();
    client.register("ada@example.org").await;
    let token = client.token_of("ada@example.org").await;
    for _ in 0..9 {
        assert_eq!(client.me(&token).await.status, 200);
    }
    client.logout(&token).await;
    let ended = Instant::now();
    let mut refused = 0;
    while refused < 9 {
        let known = client.me(&token).await.status == 200;
        assert!(!known || ended.elapsed() < EVERYWHERE, "still known after {:?}", ended.elapsed());
        refused = if known { 0 } else { refused + 1 };
    }
    for instance in &cluster.instances {
        let answered = instance
            .metric("threshold_http_requests_total{route=\"/api/v1/users/me\",method=\"GET\",status=\"401\"} ")
            .await;
        assert!(answered > 0.0, "each of them was asked");
    }
}

#[tokio::test]
async fn what_one_instance_changes_of_a_user_the_others_show_in_time() {
    let cluster = Cluster::of(2).await;
    let token = cluster.client(0).token_of_new("ada@example.org").await;
    let seen = cluster.client(1).me(&token).await;
    let later = cluster.client(0).login("ada@example.org", threshold_tests::GOOD_PASSWORD).await;
    let signed_in = Instant::now();
    let expected = &later.body["user"]["last_login_at"];
    assert_ne!(&seen.body["last_login_at"], expected);
    assert_eq!(&cluster.client(0).me(&token).await.body["last_login_at"], expected, "what one has changed one sees");
    while &cluster.client(1).me(&token).await.body["last_login_at"] != expected {
        assert!(signed_in.elapsed() < EVERYWHERE, "still the old one after {:?}", signed_in.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
