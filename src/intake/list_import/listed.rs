//! What a list tells: of a row, and of a child by all their rows.

use chrono::NaiveDate;

use super::note::{Kind, RowNote};
use crate::intake::csv::child::{ImportedChild, LastSeen};
use crate::intake::csv::words::ImportedStatus;
use crate::register::resemblance::Identified;
use crate::rules::age::compulsory_school_age;
use crate::rules::codes::ClosureReason;
use crate::rules::identifiers::{NhsNumber, Postcode, Upn};
use crate::rules::same_child::Identity;
use crate::rules::spell::{History, Spell};

/// A row that can be read.
pub(super) struct ReadRow {
    pub(super) child: ImportedChild,
    /// With the middle names.
    pub(super) given_names: String,
    /// The row as it stands in the list, a line of CSV.
    pub(super) cells: String,
}

/// A child of a list, by all its rows.
pub(super) struct Listed {
    /// What the rows say together; of what they say differently, what the latest spell says.
    pub(super) said: ImportedChild,
    /// Given names with the middle names.
    pub(super) given_names: String,
    pub(super) rows: Vec<ListedRow>,
    pub(super) history: History,
    /// Another child of the list who may be the same: the line, and what speaks for it and against it.
    pub(super) like: Option<(usize, String)>,
    /// What there is to say about the child as a whole.
    pub(super) notes: Vec<RowNote>,
}

/// A row about a child.
pub(super) struct ListedRow {
    pub(super) line: usize,
    /// The row as it stands in the list.
    pub(super) cells: String,
    pub(super) spell: Spell,
}

impl Listed {
    /// The first line about the child.
    pub(super) fn line(&self) -> usize {
        self.said.line
    }

    /// The child without a number that somebody else has.
    pub(super) fn forget_number(&mut self, what: Number) {
        match what {
            Number::Upn => self.said.upn = None,
            Number::Nhs => self.said.nhs_number = None,
        }
    }
}

/// A number that one child has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Number {
    Upn,
    Nhs,
}

impl Number {
    pub(super) const BOTH: [Self; 2] = [Self::Upn, Self::Nhs];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Upn => "UPN",
            Self::Nhs => "NHS number",
        }
    }
}

impl Identified for Listed {
    fn identity(&self) -> Identity<'_> {
        identity(&self.said, &self.given_names)
    }
}

/// A row that tells of a time on the register.
pub(super) struct Told {
    pub(super) row: ReadRow,
    pub(super) spell: Spell,
}

impl Told {
    pub(super) fn identity(&self) -> Identity<'_> {
        identity(&self.row.child, &self.row.given_names)
    }
}

fn identity<'a>(child: &'a ImportedChild, given_names: &'a str) -> Identity<'a> {
    Identity {
        given_names,
        family_name: &child.family_name,
        known_as: child.known_as.as_deref(),
        date_of_birth: child.date_of_birth,
        sex: child.sex,
        upn: child.upn.as_ref().map(Upn::as_str),
        nhs_number: child.nhs_number.as_ref().map(NhsNumber::as_str),
        other_reference: child.reference.as_deref(),
        postcode: child.address.postcode.as_ref().map(Postcode::as_str),
    }
}

/// Given names with the middle names, which some lists have in a column of their own.
pub(super) fn given_names(child: &ImportedChild) -> String {
    match &child.middle_names {
        Some(middle) => format!("{} {middle}", child.given_names),
        None => child.given_names.clone(),
    }
}

/// The time on the register of which a row tells. A list without a day of closing means that it was over when the list was
/// taken over.
pub(super) fn spell(child: &ImportedChild, today: NaiveDate) -> Result<Spell, RowNote> {
    let ImportedStatus::Closed(reason) = child.status else {
        return Ok(Spell {
            from: child.registered_on,
            ended: None,
        });
    };
    let on = child.closed_on.unwrap_or(today);
    let too_old = on > compulsory_school_age(child.date_of_birth).ends;
    let reason = reason.or(too_old.then_some(ClosureReason::LeftCompulsoryAge));
    let Some(reason) = reason else {
        let known: Vec<&str> = ClosureReason::ALL
            .iter()
            .map(|reason| reason.label())
            .collect();
        return Err(RowNote::of_row(
            Kind::Refused,
            child.line,
            format!(
                "The case is closed and the list does not say why. Add a column ‘Closure reason’ with one of: {}",
                known.join("; ")
            ),
        ));
    };
    Ok(Spell {
        from: child.registered_on.or_else(|| earliest_told(child)),
        ended: Some((on, reason)),
    })
}

/// The first day of which a row tells something.
pub(super) fn earliest_told(child: &ImportedChild) -> Option<NaiveDate> {
    let seen_on = match child.last_seen {
        LastSeen::On(day) => Some(day),
        LastSeen::Never | LastSeen::NotRecorded => None,
    };
    [seen_on, child.last_visit_on, child.closed_on]
        .into_iter()
        .flatten()
        .min()
}
