//! A row of a list as a child to be put on the register: what the list says, the tier by the rules, the checks owed.

use chrono::NaiveDate;

use super::PART;
use super::listed::{Listed, earliest_told, given_names};
use crate::intake::csv::child::{ImportedChild, LastSeen};
use crate::intake::csv::parent::ImportedParent;
use crate::intake::csv::words::ImportedStatus;
use crate::policy::rulebook::Rulebook;
use crate::register::address::Place;
use crate::register::bulk::{NewEntry, NewParent};
use crate::register::child::{NewChild, Particulars};
use crate::register::person::{NewPerson, NewRelation, PersonParticulars};
use crate::register::registration::Registration;
use crate::rules::codes::{
    ChildStatus, ClosureReason, Confidentiality, PreviousSetting, RegisterBasis, Relationship,
    SenProvision, Source,
};
use crate::rules::dates::spoken;
use crate::rules::identifiers::Postcode;
use crate::rules::names::full;
use crate::rules::schedule::{DutyOwed, Entry, first_checks};
use crate::rules::tier::{AddressFact, Assessment, Facts, Seen, Tier, assess, assess_again_on};
use crate::standing::whereabouts;

/// Children ready to be written.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) entries: Vec<NewEntry>,
    /// What follows for each of them.
    pub(super) following: Vec<Following>,
}

/// What follows when a child is put on the register.
pub(super) struct Following {
    pub(super) owed: Vec<DutyOwed>,
    /// The day on which the tier is assessed again, if time alone can change it.
    pub(super) assess_again_on: Option<NaiveDate>,
    /// What the child's timeline says about it.
    pub(super) words: String,
}

impl Entries {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.entries.truncate(length);
        self.following.truncate(length);
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.entries.extend(others.entries);
        self.following.extend(others.following);
    }

    /// One more; gives its place.
    pub(super) fn add(&mut self, (entry, following): (NewEntry, Following)) -> usize {
        self.entries.push(entry);
        self.following.push(following);
        self.entries.len() - 1
    }
}

/// Prepares a child who is new to the register.
pub(super) fn prepare(listed: &Listed, rulebook: &Rulebook) -> (NewEntry, Following) {
    let child = &listed.said;
    let history = &listed.history;
    let (latest, earlier) = match (history.lasts_since, history.past.split_last()) {
        (None, Some((last, earlier))) => (Some(*last), earlier),
        _ => (None, history.past.as_slice()),
    };
    let ended = latest.map(|past| (past.to, past.reason));
    let over_until = earlier.last().map(|past| past.to);
    let since = history.lasts_since.flatten();
    let registered_on = match latest {
        Some(past) => past.from,
        None => since
            .unwrap_or_else(|| registered_on(child, rulebook.today))
            .max(over_until.unwrap_or(NaiveDate::MIN)),
    };
    let last_seen_on = match child.last_seen {
        LastSeen::On(day) => Some(day),
        LastSeen::Never | LastSeen::NotRecorded => None,
    };
    let previous_setting = child
        .previous_setting
        .unwrap_or(PreviousSetting::OtherOrUnknown);
    let home = home(child);
    let (assessment, owed, assess_again_on) = if ended.is_some() {
        (
            Assessment {
                tier: Tier::Green,
                reasons: Vec::new(),
            },
            Vec::new(),
            None,
        )
    } else {
        let facts = Facts {
            today: rulebook.today,
            registered_on,
            seen: seen(child.last_seen),
            episodes: Vec::new(),
            address: if home.is_some() {
                AddressFact::NotRecorded
            } else {
                AddressFact::Missing
            },
            refusals_in_a_row: 0,
            not_in_person_in_a_row: 0,
            sibling_flagged: false,
            never_on_school_roll: previous_setting == PreviousSetting::None,
            moved_in_on: None,
            moves: Vec::new(),
            sen: child.sen.unwrap_or(SenProvision::None),
        };
        let assessment = assess(&facts, &rulebook.policy, &rulebook.calendar);
        let entry = Entry::AlreadyKnown {
            taken_on: rulebook.today,
            registered_on,
            last_seen_on,
        };
        let mut owed = first_checks(
            &entry,
            assessment.tier,
            &rulebook.policy,
            &rulebook.calendar,
        );
        let status = status(child.status);
        owed.extend(whereabouts::owed_being_found(
            status,
            assessment.tier,
            rulebook,
        ));
        let again = assess_again_on(&facts, &rulebook.policy, &rulebook.calendar);
        (assessment, owed, again)
    };
    let entry = NewEntry {
        child: NewChild {
            particulars: particulars(child),
            other_reference: child.reference.clone(),
            status: match ended {
                Some(_) => ChildStatus::Closed,
                None => status(child.status),
            },
            registered_on,
            tier: assessment.tier,
            last_seen_on,
            seen_recorded: child.last_seen != LastSeen::NotRecorded,
        },
        registration: registration(child, registered_on, ended),
        earlier: earlier
            .iter()
            .map(|past| registration(child, past.from, Some((past.to, past.reason))))
            .collect(),
        home,
        home_source: Source::Import,
        parents: child
            .parents
            .iter()
            .map(|parent| tied(parent, registered_on))
            .collect(),
        tier_reasons: assessment
            .reasons
            .iter()
            .map(|reason| reason.sentence())
            .collect(),
        next_check_on: owed.iter().map(|check| check.due_on).min(),
    };
    let following = Following {
        owed,
        assess_again_on,
        words: words(listed),
    };
    (entry, following)
}

