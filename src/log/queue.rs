//! Lines on their way to a place that may be full, closed or not read by anybody.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// What goes through the queue.
enum Entry {
    Line(Vec<u8>),
    /// Whoever waits hears when all before it was dealt with.
    Flush(SyncSender<()>),
}

/// The way to a thread that writes.
pub(super) struct Queue {
    entries: SyncSender<Entry>,
    losses: Arc<Losses>,
}

/// How many lines could not be written.
#[derive(Default)]
struct Losses(AtomicU64);

impl Losses {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Queue {
    /// A queue of so many lines, which a thread of its own writes to a place. Where no thread can be had every line is lost,
    /// and counted.
    pub(super) fn to(place: impl Write + Send + 'static, lines: usize) -> Self {
        let (entries, waiting) = sync_channel(lines);
        let losses = Arc::new(Losses::default());
        let counted = losses.clone();
        let _ = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(place, &waiting, &counted));
        Self { entries, losses }
    }

    /// Takes a line if there is room. Nobody waits.
    pub(super) fn offer(&self, line: Vec<u8>) {
        if self.entries.try_send(Entry::Line(line)).is_err() {
            self.losses.add();
        }
    }

    /// Waits until everything that was taken is dealt with, but no longer than so.
    pub(super) fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let (done, heard) = mpsc::sync_channel(1);
        let mut asked = Entry::Flush(done);
        loop {
            match self.entries.try_send(asked) {
                Ok(()) => break,
                Err(mpsc::TrySendError::Disconnected(_)) => return,
                Err(mpsc::TrySendError::Full(again)) => asked = again,
            }
            if Instant::now() >= until {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = heard.recv_timeout(until.saturating_duration_since(Instant::now()));
    }

    /// How many lines could not be written until now.
    pub(super) fn lost(&self) -> u64 {
        self.losses.count()
    }
}

/// Writes until nobody can send any more. The first line that is written after some were lost is followed by one that says so.
fn write_all(mut place: impl Write, waiting: &Receiver<Entry>, losses: &Losses) {
    let mut told = 0;
    for entry in waiting {
        match entry {
            Entry::Flush(done) => drop(done.try_send(())),
            Entry::Line(line) => match place.write_all(&line).and_then(|()| place.flush()) {
                Err(_) => losses.add(),
                Ok(()) if losses.count() > told => {
                    told = losses.count();
                    tracing::warn!(lines = told, "lines of the log were lost since the start");
                }
                Ok(()) => {}
            },
        }
    }
}

/// One line that is being made.
pub(super) struct Line {
    queue: &'static Queue,
}

impl Line {
    pub(super) fn on(queue: &'static Queue) -> Self {
        Self { queue }
    }
}

/// tracing-subscriber writes an event whole, with one call.
impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.queue.offer(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A disk that is full.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A pipe that is read by nobody.
    struct Unread(Receiver<()>);

    impl Write for Unread {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_written_in_their_order() {
        let kept = Kept::default();
        let queue = Queue::to(kept.clone(), 100);
        for line in ["a\n", "b\n", "c\n"] {
            queue.offer(line.into());
        }
        queue.flush(LONG);
        assert_eq!(*kept.0.lock().unwrap(), b"a\nb\nc\n");
        assert_eq!(queue.lost(), 0);
    }

    #[test]
    fn what_cannot_be_written_is_counted() {
        let queue = Queue::to(Full, 100);
        for _ in 0..7 {
            queue.offer("line\n".into());
        }
        queue.flush(LONG);
        assert_eq!(queue.lost(), 7);
    }

    #[test]
    fn nobody_waits_for_a_reader_who_does_not_read() {
        let (_unread, reader) = mpsc::channel();
        let queue = Queue::to(Unread(reader), 4);
        for _ in 0..100 {
            queue.offer("line\n".into());
        }
        assert!(queue.lost() >= 95, "{}", queue.lost());
        let began = Instant::now();
        queue.flush(Duration::from_millis(50));
        assert!(began.elapsed() < LONG);
    }
}
