//! Nothing leaves the program but through here. This room knows addresses, not people.
//!
//! - [`outbox`]: a letter is put in the transaction of what it tells, at most once per key.
//! - [`messages`]: one file a message: plain values in, subject, text and HTML out.
//! - [`deliver`]: claim, send, record; says what it did.
//! - [`transport`]: the mail server, a folder or the memory; sorts what the server answers.
//! - `compose`: a stored mail as a message for the wire.
//! - `store`: the SQL of the outbox.

mod compose;
pub mod deliver;
pub mod messages;
pub mod outbox;
mod store;
pub mod transport;

pub use deliver::Courier;
pub use messages::{Letterhead, Rendered};
pub use outbox::Letter;
pub use store::OutgoingMail;
pub use transport::Transport;
