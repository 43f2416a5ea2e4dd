//! The files that build.rs put into the program. Every page names them, so they know nothing of pages.

/// A file that build.rs put into the program, named by its content: it never changes under its name.
#[derive(Debug)]
pub struct Embedded {
    /// The last part of its path.
    pub name: &'static str,
    /// Where it is served.
    pub path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) content: &'static [u8],
    pub(super) gzipped: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
