//! From nothing to the first answer, and what the process weighs.

use crate::program::{binary, free_address};
use crate::{median, milliseconds, report, resident_megabytes};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use threshold_tests::{Backend, Installation};

pub(crate) async fn run() {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let address = free_address();
        let installation =
            Installation::new(&binary(), Backend::Sqlite).await.with("SERVER__LISTEN", &address.to_string());
        let started = Instant::now();
        let mut child = installation.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !answers(address) {
            std::thread::yield_now();
        }
        times.push(milliseconds(started.elapsed()));
        tokio::time::sleep(Duration::from_millis(300)).await;
        memory.push(resident_megabytes(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (time, memory) = (median(times), median(memory));
    report("start to first 200, empty SQLite, of 50 ms", &format!("{time:.1} ms"), time / 50.0, Some(("at most", 1.0)));
    report("idle memory, of 15 MB", &format!("{memory:.1} MB"), memory / 15.0, Some(("at most", 1.0)));
    report("release binary, stripped, in MB", "", stripped_megabytes(), None);
}

fn answers(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let sent = stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut answer = [0; 12];
    sent.is_ok() && stream.read_exact(&mut answer).is_ok() && &answer == b"HTTP/1.1 200"
}

fn stripped_megabytes() -> f64 {
    let copy = std::env::temp_dir().join(format!("threshold-stripped-{}", std::process::id()));
    assert!(Command::new("strip").arg("-o").arg(&copy).arg(binary()).status().unwrap().success());
    let size = std::fs::metadata(&copy).unwrap().len();
    std::fs::remove_file(copy).unwrap();
    size as f64 / 1e6
}
