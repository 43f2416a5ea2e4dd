//! Whole files, each with a kind of mess that real lists have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod any_file;
mod as_it_arrives;
mod worst;

use chrono::NaiveDate;

use super::child::{ChildReader, ImportedChild, LastSeen};
use super::column::Column;
use super::heading::Use;
use super::mapping::Mapping;
use super::problem::{Doubt, Problem};
use super::records::Delimiter;
use super::refused::{LineToMend, LineWriter, list_to_mend};
use super::rows::Skipped;
use super::sheet::{Sheet, SheetProblem};
use super::source::WrittenAs;
use super::text::Encoding;
use super::words::ImportedStatus;
use crate::intake::workbook::WorkbookProblem;
use crate::rules::codes::{ClosureReason, PrimaryReason, Relationship, Sex};

const TITLES: &[u8] = include_bytes!("../../../../tests/files/import/export_with_titles.csv");
const SEMICOLONS: &[u8] = include_bytes!("../../../../tests/files/import/semicolons.csv");
const MISTAKES: &[u8] = include_bytes!("../../../../tests/files/import/mistakes.csv");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn open(bytes: &[u8]) -> Sheet<'_> {
    Sheet::open(bytes, &Mapping::default()).unwrap()
}

struct Outcome {
    children: Vec<ImportedChild>,
    problems: Vec<Problem>,
    skipped: Skipped,
    refused: Vec<u8>,
}

fn import(bytes: &[u8]) -> Outcome {
    read(&open(bytes))
}

fn read(sheet: &Sheet<'_>) -> Outcome {
    let reader = ChildReader::new(sheet, day("2026-11-23"));
    let writer = LineWriter::new(sheet).unwrap();
    let mut refused: Vec<(usize, String, String)> = Vec::new();
    let (mut children, mut problems) = (Vec::new(), Vec::new());
    let mut rows = sheet.rows();
    for row in rows.by_ref() {
        match reader.read(&row) {
            Ok(child) => children.push(child),
            Err(found) => {
                let what: Vec<String> = found.iter().map(ToString::to_string).collect();
                let cells = writer.cells(&row).unwrap();
                refused.push((row.line, cells, what.join("; ")));
                problems.extend(found);
            }
        }
    }
    Outcome {
        children,
        problems,
        skipped: rows.skipped(),
        refused: to_mend(&writer, &refused).into_bytes(),
    }
}

fn to_mend(writer: &LineWriter, refused: &[(usize, String, String)]) -> String {
    let lines: Vec<LineToMend<'_>> = refused
        .iter()
        .map(|(line, cells, what)| LineToMend {
            cells,
            line: i64::try_from(*line).unwrap(),
            reference: "",
            what,
        })
        .collect();
    list_to_mend(writer.headings(), &lines).unwrap()
}

fn said(problems: &[Problem]) -> Vec<(usize, &str, &str)> {
    problems
        .iter()
        .map(|problem| {
            (
                problem.line,
                problem.column.as_str(),
                problem.value.as_str(),
            )
        })
        .collect()
}

#[test]
fn reads_an_export_with_titles_totals_and_headings_on_every_page() {
    let sheet = open(TITLES);
    assert_eq!(
        (sheet.heading_line, &sheet.written_as),
        (4, &WrittenAs::Text(Encoding::Utf8, Delimiter::Comma))
    );
    let not_read: Vec<&str> = sheet
        .headings_not_read()
        .map(|heading| heading.text.as_str())
        .collect();
    assert_eq!(not_read, ["Wibble score"]);
    let Outcome {
        children,
        problems,
        skipped,
        ..
    } = read(&sheet);
    let about_the_list = vec![
        (14, "Total: 4".to_owned()),
        (15, "End of report".to_owned()),
    ];
    assert_eq!(
        skipped,
        Skipped {
            blank: 1,
            repeated_headings: 1,
            about_the_list
        }
    );
    assert_eq!(
        said(&problems),
        [
            (13, "D.O.B.", "31/02/2015"),
            (13, "Post Code", "NOT KNOWN"),
            (13, "EHE Start Date", "01/09/2027")
        ]
    );
    let lines: Vec<usize> = children.iter().map(|child| child.line).collect();
    assert_eq!(lines, [6, 9, 12]);

    let first = &children[0];
    assert_eq!(
        (first.given_names.as_str(), first.family_name.as_str()),
        ("Anne-Marie", "McKenzie")
    );
    assert_eq!(first.known_as.as_deref(), Some("Annie"));
    assert_eq!(first.reference.as_deref(), Some("1001"));
    assert_eq!(
        (first.date_of_birth, first.sex),
        (day("2015-04-03"), Sex::Female)
    );
    assert_eq!(first.address.lines, "Flat 2, 12 High Street, Sometown");
    assert_eq!(
        first.address.postcode.as_ref().unwrap().as_str(),
        "SW1A 2AA"
    );
    assert_eq!(
        (first.status, first.last_seen),
        (ImportedStatus::Open, LastSeen::NotRecorded)
    );
    assert_eq!(first.registered_on, Some(day("2025-09-01")));
    assert_eq!(first.parents[0].family_name, "McKenzie");
    assert_eq!(children[1].registered_on, Some(day("2025-09-01")));
    assert!(children[2].address.is_missing());
}

