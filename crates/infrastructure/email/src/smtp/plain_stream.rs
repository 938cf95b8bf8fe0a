//! A connection that is going to be encrypted.
//!
//! The driver reads ahead, and believes what it has read before STARTTLS also afterwards: a man in the middle could put answers
//! there that count as the server's. So until encryption begins nothing is read ahead: what comes too early then meets TLS,
//! which is not fooled.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// What a TLS handshake begins with (RFC 8446 §5.1), and no command of SMTP does.
const HANDSHAKE: u8 = 22;

/// Reads byte by byte until the client begins to speak TLS.
#[derive(Debug)]
pub(super) struct PlainStream {
    stream: TcpStream,
    encrypted: bool,
}

impl PlainStream {
    /// Connects to the first address of `host` that takes a connection in time.
    pub(super) async fn connect(host: &str, port: u16, for_each_address: Duration) -> io::Result<Self> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the mail server's name has no address");
        for address in lookup_host((host, port)).await? {
            match timeout(for_each_address, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(Self { stream, encrypted: false }),
                Ok(Err(error)) => failure = error,
                Err(_elapsed) => failure = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(failure)
    }
}

impl AsyncRead for PlainStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.encrypted || buffer.remaining() == 0 {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
        buffer.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PlainStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.encrypted |= bytes.first() == Some(&HANDSHAKE);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for PlainStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
