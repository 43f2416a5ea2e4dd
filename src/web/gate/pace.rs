//! What is sent with a request comes at a pace, or is given up: a body that trickles would hold a connection for as long as its
//! sender likes, however short each of its pauses is.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the first byte may take, and the pauses altogether: a telephone that loses its network for a moment comes back.
const PATIENCE: Duration = Duration::from_secs(15);
/// Below this pace, in bytes a second, patience runs out: a form of a few kilobytes is there at once, and a list of 20 MB has some
/// twenty minutes.
const PACE: u64 = 16 * 1024;

/// Gives what is sent with the request so much time, and no more.
pub fn keep(request: &mut ServiceRequest) {
    if request.method().is_safe() {
        return;
    }
    let sent = request.take_payload();
    let began = Instant::now();
    let paced = Paced {
        sent,
        began,
        bytes: 0,
        out_of_patience: Box::pin(sleep_until(began + PATIENCE)),
    };
    request.set_payload(Payload::Stream {
        payload: Box::pin(paced),
    });
}

struct Paced {
    sent: Payload,
    began: Instant,
    bytes: u64,
    out_of_patience: Pin<Box<Sleep>>,
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.out_of_patience.as_mut().poll(task).is_ready() {
            let too_slow = std::io::Error::from(std::io::ErrorKind::TimedOut);
            return Poll::Ready(Some(Err(PayloadError::Io(too_slow))));
        }
        let next = Pin::new(&mut self.sent).poll_next(task);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let earned = Duration::from_secs(self.bytes / PACE);
            let until = self.began + PATIENCE + earned;
            self.out_of_patience.as_mut().reset(until);
        }
        next
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, stream};
    use tokio::time::sleep;

    /// Sends so many pieces of so many bytes with a pause before each; gives how many bytes came and how long it took.
    fn send(pieces: u64, bytes: usize, pause: Duration) -> (Result<u64, PayloadError>, Duration) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async move {
            let sent = stream::unfold(0, move |piece| async move {
                if piece == pieces {
                    return None;
                }
                sleep(pause).await;
                Some((Ok(Bytes::from(vec![b'a'; bytes])), piece + 1))
            });
            let began = Instant::now();
            let mut paced = Paced {
                sent: Payload::Stream {
                    payload: Box::pin(sent),
                },
                began,
                bytes: 0,
                out_of_patience: Box::pin(sleep_until(began + PATIENCE)),
            };
            while let Some(next) = paced.next().await {
                if let Err(refusal) = next {
                    return (Err(refusal), began.elapsed());
                }
            }
            (Ok(paced.bytes), began.elapsed())
        })
    }

    #[test]
    fn a_body_that_trickles_is_given_up_within_half_a_minute() {
        for (bytes, pause) in [(1, 1), (1, 4), (100, 2), (8_000, 1)] {
            let (came, took) = send(10_000, bytes, Duration::from_secs(pause));
            assert!(came.is_err(), "{bytes} bytes each {pause} s");
            assert!(took < Duration::from_secs(30), "{took:?}");
        }
    }

    #[test]
    fn a_slow_line_that_goes_on_sending_is_waited_for() {
        let (came, took) = send(60, 32 * 1024, Duration::from_secs(1));
        assert_eq!(came.unwrap(), 60 * 32 * 1024);
        assert!(took >= Duration::from_secs(60));
    }

    #[test]
    fn nothing_at_all_is_given_up() {
        let (came, took) = send(1, 1, Duration::from_secs(600));
        assert!(came.is_err() && took < Duration::from_secs(16));
    }
}