#[test]
fn reads_full_names_and_words_for_codes() {
    let Outcome {
        children, problems, ..
    } = import(SEMICOLONS);
    let bob = &children[0];
    assert_eq!(
        (
            bob.given_names.as_str(),
            bob.family_name.as_str(),
            bob.known_as.as_deref()
        ),
        ("Robert", "Smith", Some("Bob"))
    );
    assert_eq!(bob.reason, PrimaryReason::DissatisfactionBullying);
    assert!(bob.parents[0].phone.is_some() && bob.parents[0].email.is_some());
    let anna = &children[1];
    assert_eq!(anna.family_name, "van der Berg");
    assert_eq!(
        anna.status,
        ImportedStatus::Closed(Some(ClosureReason::ReturnedToSchool))
    );
    assert_eq!(anna.reason, PrimaryReason::Unknown);
    assert!(
        anna.parents[0].phone.is_some(),
        "the zero that a spreadsheet dropped comes back"
    );
    let doubts: Vec<&Doubt> = anna
        .warnings
        .iter()
        .map(|warning| &warning.reason)
        .collect();
    assert_eq!(
        doubts,
        [
            &Doubt::NameDivided,
            &Doubt::UnknownWord {
                field: "the reason"
            },
            &Doubt::Email
        ]
    );
    assert_eq!(
        said(&problems),
        [(5, "Name of child", ""), (5, "Status", "acitve")]
    );
    assert!(
        problems[1]
            .to_string()
            .contains("Use one of: current, active, enquiry"),
        "{}",
        problems[1]
    );
}

#[test]
fn reports_every_problem_of_a_line() {
    let Outcome {
        children, problems, ..
    } = import(MISTAKES);
    assert_eq!(
        said(&problems),
        [
            (2, "Date of birth", "01/02/2030"),
            (2, "UPN", "X12345"),
            (2, "NHS number", "123"),
            (3, "Forename", ""),
            (3, "Surname", "unknown"),
            (3, "Date of birth", "01/02/1990"),
            (3, "LA code", "87"),
            (3, "Postcode", "nowhere"),
            (4, "", ""),
            (5, "", ""),
        ]
    );
    assert_eq!(children.len(), 1);
    assert_eq!(children[0].line, 6);
}

#[test]
fn reads_refused_lines_again_once_they_are_mended() {
    let refused = import(MISTAKES).refused;
    let text = String::from_utf8(refused.clone()).unwrap();
    let headings = "\u{FEFF}LA code,UPN,Forename,Surname,Date of birth,Postcode,Status,NHS number,Line in the file,Row in Hearth,What to mend\r\n";
    assert!(text.starts_with(headings), "{text}");
    let again = import(&refused);
    assert_eq!(
        (again.children.len(), again.problems.is_empty()),
        (0, false)
    );
    let twice = String::from_utf8(again.refused).unwrap();
    assert!(
        twice.starts_with(headings),
        "the two columns are not doubled: {twice}"
    );

    let mended = text
        .replace("01/02/2030", "01/02/2016")
        .replace("X12345", "")
        .replace(",123,", ",,");
    assert_eq!(import(mended.as_bytes()).children.len(), 1);
}

#[test]
fn writes_no_formula_and_reads_its_own_guard_again() {
    let list = "Name,DOB,Notes,Tel\n=cmd|x,01/02/2015,\"\t=1\",+447700900123\nAda Smith,31/02/2015,@x,+447700900123\n";
    let outcome = import(list.as_bytes());
    let text = String::from_utf8(outcome.refused.clone()).unwrap();
    for cell in text.lines().flat_map(|line| line.split(',')) {
        assert!(
            !cell
                .trim_matches('"')
                .starts_with(['=', '+', '-', '@', '\t']),
            "{cell}"
        );
    }
    let mended = text.replace("31/02/2015", "28/02/2015");
    let child = import(mended.as_bytes()).children.pop().unwrap();
    assert_eq!(child.notes.as_deref(), Some("@x"));
    assert!(child.parents[0].phone.is_some());
}

