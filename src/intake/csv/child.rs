//! A line of the list as a child, or everything that is wrong with it.
//!
//! What tells a child from others and decides which checks are owed is strict: name, date of birth, UPN, NHS number,
//! postcode, status, dates. What describes the child is lenient: a word that Hearth does not know leaves the field
//! unknown, with a warning, because a refused line is a child who is not on the register.

use chrono::{Datelike, NaiveDate};

use super::address::{self, ImportedAddress};
use super::column::Column;
use super::names;
use super::parent::{self, ImportedParent};
use super::problem::{Doubt, Problem, Reason, Warning};
use super::reading::{Columns, Reading};
use super::rows::Row;
use super::sheet::Sheet;
use super::words::{self, ImportedStatus};
use crate::rules::age::compulsory_school_age;
use crate::rules::codes::{Ethnicity, PreviousSetting, PrimaryReason, SenProvision, SenType, Sex};
use crate::rules::identifiers::{NhsNumber, Upn};
use crate::rules::text::folded;

/// A child as a list describes one; nothing in it has been compared with the register yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedChild {
    /// The line of the file.
    pub line: usize,
    /// The three digits of the authority's code, when the list has a column for it.
    pub la_code: Option<String>,
    /// The authority's name, when the list has a column for it, or writes it in the column for the code.
    pub la_name: Option<String>,
    /// The child's number in the system the list comes from.
    pub reference: Option<String>,
    /// The unique pupil number.
    pub upn: Option<Upn>,
    pub nhs_number: Option<NhsNumber>,
    /// Given names. Empty only for a child with one name.
    pub given_names: String,
    /// Middle names, when they have a column of their own.
    pub middle_names: Option<String>,
    pub family_name: String,
    /// The name the child goes by.
    pub known_as: Option<String>,
    pub date_of_birth: NaiveDate,
    /// Sex; unknown when the list does not say.
    pub sex: Sex,
    pub ethnicity: Option<Ethnicity>,
    /// Where the child lives; may be missing.
    pub address: ImportedAddress,
    /// How the child stands.
    pub status: ImportedStatus,
    /// The day on which home education ended.
    pub closed_on: Option<NaiveDate>,
    /// Why the family educates at home; unknown when the list does not say.
    pub reason: PrimaryReason,
    pub sen: Option<SenProvision>,
    /// Type of special educational need.
    pub sen_type: Option<SenType>,
    /// Since when the child is known to be home educated.
    pub registered_on: Option<NaiveDate>,
    /// When somebody last saw the child.
    pub last_seen: LastSeen,
    /// The day of the last visit. Whether the child was seen at it the list does not say.
    pub last_visit_on: Option<NaiveDate>,
    /// The name of the last school.
    pub previous_school: Option<String>,
    /// The kind of place where the child was before.
    pub previous_setting: Option<PreviousSetting>,
    /// The year group as the list has it.
    pub year_group: Option<String>,
    pub parents: Vec<ImportedParent>,
    /// The officer as the list names them.
    pub officer: Option<String>,
    /// What the list says about social care, each with its heading.
    pub social_care: Option<String>,
    /// Notes, each with its heading when there are several columns.
    pub notes: Option<String>,
    /// What is doubtful, though the line was taken.
    pub warnings: Vec<Warning>,
}

/// When somebody last saw the child, as the list says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeen {
    On(NaiveDate),
    /// The list says that nobody has.
    Never,
    /// The list does not say.
    NotRecorded,
}

/// Reads the lines of one sheet.
pub struct ChildReader<'s> {
    columns: Columns<'s>,
    today: NaiveDate,
}

impl<'s> ChildReader<'s> {
    /// A reader for the lines of this sheet, on this day.
    pub fn new(sheet: &'s Sheet<'_>, today: NaiveDate) -> Self {
        Self {
            columns: Columns::new(sheet),
            today,
        }
    }

