//! A load of keep-alive connections on one core, and what it measured.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Connections open at once.
const CONNECTIONS: usize = 16;

/// Requests answered a second, and the bytes of one answer's body.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub per_second: f64,
    pub body_bytes: usize,
}

/// Asks for the paths in turn for some time, with a cookie. Every answer has to be a 200.
pub fn run(address: SocketAddr, cookie: &str, paths: &[String], lasting: Duration) -> Measured {
    let requests: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| {
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n")
                .into_bytes()
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let begun = Instant::now();
        let until = begun + lasting;
        let mut tasks = Vec::new();
        for connection in 0..CONNECTIONS {
            let requests = requests.clone();
            tasks.push(tokio::spawn(async move {
                one(address, &requests, connection, until).await
            }));
        }
        let (mut answered, mut body_bytes) = (0, 0);
        for task in tasks {
            let (n, bytes) = task.await.expect("a connection");
            answered += n;
            body_bytes = body_bytes.max(bytes);
        }
        Measured {
            per_second: answered as f64 / begun.elapsed().as_secs_f64(),
            body_bytes,
        }
    })
}

async fn one(
    address: SocketAddr,
    requests: &[Vec<u8>],
    first: usize,
    until: Instant,
) -> (u64, usize) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let mut buffer = vec![0; 256 * 1024];
    let (mut answered, mut body_bytes, mut next) = (0, 0, first);
    while Instant::now() < until {
        stream
            .write_all(&requests[next % requests.len()])
            .await
            .expect("sent");
        body_bytes = body_bytes.max(answer(&mut stream, &mut buffer).await);
        answered += 1;
        next += 1;
    }
    (answered, body_bytes)
}

/// Reads one answer; gives the length of its body.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the server closed the connection");
        filled += read;
        let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = content_length(head);
        while filled < end + 4 + length {
            let read = stream.read(&mut buffer[filled..]).await.expect("a body");
            assert!(read > 0, "the server closed the connection");
            filled += read;
        }
        return length;
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .expect("a length")
}
