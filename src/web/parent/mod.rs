//! What families see: how to notify, what was received, what is held.

pub mod about;
pub mod family;
pub mod notify;
pub mod receipt;
pub mod start;
pub mod way_in;

use super::caller::Caller;
use super::colour::Colour;
use super::page::{Look, Page};
use crate::access::authority::Authority;

/// A page of this authority for somebody who is not signed in yet.
fn page_of(caller: &Caller, authority: &Authority) -> Page {
    Page {
        authority: Look {
            name: authority.name.as_str().into(),
            colour: Colour::parse(&authority.colour),
        },
        ..caller.page("")
    }
}