#[test]
fn finds_the_delimiter() {
    for (delimiter, mark) in [
        (Delimiter::Comma, ","),
        (Delimiter::Semicolon, ";"),
        (Delimiter::Tab, "\t"),
        (Delimiter::Bar, "|"),
    ] {
        let list = [
            "Forename,Surname,DOB,",
            "Ada,Smith,1/2/2015,,",
            "Bo,Jones,2/3/2016",
        ]
        .join("\n")
        .replace(',', mark);
        assert_eq!(
            open(list.as_bytes()).written_as,
            WrittenAs::Text(Encoding::Utf8, delimiter)
        );
        assert_eq!(import(list.as_bytes()).children.len(), 2);
    }
}

#[test]
fn says_what_a_file_lacks() {
    let problem = |bytes: &[u8]| Sheet::open(bytes, &Mapping::default()).unwrap_err();
    assert_eq!(
        problem(b"PK\x03\x04"),
        SheetProblem::Workbook(WorkbookProblem::Damaged)
    );
    let none = problem(b"878,Ada,Smith,01/02/2015\n").to_string();
    assert!(
        none.contains("‘878,Ada,Smith,01/02/2015’") && none.contains("Date of birth"),
        "{none}"
    );
    let missing = problem(b"Forename,Postcode,Kid age\nAda,SW1A 1AA,7\n").to_string();
    assert!(
        missing.contains("Line 1 has these headings: Forename, Postcode, Kid age"),
        "{missing}"
    );
    assert!(
        missing.contains("family name (Surname), date of birth"),
        "{missing}"
    );
}

#[test]
fn takes_a_persons_word_for_what_a_column_means() {
    let list = b"Kid,Born when,Name,DOB\nAda Smith,1/2/2015,Mrs Smith,9/9/1980\n";
    let mapping = Mapping::parse([
        "kid=full_name",
        "Born when=date_of_birth",
        "Name=parent1_name",
        "DOB=ignore",
    ])
    .unwrap();
    let sheet = Sheet::open(list, &mapping).unwrap();
    let used: Vec<Use> = sheet.headings.iter().map(|heading| heading.used).collect();
    assert_eq!(
        used,
        [
            Use::Read(Column::FullName),
            Use::Read(Column::DateOfBirth),
            Use::Read(Column::Parent1Name),
            Use::Ignored
        ]
    );
    let child = read(&sheet).children.pop().unwrap();
    assert_eq!(
        (child.family_name.as_str(), child.date_of_birth),
        ("Smith", day("2015-02-01"))
    );
    let slip = Mapping::parse(["Kids=full_name"]).unwrap();
    assert!(matches!(
        Sheet::open(b"Name,DOB\nA B,1/2/2015\n", &slip),
        Err(SheetProblem::Mapping(_))
    ));
}

#[test]
fn reads_the_first_of_two_columns_with_one_meaning_and_says_so() {
    let list = "Forename,Surname,DOB,Forename,Surname,CIN,CP\nAda,Smith,1/2/2015,Jo,Jones,Y,N\n";
    let sheet = open(list.as_bytes());
    let repeats = sheet
        .headings
        .iter()
        .filter(|heading| matches!(heading.used, Use::Repeats(_)))
        .count();
    assert_eq!(repeats, 2);
    let child = read(&sheet).children.pop().unwrap();
    assert_eq!(
        (child.given_names.as_str(), child.family_name.as_str()),
        ("Ada", "Smith")
    );
    assert_eq!(child.social_care.as_deref(), Some("CIN: Y\nCP: N"));
}

#[test]
fn refuses_what_stands_below_other_headings() {
    let list =
        "Forename,Surname,DOB\nAda,Smith,1/2/2015\nSurname,Forename,DOB\nJones,Bo,2/3/2016\n";
    let Outcome {
        children, problems, ..
    } = import(list.as_bytes());
    assert_eq!(children.len(), 1);
    assert_eq!(said(&problems), [(3, "", ""), (4, "", "")]);
    assert!(
        problems[1]
            .to_string()
            .contains("headings change on line 3")
    );
}

