//! `threshold healthcheck`

use super::Failure;
use crate::config::{ServerSettings, Settings};
use crate::tls::connect_pinned;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;
use threshold_application::ports::BoxError;

const LIMIT: Duration = Duration::from_secs(3);

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let answer = ask(&settings.server)?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    Err(Failure::Other("the service answers, but not that it is well".into()))
}

/// Who listens everywhere is reached on this machine's own address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(server: &ServerSettings) -> Result<String, BoxError> {
    let stream = TcpStream::connect_timeout(&reachable(server.listen), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    match &server.tls {
        Some(files) => question(connect_pinned(stream, files)?),
        None => question(stream),
    }
}

fn question(mut stream: impl Read + Write) -> Result<String, BoxError> {
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // Closed without a goodbye of TLS, after the answer.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && !answer.is_empty() => {}
        read => drop(read?),
    }
    Ok(String::from_utf8(answer)?)
}
