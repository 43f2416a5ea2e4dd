//! Who calls up a page: whoever is signed in, or nobody, with the app they call and the frame of the page to be shown.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{NaiveDate, NaiveDateTime};

use super::answer;
use super::app::App;
use super::colour::Colour;
use super::error::WebError;
use super::gate::csrf::CsrfToken;
use super::gate::{cookies, seal};
use super::page::{Flash, FlashKind, Link, Look, Page};
use super::watchman::Warning;
use crate::access::session::SignedIn;
use crate::access::{Act, Role, Viewer};
use crate::clock::At;
use crate::db::{Conflict, Conn, Db};

/// What a handler takes: `async fn show(caller: Caller, …)`.
pub struct Caller {
    app: web::Data<App>,
    signed_in: Option<SignedIn>,
    csrf: String,
    warning: Option<Warning>,
    flash: Vec<Flash>,
}

const OFFICER_NAV: &[Link] = &[
    Link {
        text: "My work",
        href: "/work",
    },
    Link {
        text: "Register",
        href: "/children",
    },
    Link {
        text: "Notifications",
        href: "/notifications",
    },
    Link {
        text: "Capacity",
        href: "/capacity",
    },
    Link {
        text: "Import",
        href: "/imports",
    },
    Link {
        text: "Policy",
        href: "/policy",
    },
];
const ADMINISTRATOR_NAV: &[Link] = &[
    Link {
        text: "Mail and jobs",
        href: "/admin/mail",
    },
    Link {
        text: "Policy",
        href: "/admin/policy",
    },
    Link {
        text: "Calendar",
        href: "/admin/calendar",
    },
];
const PARENT_NAV: &[Link] = &[Link {
    text: "Your record",
    href: "/family",
}];

impl Caller {
    /// What all requests share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// The day in England.
    pub fn today(&self) -> NaiveDate {
        self.app.clock.today()
    }

    /// The moment and its day.
    pub fn at(&self) -> At {
        self.app.clock.at()
    }

    /// The moment in UTC.
    pub fn now(&self) -> NaiveDateTime {
        self.app.clock.now()
    }

    /// Whoever is signed in.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()
    }

    /// The eyes that are served. Routes that are not for everybody always have them.
    ///
    /// # Errors
    /// [`WebError::Forbidden`] when nobody is signed in.
    pub fn viewer(&self) -> Result<&Viewer, WebError> {
        self.signed_in
            .as_ref()
            .map(|signed_in| &signed_in.viewer)
            .ok_or(WebError::Forbidden)
    }

    /// Reads with the caller's eyes.
    ///
    /// # Errors
    /// What `f` gives.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, WebError>
    where
        F: FnOnce(&mut Conn, &Viewer) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Conflict + Send + 'static,
        WebError: From<E>,
    {
        let viewer = self.viewer()?.clone();
        Ok(self.db().read(move |conn| f(conn, &viewer)).await?)
    }

    /// Changes something in the caller's name. `f` may run twice, so it touches only the database.
    ///
    /// # Errors
    /// What `f` gives, as it is, for the handler to answer.
    pub async fn write<T, E, F>(&self, f: F) -> Result<Result<T, E>, WebError>
    where
        F: Fn(&mut Conn, &Viewer) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Conflict + Send + 'static,
    {
        let viewer = self.viewer()?.clone();
        Ok(self.db().write(move |tx| f(tx, &viewer)).await)
    }

    /// Does something in the caller's name, at one moment. `f` may run twice, so it touches only the database.
    ///
    /// # Errors
    /// What `f` gives, as it is, for the handler to answer.
    pub async fn act<T, E, F>(&self, f: F) -> Result<Result<T, E>, WebError>
    where
        F: Fn(&mut Act<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Conflict + Send + 'static,
    {
        let viewer = self.viewer()?.clone();
        let at = self.at();
        let done = self.db().write(move |tx| f(&mut Act::new(tx, &viewer, at)));
        Ok(done.await)
    }

    /// The frame of a page in the part of the service that `here` names (an address of the navigation, or nothing).
    pub fn page(&self, here: &str) -> Page {
        let late = self.warning.as_ref();
        frame(self.signed_in.as_ref(), &self.csrf, late, here).flash(self.flash.clone())
    }

    /// Leads on to `path` and tells there once what happened.
    pub fn see_other_with(&self, path: &str, flash: &Flash) -> HttpResponse {
        let kind = if flash.is_success() {
            "success"
        } else {
            "important"
        };
        let told = serde_json::json!([kind, flash.text]).to_string();
        let value = format!(
            "{}.{}",
            seal::of(&self.app.config.secret, "flash", &told),
            encode(&told)
        );
        let mut response = answer::see_other(path);
        let cookie = cookies::make(cookies::FLASH, value, self.app.config.is_https());
        if response.add_cookie(&cookie).is_err() {
            tracing::warn!("a flash did not fit into a cookie");
        }
        response
    }
}

/// The frame of every page: whose authority, who is signed in, and the ways on from here.
pub fn frame(
    signed_in: Option<&SignedIn>,
    csrf: &str,
    warning: Option<&Warning>,
    here: &str,
) -> Page {
    let page = Page {
        warning: warning.map(|late| late.0.clone()),
        ..Page::default().csrf(csrf)
    };
    let Some(signed_in) = signed_in else {
        return page;
    };
    let page = Page {
        authority: Look {
            name: signed_in.authority_name.as_str().into(),
            colour: Colour::parse(&signed_in.authority_colour),
        },
        ..page
    };
    match signed_in.role {
        Role::Parent => page.signed_in(&signed_in.email, "").nav(PARENT_NAV, here),
        Role::Officer => staff(page, signed_in, "Officer")
            .nav(OFFICER_NAV, here)
            .search("/search", ""),
        Role::Manager => staff(page, signed_in, "Manager")
            .nav(OFFICER_NAV, here)
            .search("/search", ""),
        Role::Administrator => staff(page, signed_in, "Administrator").nav(ADMINISTRATOR_NAV, here),
    }
}

fn staff(page: Page, signed_in: &SignedIn, role: &'static str) -> Page {
    page.signed_in(signed_in.viewer.name(), role)
}

impl FromRequest for Caller {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
            return ready(Err(WebError::Unavailable(
                "The service is starting.".into(),
            )));
        };
        let extensions = request.extensions();
        ready(Ok(Self {
            signed_in: extensions.get::<SignedIn>().cloned(),
            csrf: extensions
                .get::<CsrfToken>()
                .map(|token| token.as_str().to_owned())
                .unwrap_or_default(),
            warning: extensions.get::<Warning>().cloned(),
            flash: told_by(request, &app.config.secret).into_iter().collect(),
            app,
        }))
    }
}

/// What just happened, if this browser carries word of it under our seal.
fn told_by(request: &HttpRequest, secret: &str) -> Option<Flash> {
    let value = cookies::read(request, cookies::FLASH)?;
    let (sealed, encoded) = value.split_once('.')?;
    let told = decode(encoded)?;
    if seal::of(secret, "flash", &told) != sealed {
        return None;
    }
    let (kind, text): (String, String) = serde_json::from_str(&told).ok()?;
    let kind = if kind == "success" {
        FlashKind::Success
    } else {
        FlashKind::Important
    };
    Some(Flash { kind, text })
}

fn encode(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .ok()?;
    String::from_utf8(bytes).ok()
}