#[test]
fn reads_dates_that_bear_on_the_next_check() {
    let list = "Name,DOB,Status,Date last seen,Last visit,Date closed,Start date\n\
        Ada Smith,1/2/2015,open,never,,,unknown\n\
        Bo Jones,1/2/2015,open,1/3/2026,2/3/2026,1/1/2025,1/1/2014\n\
        Cy Brown,1/2/2015,moved,,,1/1/2024,1/1/2025\n\
        Di White,1/2/2001,closed,,,1/1/2024,\n\
        Ed Black,1/2/2005,open,,,1/1/2024,\n";
    let Outcome {
        children, problems, ..
    } = import(list.as_bytes());
    assert_eq!(
        said(&problems),
        [
            (3, "Start date", "1/1/2014"),
            (4, "Date closed", "1/1/2024"),
            (5, "DOB", "1/2/2001")
        ]
    );
    assert_eq!(children[0].last_seen, LastSeen::Never);
    assert_eq!(children[0].warnings[0].reason, Doubt::NoDate);
    let ed = &children[1];
    let doubts: Vec<&Doubt> = ed.warnings.iter().map(|warning| &warning.reason).collect();
    assert_eq!(
        (ed.closed_on, doubts),
        (
            None,
            vec![&Doubt::OpenWithClosingDate, &Doubt::NotOfSchoolAge]
        )
    );
}

#[test]
fn reads_what_excel_for_mac_writes() {
    let list = b"Forename,Surname,DOB,Address\r\
        Ada,Smith,1/2/2015,\"12 High Street\nSometown\nSW1A 1AA\"\r\
        Ren\x8E,Jones,31/2/2015,\"1 \"\"The\"\" Lane\nSometown\"\r\
        Cy,Brown,1/2/2016,3 Row\r";
    let Outcome {
        children, problems, ..
    } = import(list);
    let lines: Vec<usize> = children.iter().map(|child| child.line).collect();
    assert_eq!(lines, [2, 7]);
    assert_eq!(children[0].address.lines, "12 High Street, Sometown");
    assert_eq!(said(&problems), [(5, "DOB", "31/2/2015")]);
}

#[test]
fn doubts_dates_beside_american_ones() {
    let list = "Name,DOB,Start date\n\
        Ada Smith,3/4/2014,3/4/2024\n\
        Bo Jones,1/25/2014,1/5/2024\n\
        Cy Brown,25/1/2014,1/5/2024\n\
        Di White,5/5/2014,1/5/2024\n\
        Ed Black,3 April 2014,1/5/2024\n";
    let Outcome {
        children, problems, ..
    } = import(list.as_bytes());
    assert_eq!(said(&problems), [(3, "DOB", "1/25/2014")]);
    assert!(
        problems[0]
            .to_string()
            .contains("looks like month/day/year")
    );
    let doubts: Vec<_> = children.iter().flat_map(|child| &child.warnings).collect();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert_eq!((doubts[0].line, doubts[0].column.as_str()), (2, "DOB"));
    assert_eq!(children[0].date_of_birth, day("2014-04-03"));
    let words = doubts[0].to_string();
    assert!(
        words.contains("read as 3 April 2014; with the month first it is 4 March 2014"),
        "{words}"
    );
}

#[test]
fn reads_addresses_and_parents_however_they_are_cut() {
    let list = "Name,DOB,House no,Street,Town,Mother's name,Father's name,Father mobile\n\
        Ada Smith,1/2/2015,12,High Street,Sometown,Ms Jo Smith,\"\",07700 900123 / 07700 900124\n";
    let child = import(list.as_bytes()).children.pop().unwrap();
    assert_eq!(
        (child.address.lines.as_str(), child.address.town.as_deref()),
        ("12 High Street", Some("Sometown"))
    );
    let relations: Vec<Option<Relationship>> = child
        .parents
        .iter()
        .map(|parent| parent.relationship)
        .collect();
    assert_eq!(
        relations,
        [Some(Relationship::Mother), Some(Relationship::Father)]
    );
    assert_eq!(child.warnings[0].reason, Doubt::SeveralPhones);

    let single = "Name,DOB,Address\nAda Smith,1/2/2015,\"12 High Street, Sometown, SW1A 1AA\"\nBo Smith,1/2/2015,NOT KNOWN\n";
    let Outcome {
        children, problems, ..
    } = import(single.as_bytes());
    assert_eq!(children[0].address.lines, "12 High Street, Sometown");
    assert_eq!(
        children[0].address.postcode.as_ref().unwrap().as_str(),
        "SW1A 1AA"
    );
    assert_eq!(said(&problems), [(3, "Address", "NOT KNOWN")]);
    let two = "Name,DOB,Address,Postcode\nAda Smith,1/2/2015,1 High Street SW1A 1AA,SW1A 2AA\n";
    assert_eq!(
        import(two.as_bytes()).children[0].warnings[0].reason,
        Doubt::TwoPostcodes
    );
}
