//! Requests that no proper client sends.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(30);

/// Sends bytes and reads until the server closes the connection; the request should ask for that.
pub async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has heard enough may close before it has read everything.
    let _sent = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer in time");
    assert!(read.is_ok() || !answer.is_empty(), "the connection was dropped: {read:?}");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads the next answer's head from a connection that stays open.
pub async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut byte)).await.expect("an answer in time");
        assert_eq!(read.unwrap(), 1, "the connection was closed after {}", String::from_utf8_lossy(&head));
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}