/// A time on the register, as a list tells of it.
pub(super) fn registration(
    child: &ImportedChild,
    started_on: NaiveDate,
    ended: Option<(NaiveDate, ClosureReason)>,
) -> Registration {
    Registration {
        basis: RegisterBasis::Ehe,
        primary_reason: child.reason,
        secondary_reasons: Vec::new(),
        previous_setting: child
            .previous_setting
            .unwrap_or(PreviousSetting::OtherOrUnknown),
        previous_school: child.previous_school.clone(),
        source: Source::Import,
        started_on,
        ended,
        evidence: String::new(),
    }
}

/// A list that does not say since when means: at the latest since the first day it tells of.
pub(super) fn registered_on(child: &ImportedChild, today: NaiveDate) -> NaiveDate {
    child
        .registered_on
        .or_else(|| earliest_told(child))
        .unwrap_or(today)
}

fn seen(last_seen: LastSeen) -> Seen {
    match last_seen {
        LastSeen::On(day) => Seen::On(day),
        LastSeen::Never => Seen::Never,
        LastSeen::NotRecorded => Seen::NotRecorded,
    }
}

pub(super) fn status(status: ImportedStatus) -> ChildStatus {
    match status {
        ImportedStatus::Notified
        | ImportedStatus::Open
        | ImportedStatus::OpenUnderAttendanceOrder => ChildStatus::Active,
        ImportedStatus::WhereaboutsUnknown => ChildStatus::WhereaboutsUnknown,
        ImportedStatus::Closed(_) => ChildStatus::Closed,
    }
}

fn particulars(child: &ImportedChild) -> Particulars {
    Particulars {
        given_names: given_names(child),
        family_name: child.family_name.clone(),
        known_as: child.known_as.clone(),
        date_of_birth: child.date_of_birth,
        sex: child.sex,
        upn: child.upn.clone(),
        nhs_number: child.nhs_number.clone(),
        ethnicity: child.ethnicity,
        language: None,
        sen_provision: child.sen,
        sen_type: child.sen_type,
        second_sen_type: None,
    }
}

/// Where a list says that a child lives.
pub(super) fn home(child: &ImportedChild) -> Option<Place> {
    let address = &child.address;
    if address.is_missing() {
        return None;
    }
    let town = [&address.town, &address.county].into_iter().flatten();
    Some(Place {
        lines: address.lines.replace(", ", "\n"),
        town: town.map(String::as_str).collect::<Vec<_>>().join(", "),
        postcode: address.postcode.clone(),
        uprn: address.uprn.clone(),
    })
}

fn tied(parent: &ImportedParent, held_from: NaiveDate) -> NewParent {
    let name = full(&parent.given_names, &parent.family_name);
    let name = match name.as_str() {
        "" => "Name not in the list",
        name => name,
    };
    let person = NewPerson {
        account: None,
        particulars: PersonParticulars {
            name: name.to_owned(),
            email: parent.email.clone(),
            telephone: parent.phone.clone(),
            contact_preference: String::new(),
            confidentiality: Confidentiality::Normal,
        },
    };
    let relation = NewRelation {
        relationship: parent.relationship.unwrap_or(Relationship::Other),
        parental_responsibility: None,
        lives_with_child: None,
        held_from,
    };
    NewParent {
        person,
        relation,
        home: parent.address.as_deref().and_then(place),
    }
}

/// An address in one cell, with the postcode at its end where there is one.
fn place(cell: &str) -> Option<Place> {
    let parts = cell.split([',', '\n']).map(str::trim);
    let mut lines: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let postcode = lines.last().and_then(|last| Postcode::parse(last).ok());
    if postcode.is_some() {
        lines.pop();
    }
    let place = Place {
        lines: lines.join("\n"),
        town: String::new(),
        postcode,
        uprn: None,
    };
    (!place.is_blank()).then_some(place)
}

/// What the list says and no field of the register holds goes onto the timeline, so that nothing is lost.
fn words(listed: &Listed) -> String {
    let child = &listed.said;
    let lines: Vec<String> = listed.rows.iter().map(|row| row.line.to_string()).collect();
    let mut words = format!("Taken over by {PART} from {} of a list.", in_words(&lines));
    let mut add = |sentence: &str| {
        words.push(' ');
        words.push_str(sentence);
    };
    if child.status == ImportedStatus::OpenUnderAttendanceOrder {
        add("The list says that there is a school attendance order.");
    }
    if child.status == ImportedStatus::Notified {
        add("The list has the child as newly notified.");
    }
    if let Some(day) = child.last_visit_on {
        add(&format!(
            "The list has a last visit on {} and does not say who was seen.",
            spoken(day)
        ));
    }
    let rest = [
        ("Officer", &child.officer),
        ("Social care", &child.social_care),
        ("Notes", &child.notes),
    ];
    for (heading, text) in rest {
        if let Some(text) = text {
            add(&format!("{heading}: {text}."));
        }
    }
    words
}

fn in_words(lines: &[String]) -> String {
    match lines {
        [line] => format!("line {line}"),
        lines => format!("lines {}", lines.join(", ")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_one_cell_ends_with_its_postcode() {
        let read = |cell| {
            place(cell).map(|place| {
                let postcode = place.postcode.map(|postcode| postcode.to_string());
                (place.lines, postcode)
            })
        };
        let with = |lines: &str, postcode: Option<&str>| {
            Some((lines.to_owned(), postcode.map(str::to_owned)))
        };
        assert_eq!(
            read("1 High St, Leeds ,ls1 4ab"),
            with("1 High St\nLeeds", Some("LS1 4AB"))
        );
        assert_eq!(read("1 High St\nLeeds"), with("1 High St\nLeeds", None));
        assert_eq!(read("LS1 4AB"), with("", Some("LS1 4AB")));
        assert_eq!(read(" , "), None);
    }
}
