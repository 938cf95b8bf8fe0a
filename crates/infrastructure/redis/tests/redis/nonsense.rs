//! Whoever listens there is no Redis, or one that can't be trusted.

use crate::place::{patient, take};
use threshold_redis::Redis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers everything with the same bytes.
async fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    if stream.write_all(bytes).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("redis://{address}")
}

#[tokio::test]
async fn nonsense_is_an_error() {
    let nonsense: [&[u8]; 8] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\xff\xfe nonsense",
        b"+OK\r\n",
        b":-1\r\n:-1\r\n:-1\r\n",
        b"*4\r\n$1\r\na\r\n:-1\r\n:0\r\n:0\r\n",
        b"$1000000000\r\nand no more",
        b"-ERR nonsense\r\n-LOADING nonsense\r\n",
        b"*1\r\n*2\r\n$14\r\nthreshold:news\r\n*1\r\n*2\r\n$1\r\n?\r\n*0\r\n",
    ];
    for bytes in nonsense {
        let redis = Redis::new(&patient(&answering(bytes).await)).unwrap();
        for _ in 0..3 {
            let shown = String::from_utf8_lossy(bytes);
            assert!(take(&redis.buckets(), 1).await.is_err(), "{shown}");
            assert!(redis.news_feed().next(None).await.is_err(), "{shown}");
        }
    }
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let redis = Redis::new(&patient(&answering(b"").await)).unwrap();
    assert!(take(&redis.buckets(), 1).await.is_err());
    assert!(redis.news_feed().next(None).await.is_err());
    assert!(redis.check().check().await.is_err());
}

#[tokio::test]
async fn tls_is_not_spoken_with_who_cannot() {
    let url = answering(b"+OK\r\n").await.replace("redis://", "rediss://");
    let redis = Redis::new(&patient(&url)).unwrap();
    assert!(redis.check().check().await.is_err());
    assert!(redis.news_feed().next(None).await.is_err());
}
