//! A mail server in the test process, that can be told to misbehave.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use mailin::response::{OK, Response};
use mailin::{Action, Handler, SessionBuilder};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What the server does with the mail it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes everything.
    Accept,
    /// Refuses every recipient for now (451).
    Refuse4xx,
    /// Refuses these recipients for good (550) and takes the others.
    Refuse5xx(Vec<String>),
    /// Answers so to one command of every mail.
    RefuseAt(At, u16, &'static str),
    /// Takes everything, addresses beyond ASCII too (RFC 6531).
    AcceptUtf8,
    /// Turns away whoever connects (554 to EHLO).
    RefuseUs,
    /// Takes a message, then closes the connection before saying so.
    DropAfterData,
    /// Takes the connection and never says a word.
    Stall,
}

/// The command that a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Mail,
    Rcpt,
    Data,
}

/// Whether the server encrypts, and with which certificate.
#[derive(Clone)]
pub enum Encryption {
    /// Never.
    None,
    /// When it is asked to (STARTTLS).
    Offered(Arc<ServerConfig>),
    /// From the first byte.
    Wrapping(Arc<ServerConfig>),
}

/// A message that the server took.
#[derive(Clone, Debug)]
pub struct Received {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and bodies as they came.
    pub raw: String,
    /// Whether nobody on the way could read it.
    pub encrypted: bool,
}

impl Received {
    /// The value of a header, unfolded; empty when it is not there.
    pub fn header(&self, name: &str) -> String {
        let headers = self
            .raw
            .split("\r\n\r\n")
            .next()
            .unwrap_or_default()
            .replace("\r\n ", " ");
        let prefix = format!("{}:", name.to_lowercase());
        headers
            .lines()
            .find(|line| line.to_lowercase().starts_with(&prefix))
            .map(|line| line[prefix.len()..].trim().to_owned())
            .unwrap_or_default()
    }
}

/// A mail server on a port of its own; it stops when dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    door: Option<JoinHandle<()>>,
}

/// What the threads of the server share.
struct Shared {
    encryption: Encryption,
    behaviour: Mutex<Behaviour>,
    recipients: Mutex<Vec<String>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    closing: AtomicBool,
}

impl SmtpServer {
    /// Starts a server on a free port.
    pub fn start(behaviour: Behaviour) -> Self {
        Self::start_with(Encryption::None, behaviour)
    }

