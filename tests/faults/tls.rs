//! TLS on the listener itself, and certificates that change.

use crate::{PATIENCE, installed};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use reqwest::Client;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;
use threshold_tests::{Backend, Installation, Server, raw};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

fn fresh() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

fn put(folder: &Path, pair: &CertifiedKey<KeyPair>) {
    fs::write(folder.join("cert.pem"), pair.cert.pem()).unwrap();
    fs::write(folder.join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
}

/// A client that trusts this certificate alone.
fn trusting(pair: &CertifiedKey<KeyPair>, address: SocketAddr) -> Client {
    let root = reqwest::Certificate::from_pem(pair.cert.pem().as_bytes()).unwrap();
    Client::builder().tls_certs_only([root]).resolve("localhost", address).build().unwrap()
}

async fn installation(pair: &CertifiedKey<KeyPair>) -> Installation {
    let installation = installed(Backend::Sqlite).await;
    put(installation.folder(), pair);
    let (certificate, key) = (installation.folder().join("cert.pem"), installation.folder().join("key.pem"));
    installation
        .with("SERVER__TLS_CERTIFICATE", certificate.to_str().unwrap())
        .with("SERVER__TLS_KEY", key.to_str().unwrap())
}

async fn is_served(client: &Client, server: &Server) -> bool {
    let url = format!("https://localhost:{}/health", server.address.port());
    client.get(url).send().await.is_ok_and(|answer| answer.status() == 200)
}

async fn wait_for(server: &mut Server, message: &str) {
    server.wait_for_line(message).await;
}

#[tokio::test]
async fn the_listener_speaks_tls_with_the_certificate_of_its_files() {
    let pair = fresh();
    let server = installation(&pair).await.start().await;
    let client = trusting(&pair, server.address);
    let url = format!("https://localhost:{}/health", server.address.port());
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("strict-transport-security"), "the public address is https by itself");
    assert!(!is_served(&trusting(&fresh(), server.address), &server).await, "nobody is told to trust anything");
}

#[tokio::test]
async fn a_new_certificate_is_served_after_a_hang_up_and_open_connections_live_on() {
    let (old, new) = (fresh(), fresh());
    let installation = installation(&old).await;
    let mut server = installation.start().await;
    let before = trusting(&old, server.address);
    assert!(is_served(&before, &server).await);
    put(installation.folder(), &new);
    assert!(!is_served(&trusting(&new, server.address), &server).await, "not before it is told to");
    server.signal("HUP");
    wait_for(&mut server, "serving the certificate that is in the files now").await;
    assert!(is_served(&trusting(&new, server.address), &server).await);
    assert!(is_served(&before, &server).await, "its connection is still open");
    assert!(!is_served(&trusting(&old, server.address), &server).await);
}

#[tokio::test]
async fn files_that_are_of_no_use_change_nothing() {
    let pair = fresh();
    let installation = installation(&pair).await;
    let mut server = installation.start().await;
    fs::write(installation.folder().join("key.pem"), fresh().signing_key.serialize_pem()).unwrap();
    server.signal("HUP");
    wait_for(&mut server, "the certificate can't be read again; the one before is served on").await;
    assert!(is_served(&trusting(&pair, server.address), &server).await);
    assert!(!server.log().contains("PRIVATE KEY"));
}

#[tokio::test]
async fn wrong_files_are_named_before_anything_starts() {
    let pair = fresh();
    for (file, text, says) in [
        ("key.pem", fresh().signing_key.serialize_pem(), "is not that of the certificate"),
        ("key.pem", "nonsense".to_owned(), "there is no private key in it"),
        ("cert.pem", "nonsense".to_owned(), "there is none in it"),
    ] {
        let installation = installation(&pair).await;
        fs::write(installation.folder().join(file), text).unwrap();
        let checked = installation.command(&["config", "check"]).output().unwrap();
        let error = String::from_utf8(checked.stderr).unwrap();
        assert_eq!(checked.status.code(), Some(2));
        assert!(error.contains(says) && error.contains("server.tls_") && error.lines().count() == 1, "{error}");
    }
    let alone = installation(&pair).await.with("SERVER__TLS_KEY", "");
    let checked = alone.command(&["config", "check"]).output().unwrap();
    assert!(String::from_utf8(checked.stderr).unwrap().contains("server.tls_key"));
}

#[tokio::test]
async fn clients_that_speak_no_tls_or_nothing_at_all_harm_nobody() {
    let pair = fresh();
    let server = installation(&pair).await.start().await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let plain = raw(server.address, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(!plain.contains("200 OK"), "{plain}");
    assert!(is_served(&trusting(&pair, server.address), &server).await);
    let started = Instant::now();
    let mut rest = Vec::new();
    let hung_up = tokio::time::timeout(PATIENCE, silent.read_to_end(&mut rest)).await;
    assert!(hung_up.is_ok(), "a handshake that never comes is not waited for: {:?}", started.elapsed());
    assert!(is_served(&trusting(&pair, server.address), &server).await);
}

#[tokio::test]
async fn the_health_check_knows_its_own_listener() {
    let pair = fresh();
    let installation = installation(&pair).await;
    let server = installation.start().await;
    let own = installation.with("SERVER__LISTEN", &server.address.to_string());
    assert!(own.command(&["healthcheck"]).status().unwrap().success());
    put(own.folder(), &fresh());
    assert!(!own.command(&["healthcheck"]).status().unwrap().success(), "somebody else's");
}
