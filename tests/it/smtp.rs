//! A mail server in the test process, that can be told to misbehave.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use mailin::response::{OK, Response};
use mailin::{Action, Handler, SessionBuilder};

/// What the server does with the mail it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes everything.
    Accept,
    /// Refuses every recipient for now (451).
    Refuse4xx,
    /// Refuses these recipients for good (550) and takes the others.
    Refuse5xx(Vec<String>),
    /// Turns away whoever connects (554 to EHLO).
    RefuseUs,
    /// Takes a message, then closes the connection before saying so.
    DropAfterData,
    /// Takes the connection and never says a word.
    Stall,
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
    desk: Arc<Desk>,
    door: Option<JoinHandle<()>>,
}

/// What the threads of the server share.
struct Desk {
    behaviour: Mutex<Behaviour>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    closing: AtomicBool,
}

impl SmtpServer {
    /// Starts a server on a free port.
    pub fn start(behaviour: Behaviour) -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), behaviour)
    }

    /// Starts a server where one was before.
    pub fn start_at(address: SocketAddr, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(address).expect("a port for the mail server");
        let address = listener.local_addr().expect("the mail server's port");
        let desk = Arc::new(Desk {
            behaviour: Mutex::new(behaviour),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        });
        let at_door = Arc::clone(&desk);
        let door = std::thread::spawn(move || at_door.open(&listener));
        Self {
            address,
            desk,
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
        held(&self.desk.received).clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.desk.connections.load(Ordering::SeqCst)
    }

    /// Changes what it does, from the next command on.
    pub fn behave(&self, behaviour: Behaviour) {
        *held(&self.desk.behaviour) = behaviour;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.desk.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

impl Desk {
    fn open(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            self.connections.fetch_add(1, Ordering::SeqCst);
            let desk = Arc::clone(&self);
            std::thread::spawn(move || desk.serve(stream));
        }
    }

    fn serve(self: Arc<Self>, mut stream: TcpStream) -> Option<()> {
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .ok()?;
        let mut lines = BufReader::new(stream.try_clone().ok()?);
        let clerk = Clerk {
            desk: Arc::clone(&self),
            from: String::new(),
            to: Vec::new(),
            raw: Vec::new(),
        };
        let mut session =
            SessionBuilder::new("mail.test").build(IpAddr::V4(Ipv4Addr::LOCALHOST), clerk);
        self.wait_while_stalling();
        say(&mut stream, &session.greeting())?;
        while let Some(line) = self.next_line(&mut lines) {
            let before = held(&self.received).len();
            let response = session.process(&line);
            let took_one = held(&self.received).len() > before;
            if took_one && *held(&self.behaviour) == Behaviour::DropAfterData {
                return None;
            }
            self.wait_while_stalling();
            match response.action {
                Action::NoReply => {}
                Action::Close => {
                    return say(&mut stream, &response);
                }
                _ => say(&mut stream, &response)?,
            }
        }
        None
    }

    /// The next line, or nothing when the other side or the server closes.
    fn next_line(&self, lines: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        while !self.closing.load(Ordering::SeqCst) {
            match lines.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => return Some(line),
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

/// In one piece: in several, each would wait for the other side to confirm the one before.
fn say(stream: &mut TcpStream, response: &Response) -> Option<()> {
    stream.write_all(&response.buffer().ok()?).ok()
}

fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// Deals with one connection.
struct Clerk {
    desk: Arc<Desk>,
    from: String,
    to: Vec<String>,
    raw: Vec<u8>,
}

impl Clerk {
    fn behaviour(&self) -> Behaviour {
        held(&self.desk.behaviour).clone()
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
        OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match self.behaviour() {
            Behaviour::Refuse4xx => {
                Response::custom(451, format!("4.7.1 <{to}> greylisted, come back later"))
            }
            Behaviour::Refuse5xx(unknown) if unknown.iter().any(|it| it == to) => {
                Response::custom(550, format!("5.1.1 <{to}>: User unknown"))
            }
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
        held(&self.desk.received).push(Received {
            from: std::mem::take(&mut self.from),
            to: std::mem::take(&mut self.to),
            raw: String::from_utf8_lossy(&self.raw).into_owned(),
        });
        OK
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