    /// Starts a server that encrypts, on a free port.
    pub fn start_with(encryption: Encryption, behaviour: Behaviour) -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::open(anywhere, encryption, behaviour)
    }

    /// Starts a server where one was before.
    pub fn start_at(address: SocketAddr, behaviour: Behaviour) -> Self {
        Self::open(address, Encryption::None, behaviour)
    }

    fn open(address: SocketAddr, encryption: Encryption, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(address).expect("a port for the mail server");
        let address = listener.local_addr().expect("the mail server's port");
        let shared = Arc::new(Shared {
            encryption,
            behaviour: Mutex::new(behaviour),
            recipients: Mutex::default(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        let at_door = Arc::clone(&shared);
        let door = std::thread::spawn(move || at_door.open(&listener));
        Self {
            address,
            shared,
            door: Some(door),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The setting HEARTH_MAIL for it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The messages it took, in the order they came.
    pub fn received(&self) -> Vec<Received> {
        held(&self.shared.received).clone()
    }

    /// Everybody to whom somebody wanted to send something, with or without success.
    pub fn recipients(&self) -> Vec<String> {
        held(&self.shared.recipients).clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Changes what it does, from the next command on.
    pub fn behave(&self, behaviour: Behaviour) {
        *held(&self.shared.behaviour) = behaviour;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

impl Shared {
    fn open(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            self.connections.fetch_add(1, Ordering::SeqCst);
            let shared = Arc::clone(&self);
            std::thread::spawn(move || shared.serve(stream));
        }
    }

    fn serve(self: Arc<Self>, socket: TcpStream) -> Option<()> {
        socket.set_read_timeout(Some(PAUSE)).ok()?;
        let mut line = Line::plain(&socket)?;
        if let Encryption::Wrapping(config) = &self.encryption {
            line = Line::encrypted(socket.try_clone().ok()?, config)?;
        }
        let encrypted = Arc::new(AtomicBool::new(line.is_encrypted));
        let clerk = Clerk {
            shared: Arc::clone(&self),
            encrypted: Arc::clone(&encrypted),
            from: String::new(),
            to: Vec::new(),
            raw: Vec::new(),
        };
        let mut builder = SessionBuilder::new("mail.test");
        if matches!(self.encryption, Encryption::Offered(_)) {
            builder.enable_start_tls();
        }
        let mut session = builder.build(IpAddr::V4(Ipv4Addr::LOCALHOST), clerk);
        self.wait_while_stalling();
        line.say(&session.greeting())?;
        while let Some(words) = self.next_line(&mut line) {
            let before = held(&self.received).len();
            let takes_utf8 = *held(&self.behaviour) == Behaviour::AcceptUtf8;
            let response = session.process(&without_utf8(&words));
            if takes_utf8 && words.starts_with(b"EHLO") {
                line.write(b"250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")?;
                continue;
            }
            let took_one = held(&self.received).len() > before;
            if took_one && *held(&self.behaviour) == Behaviour::DropAfterData {
                return None;
            }
            self.wait_while_stalling();
            match response.action {
                Action::NoReply => {}
                Action::Close => {
                    return line.say(&response);
                }
                Action::UpgradeTls => {
                    line.say(&response)?;
                    let Encryption::Offered(config) = &self.encryption else {
                        return None;
                    };
                    line = Line::encrypted(socket.try_clone().ok()?, config)?;
                    encrypted.store(true, Ordering::SeqCst);
                    session.tls_active();
                }
                _ => line.say(&response)?,
            }
        }
        None
    }

    /// The next line, or nothing when the other side or the server closes.
    fn next_line(&self, line: &mut Line) -> Option<Vec<u8>> {
        let mut words = Vec::new();
        while !self.closing.load(Ordering::SeqCst) {
            match line.way.read_until(b'\n', &mut words) {
                Ok(0) => return None,
                Ok(_) => return Some(words),
                Err(error) if is_pause(&error) => {}
                Err(_) => return None,
            }
        }
        None
    }

    fn wait_while_stalling(&self) {
        while *held(&self.behaviour) == Behaviour::Stall && !self.closing.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// How often a connection on which nobody speaks looks whether the server closes.
const PAUSE: Duration = Duration::from_millis(50);

/// The line to whoever connected.
struct Line {
    way: BufReader<Box<dyn Way>>,
    is_encrypted: bool,
}

trait Way: Read + Write {}

impl<T: Read + Write> Way for T {}

impl Line {
    fn plain(socket: &TcpStream) -> Option<Self> {
        Some(Self {
            way: BufReader::new(Box::new(socket.try_clone().ok()?)),
            is_encrypted: false,
        })
    }

    fn encrypted(mut socket: TcpStream, config: &Arc<ServerConfig>) -> Option<Self> {
        let mut connection = ServerConnection::new(Arc::clone(config)).ok()?;
        socket.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        while connection.is_handshaking() {
            connection.complete_io(&mut socket).ok()?;
        }
        socket.set_read_timeout(Some(PAUSE)).ok()?;
        Some(Self {
            way: BufReader::new(Box::new(StreamOwned::new(connection, socket))),
            is_encrypted: true,
        })
    }

    /// In one piece: in several, each would wait for the other side to confirm the one before.
    fn say(&mut self, response: &Response) -> Option<()> {
        self.write(&response.buffer().ok()?)
    }

    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        let way = self.way.get_mut();
        way.write_all(bytes).ok()?;
        way.flush().ok()
    }
}

/// The session that we play with knows no SMTPUTF8.
fn without_utf8(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    match text.starts_with("MAIL FROM") {
        true => text.replace(" SMTPUTF8", "").into_bytes(),
        false => line.to_vec(),
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// Deals with one connection.
struct Clerk {
    shared: Arc<Shared>,
    encrypted: Arc<AtomicBool>,
    from: String,
    to: Vec<String>,
    raw: Vec<u8>,
}

impl Clerk {
    fn behaviour(&self) -> Behaviour {
        held(&self.shared.behaviour).clone()
    }

    fn refused_at(&self, command: At) -> Option<Response> {
        match self.behaviour() {
            Behaviour::RefuseAt(at, code, words) if at == command => {
                Some(Response::custom(code, words.to_owned()))
            }
            _ => None,
        }
    }
}

impl Handler for Clerk {
    fn helo(&mut self, _: IpAddr, _: &str) -> Response {
        match self.behaviour() {
            Behaviour::RefuseUs => {
                Response::custom(554, "5.7.1 you are not welcome here".to_owned())
            }
            _ => OK,
        }
    }

    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.from = from.to_owned();
        self.to.clear();
        self.raw.clear();
        self.refused_at(At::Mail).unwrap_or(OK)
    }

    fn rcpt(&mut self, to: &str) -> Response {
        held(&self.shared.recipients).push(to.to_owned());
        match self.behaviour() {
            Behaviour::Refuse4xx => {
                Response::custom(451, format!("4.7.1 <{to}> greylisted, come back later"))
            }
            Behaviour::Refuse5xx(unknown) if unknown.iter().any(|it| it == to) => {
                Response::custom(550, format!("5.1.1 <{to}>: User unknown"))
            }
            Behaviour::RefuseAt(At::Rcpt, code, words) => Response::custom(code, words.to_owned()),
            _ => {
                self.to.push(to.to_owned());
                OK
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.raw.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if let Some(refusal) = self.refused_at(At::Data) {
            return refusal;
        }
        held(&self.shared.received).push(Received {
            from: std::mem::take(&mut self.from),
            to: std::mem::take(&mut self.to),
            raw: String::from_utf8_lossy(&self.raw).into_owned(),
            encrypted: self.encrypted.load(Ordering::SeqCst),
        });
        OK
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