    /// Reads one line.
    ///
    /// # Errors
    /// Every problem of the line, in the order of the fields.
    pub fn read(&self, row: &Row) -> Result<ImportedChild, Vec<Problem>> {
        if let Some(fault) = row.fault {
            return Err(vec![Problem::new(row.line, "", "", Reason::Row(fault))]);
        }
        let mut reading = Reading::new(&self.columns, row);
        let name = read_name(&mut reading);
        let date_of_birth = self.read_date_of_birth(&mut reading);
        let upn = reading.identifier(Column::Upn, |text| Ok(Upn::parse(text)?));
        let nhs_number = reading.identifier(Column::NhsNumber, |text| Ok(NhsNumber::parse(text)?));
        let reference = reading.identifier(Column::Reference, |text| Ok(folded(text)));
        let (la_code, named_as_code) = read_la_code(&mut reading);
        let address = address::read(&mut reading);
        let standing = self.read_standing(&mut reading, date_of_birth);
        let child_of =
            |date_of_birth, standing: ImportedStanding, reading: &mut Reading<'_>| ImportedChild {
                line: row.line,
                la_code,
                la_name: reading.own_words(Column::LaName).or(named_as_code),
                reference,
                upn,
                nhs_number,
                given_names: name.given,
                middle_names: reading.own_name(Column::MiddleNames),
                family_name: name.family,
                known_as: reading.own_name(Column::KnownAs).or(name.known_as),
                date_of_birth,
                sex: reading
                    .code(Column::Sex, "sex", words::sex)
                    .unwrap_or(Sex::Unknown),
                ethnicity: reading.code(Column::Ethnicity, "ethnicity", words::ethnicity),
                address,
                status: standing.status,
                closed_on: standing.closed_on,
                reason: reading
                    .code(Column::Reason, "the reason", words::reason)
                    .unwrap_or(PrimaryReason::Unknown),
                sen: read_sen(reading),
                sen_type: reading.code(Column::SenType, "the type of need", words::sen_type),
                registered_on: standing.registered_on,
                last_seen: standing.last_seen,
                last_visit_on: standing.last_visit_on,
                previous_school: reading.own_words(Column::PreviousSchool),
                previous_setting: reading.code(
                    Column::PreviousSetting,
                    "the kind of school",
                    words::previous_setting,
                ),
                year_group: reading.own_words(Column::YearGroup),
                parents: parent::read_all(reading),
                officer: reading.own_words(Column::Officer),
                social_care: reading.several(Column::SocialCare),
                notes: reading.several(Column::Notes),
                warnings: std::mem::take(&mut reading.warnings),
            };
        match (date_of_birth, standing) {
            (Some(date_of_birth), Some(standing)) if reading.problems.is_empty() => {
                Ok(child_of(date_of_birth, standing, &mut reading))
            }
            _ => Err(reading.problems),
        }
    }

    fn read_date_of_birth(&self, reading: &mut Reading<'_>) -> Option<NaiveDate> {
        const MOST_YEARS: i32 = 25;
        let birth = reading.date(Column::DateOfBirth)?;
        let limit = NaiveDate::from_ymd_opt(self.today.year() - MOST_YEARS, self.today.month(), 1);
        if birth > self.today {
            reading.problem(Column::DateOfBirth, Reason::InTheFuture);
        } else if limit.is_some_and(|limit| birth < limit) {
            reading.problem(Column::DateOfBirth, Reason::TooLongAgo);
        }
        Some(birth)
    }

    fn read_standing(
        &self,
        reading: &mut Reading<'_>,
        birth: Option<NaiveDate>,
    ) -> Option<ImportedStanding> {
        let registered_on = reading.past_date(Column::RegisteredOn, self.today);
        let last_seen = self.read_last_seen(reading);
        let last_visit_on = reading.past_date(Column::LastVisitOn, self.today);
        let closed_on = reading.past_date(Column::ClosedOn, self.today);
        let seen_on = if let LastSeen::On(date) = last_seen {
            Some(date)
        } else {
            None
        };
        let events = [
            (Column::RegisteredOn, registered_on),
            (Column::LastSeenOn, seen_on),
            (Column::LastVisitOn, last_visit_on),
            (Column::ClosedOn, closed_on),
        ];
        for (column, on) in events {
            if on.zip(birth).is_some_and(|(on, birth)| on < birth) {
                reading.problem(column, Reason::BeforeBirth);
            }
        }
        let status = read_status(reading, closed_on)?;
        let mut standing = ImportedStanding {
            status,
            closed_on,
            registered_on,
            last_seen,
            last_visit_on,
        };
        if !status.is_open() {
            if closed_on
                .zip(registered_on)
                .is_some_and(|(closed, registered)| closed < registered)
            {
                reading.problem(Column::ClosedOn, Reason::ClosedBeforeRegistered);
            }
            return Some(standing);
        }
        if closed_on.is_some() {
            reading.doubt(Column::ClosedOn, Doubt::OpenWithClosingDate);
            standing.closed_on = None;
        }
        if birth.is_some_and(|birth| !compulsory_school_age(birth).is_on(self.today)) {
            reading.doubt(Column::DateOfBirth, Doubt::NotOfSchoolAge);
        }
        Some(standing)
    }

    fn read_last_seen(&self, reading: &mut Reading<'_>) -> LastSeen {
        let says = reading.text(Column::LastSeenOn).to_lowercase();
        if matches!(
            says.as_str(),
            "never" | "never seen" | "not seen" | "not yet seen" | "not yet"
        ) {
            return LastSeen::Never;
        }
        reading
            .past_date(Column::LastSeenOn, self.today)
            .map_or(LastSeen::NotRecorded, LastSeen::On)
    }
}

/// How the child stands and the days that bear on it.
struct ImportedStanding {
    status: ImportedStatus,
    closed_on: Option<NaiveDate>,
    registered_on: Option<NaiveDate>,
    last_seen: LastSeen,
    last_visit_on: Option<NaiveDate>,
}

/// The child's name from one cell or from several.
#[derive(Default)]
struct Name {
    given: String,
    family: String,
    known_as: Option<String>,
}

