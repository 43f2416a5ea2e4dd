//! Nothing leaves the program but through here. This room knows addresses, not people.
//!
//! - [`kind`]: the one list of the mails that there are, and what depends on which of them a mail is.
//! - [`outbox`]: a letter is put in the transaction of what it tells, at most once per key.
//! - [`messages`]: one file a message: plain values in, subject, text and HTML out.
//! - [`deliver`]: lease, send, record; says what it did.
//! - [`courier`]: what carries the mail and in whose name, from the settings.
//! - [`transport`]: where it goes: a mail server, a folder or the memory.
//! - `smtp`: the mail server and its connections; sorts what it answers.
//! - `server_url`: what in the URL of a mail server cannot be meant.
//! - `server_words`: what it says, short and without addresses.
//! - [`setting`]: what can be wrong with a setting of mail.
//! - [`trust`]: which certificate authorities may vouch for the mail server.
//! - [`returned`]: what came back, from the bounce as it was received to the address that fails.
//! - [`maildir`]: the folder that bounces are delivered into.
//! - [`fault`]: what does not arrive by our own fault.
//! - `doubts`: refusals that may be the relay's and not the mailbox's.
//! - [`unplaced`]: what came in and could not be placed.
//! - [`bounce`]: what a message that came in is, and what it says of a mail.
//! - `compose`: a stored mail as a message for the wire.
//! - `store`: the SQL of the outbox.

pub mod bounce;
mod compose;
pub mod courier;
pub mod deliver;
mod doubts;
pub mod fault;
pub mod kind;
pub mod maildir;
pub mod messages;
pub mod outbox;
pub mod plain;
pub mod returned;
mod server_url;
mod server_words;
pub mod setting;
mod smtp;
mod store;
pub mod transport;
pub mod trust;
pub mod unplaced;
pub mod unwritten;
pub mod waiting;

pub use courier::Courier;
pub use kind::MailKind;
pub use messages::{Letterhead, Rendered};
pub use outbox::{Letter, Topic};
pub use store::OutgoingMail;
pub use transport::Transport;
pub use trust::Trust;
