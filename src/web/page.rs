//! What every page has around its own content: whose it is, where one can go, who is signed in, what just happened.

use std::sync::Arc;

use super::colour::Colour;
use crate::log::request::{self, Reference};

/// Given to each template as `page`; `templates/layout.html` reads it. Plain values: nothing here asks a database.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Whose pages these are.
    pub authority: Look,
    /// The service navigation, in order.
    pub nav: Vec<NavItem>,
    /// Who is signed in.
    pub viewer: Option<SignedIn>,
    /// The token for the forms of this page.
    pub csrf: String,
    /// What is wrong with the service, shown on every page until it is put right.
    pub warning: Option<String>,
    /// What just happened, shown once.
    pub flash: Vec<Flash>,
    /// Where the search box sends its `q`; without it there is no box.
    pub search: Option<&'static str>,
    /// What was searched for, to stand in the box.
    pub searched: String,
}

/// An authority's name and colour in the header.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// "Ashdale County Council"; empty for Hearth's own pages.
    pub name: Arc<str>,
    /// Hearth's own colour when none.
    pub colour: Option<Colour>,
}

/// A link in the navigation or the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub text: &'static str,
    pub href: &'static str,
}

/// A link of the breadcrumbs: what lies above this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub text: String,
    pub href: String,
}

impl Crumb {
    /// `Crumb::to("Register", "/register")`.
    pub fn to(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: href.into(),
        }
    }
}

/// A link of the navigation, marked when it leads to the part of Hearth that this page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NavItem {
    pub text: &'static str,
    pub href: &'static str,
    /// Whether the page belongs to it.
    pub active: bool,
}

/// Who is signed in, as the header says it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The person's own name.
    pub name: String,
    /// "Officer", "Manager" …; empty for a parent.
    pub role: &'static str,
}

/// Something that just happened, told once on the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    pub kind: FlashKind,
    /// One sentence.
    pub text: String,
}

/// How a [`Flash`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    /// It worked: a green banner.
    Success,
    /// Something to know: a plain banner.
    Important,
}

impl Flash {
    /// It worked.
    pub fn success(text: impl Into<String>) -> Self {
        Self {
            kind: FlashKind::Success,
            text: text.into(),
        }
    }

    /// Something to know.
    pub fn important(text: impl Into<String>) -> Self {
        Self {
            kind: FlashKind::Important,
            text: text.into(),
        }
    }

    /// Whether it worked.
    pub fn is_success(&self) -> bool {
        self.kind == FlashKind::Success
    }
}

impl Page {
    /// At the foot of every page.
    pub const FOOTER: &'static [Link] = &[
        Link {
            text: "Privacy",
            href: "/privacy",
        },
        Link {
            text: "Accessibility statement",
            href: "/accessibility",
        },
    ];

    /// A page of this authority, for anybody.
    pub fn of(authority: Look) -> Self {
        Self {
            authority,
            ..Self::default()
        }
    }

    /// With the person's name, a way to sign out, and forms that carry this token.
    #[must_use]
    pub fn signed_in(mut self, name: impl Into<String>, role: &'static str) -> Self {
        self.viewer = Some(SignedIn {
            name: name.into(),
            role,
        });
        self
    }

    /// With forms that carry this token.
    #[must_use]
    pub fn csrf(mut self, token: impl Into<String>) -> Self {
        self.csrf = token.into();
        self
    }

    /// With this navigation; `here` is the address of the item that this page belongs to.
    #[must_use]
    pub fn nav(mut self, items: &[Link], here: &str) -> Self {
        self.nav = items
            .iter()
            .map(|item| NavItem {
                text: item.text,
                href: item.href,
                active: item.href == here,
            })
            .collect();
        self
    }

    /// With a search box that asks this address, holding what was searched for.
    #[must_use]
    pub fn search(mut self, action: &'static str, searched: impl Into<String>) -> Self {
        self.search = Some(action);
        self.searched = searched.into();
        self
    }

    /// With what just happened.
    #[must_use]
    pub fn flash(mut self, flash: Vec<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// The stylesheet of this version of Hearth.
    pub fn stylesheet(&self) -> &'static str {
        super::embedded::STYLESHEET.path
    }

    /// The icon in the browser's tab.
    pub fn favicon(&self) -> &'static str {
        super::embedded::FAVICON.path
    }

    /// The reference of the request that this page answers; none where a page answers no request.
    pub fn reference(&self) -> Option<Reference> {
        request::current()
    }

    /// Under the content.
    pub fn footer(&self) -> &'static [Link] {
        Self::FOOTER
    }
}