fn read_name(reading: &mut Reading<'_>) -> Name {
    let has_parts = reading.has(Column::GivenNames) && reading.has(Column::FamilyName);
    let full = if reading.has(Column::FullName) {
        Column::FullName
    } else {
        Column::FullNameFamilyFirst
    };
    if has_parts && (!reading.text(Column::FamilyName).is_empty() || !reading.has(full)) {
        return read_name_parts(reading);
    }
    let cell = reading.text(full);
    if !reading.check_name(full) || !is_one_child(reading, full) {
        return Name::default();
    }
    let divided = names::divide(cell, full == Column::FullNameFamilyFirst);
    if divided.is_guess {
        reading.doubt(full, Doubt::NameDivided);
    }
    Name {
        given: names::tidy(divided.given),
        family: names::tidy(divided.family),
        known_as: divided.known_as.map(names::tidy),
    }
}

fn read_name_parts(reading: &mut Reading<'_>) -> Name {
    if let Some(only) = read_only_name(reading) {
        return only;
    }
    let has_given = reading.check_name(Column::GivenNames);
    let has_family = reading.check_name(Column::FamilyName);
    if !has_given || !has_family || !is_one_child(reading, Column::GivenNames) {
        return Name::default();
    }
    let (given, known_as) = names::without_brackets(reading.text(Column::GivenNames));
    Name {
        given: names::tidy(given),
        family: names::tidy(reading.text(Column::FamilyName)),
        known_as: known_as.map(names::tidy),
    }
}

/// The name of somebody who has one name, in whichever column it stands.
fn read_only_name(reading: &mut Reading<'_>) -> Option<Name> {
    let (given, family) = (
        reading.text(Column::GivenNames),
        reading.text(Column::FamilyName),
    );
    let (filled, empty) = match (given.is_empty(), family.is_empty()) {
        (true, false) => (Column::FamilyName, Column::GivenNames),
        (false, true) => (Column::GivenNames, Column::FamilyName),
        _ => return None,
    };
    let is_named = names::is_name(reading.text(filled)) && !names::names_two(reading.text(filled));
    if !is_named {
        return None;
    }
    reading.doubt(empty, Doubt::OneName);
    let (name, known_as) = names::without_brackets(reading.text(filled));
    let name = names::tidy(name);
    let known_as = known_as.map(names::tidy);
    Some(match filled {
        Column::FamilyName => Name {
            given: String::new(),
            family: name,
            known_as,
        },
        _ => Name {
            given: name,
            family: String::new(),
            known_as,
        },
    })
}

/// Whether a cell names one child; says so when it names two. Taken as one, the other would be nowhere.
fn is_one_child(reading: &mut Reading<'_>, column: Column) -> bool {
    let is_one = !names::names_two(reading.text(column));
    if !is_one {
        reading.problem(column, Reason::TwoChildren);
    }
    is_one
}

/// The authority's code, or the words that stand in its column: some lists write the name there.
fn read_la_code(reading: &mut Reading<'_>) -> (Option<String>, Option<String>) {
    let code = reading.text(Column::LaCode);
    // A column of numbers that went through a spreadsheet may say "878.0".
    let digits = code.strip_suffix(".0").unwrap_or(code);
    if digits.is_empty() {
        return (None, None);
    }
    let is_name =
        code.chars().any(char::is_alphabetic) && !code.bytes().any(|byte| byte.is_ascii_digit());
    if is_name {
        return (None, reading.own_words(Column::LaCode));
    }
    if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        reading.problem(Column::LaCode, Reason::LaCode);
        return (None, None);
    }
    (Some(digits.to_owned()), None)
}

/// The status in the list's words. A list without that column, or with an empty cell, is a list of children who are
/// home educated now, unless it says when the case closed.
fn read_status(reading: &mut Reading<'_>, closed_on: Option<NaiveDate>) -> Option<ImportedStatus> {
    let says = reading.text(Column::Status);
    let closure = reading.code(
        Column::ClosureReason,
        "the reason for closing",
        words::closure_reason,
    );
    if says.is_empty() {
        let is_closed = closed_on.is_some() || closure.is_some();
        return Some(if is_closed {
            ImportedStatus::Closed(closure)
        } else {
            ImportedStatus::Open
        });
    }
    match words::status(says) {
        Some(ImportedStatus::Closed(reason)) => Some(ImportedStatus::Closed(reason.or(closure))),
        Some(status) => Some(status),
        None => {
            reading.problem(
                Column::Status,
                Reason::Status {
                    understood: words::statuses_understood(),
                },
            );
            None
        }
    }
}

/// SEN provision; a column of its own that says "yes" to a plan outweighs the other.
fn read_sen(reading: &mut Reading<'_>) -> Option<SenProvision> {
    let provision = reading.code(Column::Sen, "special educational needs", words::sen);
    let has_plan = |text: &str| {
        words::yes_or_no(text).or_else(|| Some(words::sen(text)? == SenProvision::Ehcp))
    };
    match reading.code(Column::Ehcp, "education, health and care plans", has_plan) {
        Some(true) => Some(SenProvision::Ehcp),
        _ => provision,
    }
}
