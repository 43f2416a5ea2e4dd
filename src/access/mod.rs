//! Who is asking and what they may see. Every read of personal data starts from a [`Viewer`].

pub mod absence;
pub mod accounts;
mod act;
mod action;
pub mod audit;
pub mod authority;
pub mod invitation;
pub mod mail_alarm;
pub mod mail_upkeep;
pub mod password;
pub mod session;
pub mod sign_in;
pub(crate) mod store;
mod token;
mod viewer;

pub use act::{Act, Subject};
pub use action::Action;
pub use viewer::{AccountKey, AuthorityKey, Role, Viewer};
