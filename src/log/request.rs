//! The reference of the request that something is done for: it stands in every line of the log about it, in the header of its
//! answer and at the foot of its page, so that whoever rings up can be helped.

use std::fmt;
use std::future::Future;

use tracing::{Instrument, Span};

tokio::task_local! {
    static CURRENT: Reference;
}

/// Eight random digits, such as 079B3D04. It says nothing about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference(u32);

impl Reference {
    /// One of its own.
    pub fn random() -> Self {
        Self(rand::random())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

/// The reference of the request that this is done for; none when it is done for no request.
pub fn current() -> Option<Reference> {
    CURRENT.try_with(|reference| *reference).ok()
}

/// Does something for a request.
pub async fn answering<F: Future>(reference: Reference, work: F) -> F::Output {
    // As an error: the reference is to stand in lines of errors too when no others are logged.
    let span = tracing::error_span!("request", reference = %reference);
    CURRENT.scope(reference, work.instrument(span)).await
}

/// Takes the reference along to the thread that does the work.
pub fn carried<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let (reference, span) = (current(), Span::current());
    move || {
        let _here = span.enter();
        match reference {
            Some(reference) => CURRENT.sync_scope(reference, work),
            None => work(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_goes_along_to_other_threads_and_ends_with_the_request() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let reference = Reference(0x079B_3D04);
        assert_eq!(reference.to_string(), "079B3D04");
        let found = runtime.map(|runtime| {
            runtime.block_on(answering(reference, async {
                let elsewhere = std::thread::spawn(carried(current)).join().ok().flatten();
                (current(), elsewhere)
            }))
        });
        assert_eq!(found.ok(), Some((Some(reference), Some(reference))));
        assert_eq!(current(), None);
    }
}
