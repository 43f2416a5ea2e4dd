//! A child's page: `/children/{reference}`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::file::ChildFile;
use crate::register::child::ChildRecord;
use crate::register::person::ParentOf;
use crate::register::registration::Registration;
use crate::rules::age::expected_year_group;
use crate::rules::codes::{ChildStatus, Confidentiality, PrimaryReason, SenProvision};
use crate::rules::dates::spoken;
use crate::rules::outcome::AttemptResult;
use crate::visit::outcome::OutcomeRecord;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::named::Named;
use crate::web::officer::row::tier_colour;
use crate::web::officer::seen::LastSeen;
use crate::web::page::Page;
use crate::web::{answer, filters};

#[derive(Template)]
#[template(path = "officer/child/page.html")]
struct ChildPage {
    page: Page,
    file: ChildFile,
    today: NaiveDate,
}

/// GET `/children/{reference}`.
///
/// # Errors
/// [`WebError::NotFound`] when there is no such child for this viewer.
pub async fn show(caller: Caller, Named(reference): Named) -> Result<HttpResponse, WebError> {
    let today = caller.today();
    let file = caller
        .read(move |conn, viewer| ChildFile::read(conn, viewer, &reference, today))
        .await?
        .ok_or(WebError::NotFound)?;
    answer::show(&ChildPage {
        page: caller.page("/children"),
        file,
        today,
    })
}

impl ChildPage {
    fn child(&self) -> &ChildRecord {
        &self.file.child
    }

    fn born(&self) -> String {
        let born = self.child().particulars.date_of_birth;
        let years = self.today.years_since(born).unwrap_or_default();
        format!("{} ({years} years old)", spoken(born))
    }

    fn year_group(&self) -> String {
        expected_year_group(self.child().particulars.date_of_birth, self.today).to_string()
    }

    fn status_colour(&self) -> &'static str {
        match self.child().status {
            ChildStatus::Notified => "blue",
            ChildStatus::Active => "green",
            ChildStatus::WhereaboutsUnknown => "orange",
            ChildStatus::Closed => "grey",
        }
    }

    fn tier_colour(&self) -> &'static str {
        tier_colour(self.child().tier)
    }

    fn is_lost(&self) -> bool {
        self.child().status == ChildStatus::WhereaboutsUnknown
    }

    /// The schedule is the subject of the sentence, not the family.
    fn schedule(&self) -> String {
        format!("Checks follow the {} schedule", self.child().tier.as_str())
    }

    fn last_seen(&self) -> String {
        let child = self.child();
        let seen = |outcome: &&OutcomeRecord| outcome.what.result == AttemptResult::ChildSeen;
        let latest = self.file.outcomes.iter().find(seen);
        LastSeen {
            on: child.last_seen_on,
            by: child.last_seen_by.as_deref(),
            place: latest.map(|outcome| (outcome.what.happened_on, outcome.what.place.as_str())),
            is_recorded: child.seen_recorded,
        }
        .in_words(spoken)
    }

    fn special_needs(&self, provision: &SenProvision) -> String {
        let who = &self.child().particulars;
        let types = [who.sen_type, who.second_sen_type].into_iter().flatten();
        types.fold(provision.label().to_owned(), |text, need| {
            format!("{text}; {}", need.label())
        })
    }

    fn reason(registration: &Registration) -> &'static str {
        match registration.primary_reason {
            PrimaryReason::NotGiven => "The family was asked and gave none",
            PrimaryReason::Unknown => "Not known to the authority",
            reason => reason.label(),
        }
    }

    fn confidentiality(parent: &ParentOf) -> Option<&'static str> {
        match parent.person.particulars.confidentiality {
            Confidentiality::Normal => None,
            Confidentiality::WithholdFromOtherParents => Some("Do not share with other parents"),
            Confidentiality::Restricted => Some("Restricted to named staff"),
        }
    }
}
