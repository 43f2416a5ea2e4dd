//! A load of keep-alive connections on one core, and what it measured.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::cores;

/// Connections open at once.
const CONNECTIONS: usize = 16;

/// Requests answered a second, what each took of the service's processor, and the bytes of the longest answer's body.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub per_second: f64,
    /// Microseconds of processor time of all threads but the one that asks: other programs on the machine do not change it.
    pub cpu_us: f64,
    pub body_bytes: usize,
}

/// Whom to ask and as whom.
#[derive(Clone, Debug)]
pub struct Target {
    pub address: SocketAddr,
    pub cookie: String,
}

impl Target {
    /// Whoever has this session, in a browser that was here before: it sends the cookie that it got then.
    pub fn as_a_browser(address: SocketAddr, session: &str) -> Self {
        let mut target = Self {
            address,
            cookie: session.to_owned(),
        };
        let (head, _) = target.ask(&target.get("/children"), 200);
        let given = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let cookie = value.split(';').next()?;
            name.eq_ignore_ascii_case("set-cookie").then_some(cookie)
        });
        target.cookie = format!("{session}; {}", given.expect("a browser's cookie"));
        target
    }

    /// A request for a page.
    pub fn get(&self, path: &str) -> Vec<u8> {
        let Self { address, cookie } = self;
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n").into_bytes()
    }

    /// A form that is sent.
    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let Self { address, cookie } = self;
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// One request, with head and body of the answer.
    pub fn ask(&self, request: &[u8], expected: u16) -> (String, String) {
        runtime().block_on(async {
            let mut connection = Connection::to(self.address).await;
            let (head, length) = connection.ask(request, expected).await;
            let body = connection.buffer[head..head + length].to_vec();
            let head = String::from_utf8_lossy(&connection.buffer[..head]).into_owned();
            (head, String::from_utf8(body).expect("text"))
        })
    }
}

/// Asks for the paths in turn for some time. Every answer has to be a 200.
pub fn run(target: &Target, paths: &[String], lasting: Duration) -> Measured {
    let requests: Vec<Vec<u8>> = paths.iter().map(|path| target.get(path)).collect();
    let until = Instant::now() + lasting;
    measured(target, |connection| {
        let mut in_turn = requests.iter().cycle().skip(connection);
        std::iter::from_fn(move || {
            let next = in_turn.next().filter(|_| Instant::now() < until);
            next.map(|request| (request.as_slice(), 200))
        })
    })
}

/// Sends each request once. Every answer has to have this status.
pub fn send_all(target: &Target, requests: &[Vec<u8>], expected: u16) -> Measured {
    measured(target, |connection| {
        let own = requests.iter().skip(connection).step_by(CONNECTIONS);
        own.map(move |request| (request.as_slice(), expected))
    })
}

fn measured<'a, I>(target: &Target, requests_of: impl Fn(usize) -> I) -> Measured
where
    I: Iterator<Item = (&'a [u8], u16)>,
{
    let (begun, before) = (Instant::now(), cores::used_by_others());
    let (answered, body_bytes) = runtime().block_on(async {
        let all = (0..CONNECTIONS).map(|connection| one(target.address, requests_of(connection)));
        let all = futures_util::future::join_all(all).await;
        all.into_iter()
            .fold((0, 0), |(n, longest), (answered, bytes)| {
                (n + answered, longest.max(bytes))
            })
    });
    let used = cores::used_since(&before);
    Measured {
        per_second: f64::from(answered) / begun.elapsed().as_secs_f64(),
        cpu_us: used.as_secs_f64() * 1e6 / f64::from(answered),
        body_bytes,
    }
}

/// One thread that asks for all.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

async fn one<'a>(
    address: SocketAddr,
    requests: impl Iterator<Item = (&'a [u8], u16)>,
) -> (u32, usize) {
    let mut connection = Connection::to(address).await;
    let (mut answered, mut body_bytes) = (0, 0);
    for (request, expected) in requests {
        let (_, length) = connection.ask(request, expected).await;
        body_bytes = body_bytes.max(length);
        answered += 1;
    }
    (answered, body_bytes)
}

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back, and where in the buffer.
pub struct Answer {
    pub status: u16,
    head: usize,
    length: usize,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// What keeps it from being opened.
    pub async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 256 * 1024],
        })
    }

    async fn to(address: SocketAddr) -> Self {
        Self::open(address).await.expect("a connection")
    }

    /// Sends a request and reads its answer; gives the lengths of its head and of its body.
    async fn ask(&mut self, request: &[u8], expected: u16) -> (usize, usize) {
        let answer = self.exchange(request).await.expect("an answer");
        let Answer {
            status,
            head,
            length,
        } = answer;
        let said = String::from_utf8_lossy(&self.buffer[..head + length]);
        assert_eq!(status, expected, "{said}");
        (head, length)
    }

    /// Sends a request and reads its answer, whatever its status.
    ///
    /// # Errors
    /// When none comes.
    pub async fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            filled += self.read(filled).await?;
            let Some(end) = self.buffer[..filled]
                .windows(4)
                .position(|w| w == b"\r\n\r\n")
            else {
                continue;
            };
            let head = std::str::from_utf8(&self.buffer[..end]).expect("a head");
            let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
            let status = status.expect("a status");
            let (head, length) = (end + 4, content_length(head));
            while filled < head + length {
                filled += self.read(filled).await?;
            }
            return Ok(Answer {
                status,
                head,
                length,
            });
        }
    }

    async fn read(&mut self, filled: usize) -> std::io::Result<usize> {
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .expect("a length")
}
