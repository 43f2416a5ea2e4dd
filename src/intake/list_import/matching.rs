//! Whether a row of a list is a child whom the register holds already. Nothing is ever merged: what is doubtful is told.

use super::report::{Kind, RowNote};
use super::routing::RoutedChild;
use super::same_person::is_same_person;
use crate::register::bulk::{Known, KnownChild};
use crate::rules::identifiers::Postcode;

/// What a row is to the register.
pub(super) enum Match<'a> {
    New,
    /// A child it holds.
    Same(&'a KnownChild),
    /// A child it holds, so it seems, at another postcode.
    Moved(&'a KnownChild, RowNote),
    /// Its numbers are those of another child.
    Conflict(RowNote),
}

/// Looks for a row's child among those an authority has.
pub(super) fn find<'a>(known: &'a Known, row: &RoutedChild) -> Match<'a> {
    let child = &row.child;
    let by_number = [
        ("UPN", child.upn.as_ref().and_then(|upn| known.by_upn(upn))),
        (
            "NHS number",
            child
                .nhs_number
                .as_ref()
                .and_then(|number| known.by_nhs_number(number)),
        ),
        (
            "number in the old system",
            child
                .reference
                .as_deref()
                .and_then(|reference| known.by_other_reference(reference)),
        ),
    ];
    let mut found: Option<(&str, &KnownChild)> = None;
    for (what, held) in by_number {
        let Some(held) = held else { continue };
        if !is_same_person(&row.match_key, &held.match_key) {
            return Match::Conflict(RowNote::of_row(
                Kind::Refused,
                child.line,
                format!(
                    "The {what} is that of {} on the register, who has another name and date of birth. Check it",
                    held.reference
                ),
            ));
        }
        if let Some((other_what, other)) = found.filter(|(_, other)| other.key != held.key) {
            return Match::Conflict(RowNote::of_row(
                Kind::Refused,
                child.line,
                format!(
                    "The {other_what} is that of {} on the register and the {what} that of {}. Check both",
                    other.reference, held.reference
                ),
            ));
        }
        found = Some((what, held));
    }
    if let Some((_, held)) = found {
        return Match::Same(held);
    }
    by_name(known, row)
}

fn by_name<'a>(known: &'a Known, row: &RoutedChild) -> Match<'a> {
    let postcode = row.child.address.postcode.as_ref().map(Postcode::as_str);
    let mut elsewhere = None;
    for held in known.by_match_key(&row.match_key) {
        if held.postcode.as_deref() == postcode {
            return Match::Same(held);
        }
        elsewhere = Some(held);
    }
    let Some(held) = elsewhere else {
        return Match::New;
    };
    let told = RowNote::of_row(
        Kind::Repeat,
        row.child.line,
        format!(
            "{} on the register has the same name and date of birth and another postcode. If the family has moved, change the address there",
            held.reference
        ),
    );
    Match::Moved(held, told)
}
