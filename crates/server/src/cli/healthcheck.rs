//! `threshold healthcheck`

use super::Failure;
use crate::config::Settings;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;
use threshold_application::ports::BoxError;

const LIMIT: Duration = Duration::from_secs(3);

pub(super) fn run(settings: &Settings) -> Result<(), Failure> {
    let answer = ask(reachable(settings.server.listen))?;
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

fn ask(address: SocketAddr) -> Result<String, BoxError> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
