//! Text and workbooks as they really arrive: letters by other tables, letters lost, cells that say more than they ought to,
//! headings in two lines, families.

use super::super::code_page::CodePage;
use super::super::problem::Reason;
use super::*;

const EXCEL: &[u8] = include_bytes!("../../../../tests/files/import/children.xlsx");
const OPEN_DOCUMENT: &[u8] = include_bytes!("../../../../tests/files/import/children.ods");

fn names(outcome: &Outcome) -> Vec<String> {
    let children = outcome.children.iter();
    children
        .map(|child| format!("{} {}", child.given_names, child.family_name))
        .collect()
}

fn not_read(list: &str) -> Vec<String> {
    let sheet = open(list.as_bytes());
    sheet
        .headings_not_read()
        .map(|heading| heading.text.clone())
        .collect()
}

fn doubts(outcome: &Outcome) -> Vec<(&str, &Doubt)> {
    let warnings = outcome.children.iter().flat_map(|child| &child.warnings);
    warnings
        .map(|warning| (warning.column.as_str(), &warning.reason))
        .collect()
}

#[test]
fn reads_letters_by_whichever_table_they_were_saved() {
    let list = "Forename,Surname,DOB,Postcode\r\nZoë,Smith,03/04/2015,M1 1AA\r\nSiân,Müller,04/05/2016,M1 1AB\r\n";
    for (page, encoding) in [
        (CodePage::Ibm850, Encoding::Ibm850),
        (CodePage::Windows1252, Encoding::Windows1252),
        (CodePage::MacRoman, Encoding::MacRoman),
    ] {
        let bytes = page.written(list).unwrap();
        assert_eq!(
            open(&bytes).written_as,
            WrittenAs::Text(encoding, Delimiter::Comma)
        );
        assert_eq!(names(&import(&bytes)), ["Zoë Smith", "Siân Müller"]);
    }
}

#[test]
fn refuses_letters_that_may_be_others() {
    let refused = Sheet::open(
        b"Forename,Surname,DOB\nZo\x89,Smith,03/04/2015\n",
        &Mapping::default(),
    );
    let told = refused.unwrap_err().to_string();
    assert!(
        told.contains("‘Zoë’ or ‘Zoâ’") && told.contains("CSV UTF-8 (Comma delimited)"),
        "{told}"
    );
}

#[test]
fn names_letters_that_were_lost_or_broken_before() {
    let list =
        "Forename,Surname,DOB,Address,Notes\nSiÃ¢n,M?ller,03/04/2015,Caf\u{fffd} Row,Really?\n";
    let outcome = import(list.as_bytes());
    assert_eq!(
        names(&outcome),
        ["SiÃ¢n M?ller"],
        "nothing is mended in silence"
    );
    let meant = "Siân".to_owned();
    assert_eq!(
        doubts(&outcome),
        [
            ("Forename", &Doubt::BrokenLetters { meant }),
            ("Surname", &Doubt::LostLetter),
            ("Address", &Doubt::LostLetter)
        ]
    );
    for (_, doubt) in doubts(&outcome) {
        assert!(doubt.to_string().contains("CSV UTF-8"), "{doubt}");
    }
}

#[test]
fn takes_out_what_cannot_be_seen() {
    let list = "\u{feff}Fore\u{200b}name,Surname,DOB,Postcode,Mum's email\n\u{200b}Ada,Mo\u{7}ss,03/04/2015\u{200e},M1\u{a0}1AA,\u{2060}jo@mail.example\n\u{200b}\u{ad},Moss,03/04/2015,,\n";
    let outcome = import(list.as_bytes());
    assert_eq!(names(&outcome), ["Ada Moss", " Moss"]);
    let email = outcome.children[0].parents[0].email.as_ref().unwrap();
    assert_eq!(email.as_str(), "jo@mail.example");
    assert_eq!(outcome.problems, []);
    assert_eq!(
        doubts(&outcome).last(),
        Some(&("Forename", &Doubt::OneName))
    );
}

#[test]
fn takes_off_the_apostrophe_that_guards_a_cell() {
    let list = "Forename,Surname,DOB,Postcode,NHS number,Mum's phone\n\
        Ada,Moss,'03/04/2015,'M1 1AA,'9434765919,'07700 900123 (mum)\n\
        'Bo,'Vale,'03/04/2015,,,\n\
        Cy,'t Hooft,03/04/2015,,,\n";
    let outcome = import(list.as_bytes());
    assert_eq!(names(&outcome), ["Ada Moss", "Bo Vale", "Cy 't Hooft"]);
    let ada = &outcome.children[0];
    assert_eq!(ada.nhs_number.as_ref().unwrap().as_str(), "9434765919");
    assert_eq!(ada.address.postcode.as_ref().unwrap().as_str(), "M1 1AA");
    let phone = ada.parents[0].phone.as_ref().unwrap();
    assert_eq!(phone.as_str(), "07700 900123 (mum)");
    let column = "Forename,Surname,DOB\n".to_owned() + &"'Ada,'Moss,03/04/2015\n".repeat(5);
    assert_eq!(names(&import(column.as_bytes()))[0], "Ada Moss");
}

#[test]
fn refuses_numbers_that_lost_their_digits() {
    let list = "Forename,Surname,DOB,UPN,NHS number,Case no,UPRN,Mum's phone\n\
        Ada,Moss,03/04/2015,1.23E+12,9.43E+09,1.2E+07,1.0E+11,7.7E+09\n\
        Bo,Vale,03/04/2015,,,,1.0E+11,7.7E+09\n";
    let outcome = import(list.as_bytes());
    let reasons: Vec<&Reason> = outcome
        .problems
        .iter()
        .map(|problem| &problem.reason)
        .collect();
    assert_eq!(reasons, [&Reason::DigitsLost; 3]);
    assert!(reasons[0].to_string().contains("Format the column as text"));
    assert_eq!(
        doubts(&outcome),
        [
            ("UPRN", &Doubt::DigitsLost),
            ("Mum's phone", &Doubt::DigitsLost)
        ]
    );
}

#[test]
fn names_cells_that_the_spreadsheet_could_not_work_out() {
    let list = "Forename,Surname,DOB,UPN,School,Case no\n\
        Ada,Moss,03/04/2015,,#REF!,\n\
        #NAME?,Moss,########,#REF!,#REF!,#VALUE!\n";
    let outcome = import(list.as_bytes());
    assert_eq!(outcome.children[0].previous_school, None);
    assert_eq!(doubts(&outcome), [("School", &Doubt::NotWorkedOut)]);
    let columns: Vec<&str> = outcome
        .problems
        .iter()
        .map(|problem| problem.column.as_str())
        .collect();
    assert_eq!(columns, ["Forename", "DOB", "UPN", "Case no"]);
}

#[test]
fn reads_two_lines_of_headings_together() {
    let list = "Child,,,,Parent,,\nForename,Surname,DOB,Postcode,Name,Email,Phone\nAda,Moss,03/04/2015,M1 1AA,Jo Vale,jo@mail.example,07700 900123\n";
    let outcome = import(list.as_bytes());
    let parent = &outcome.children[0].parents[0];
    assert_eq!(
        (parent.given_names.as_str(), parent.family_name.as_str()),
        ("Jo", "Vale")
    );
    assert!(parent.email.is_some() && parent.phone.is_some());
    assert_eq!(not_read(list), [""; 0]);

    let list = "List of children,,,,\nPupil details,,,Parent 1 contact details,,Father,Doctor,\n\
        Name,DOB,UPN,Name,Phone,Name,Name,Phone\nAda Moss,03/04/2015,,Jo Vale,07700 900123,Al Moss,Dr No,01632 960001\n";
    let outcome = import(list.as_bytes());
    assert_eq!(names(&outcome), ["Ada Moss"]);
    let parents: Vec<&str> = outcome.children[0]
        .parents
        .iter()
        .map(|parent| parent.given_names.as_str())
        .collect();
    assert_eq!(parents, ["Jo", "Al"]);
    assert_eq!(
        not_read(list),
        ["Doctor Name", "Doctor Phone"],
        "the doctor is nobody's parent"
    );

    let list = "Child,,,School,,Mother\nName,DOB,Status,Name,Start date,Name\nAda Moss,03/04/2015,open,Ash School,01/09/2024,Jo Vale\n";
    let child = import(list.as_bytes()).children.pop().unwrap();
    assert_eq!(child.previous_school.as_deref(), Some("Ash School"));
    assert_eq!(
        child.registered_on, None,
        "the day on which the school began is another one"
    );
    assert_eq!(not_read(list), ["School Start date"]);
    assert_eq!(child.parents[0].relationship, Some(Relationship::Mother));
}

#[test]
fn names_a_column_without_a_heading_and_one_that_is_there_twice() {
    let list = "Forename,Surname,,DOB,,Surname\nAda,Moss,see file,03/04/2015,,Vale\n";
    assert_eq!(not_read(list), ["Column C", "Surname"]);
    let mapping = Mapping::parse(["column c=notes"]).unwrap();
    let child = read(&Sheet::open(list.as_bytes(), &mapping).unwrap())
        .children
        .pop()
        .unwrap();
    assert_eq!(child.notes.as_deref(), Some("see file"));
}

#[test]
fn refuses_two_children_in_one_cell() {
    for name in ["Ava & Eva", "Ava and Eva", "Ava/Eva", "\"Ava\nEva\""] {
        let list =
            format!("Forename,Surname,DOB\n{name},Moss,03/04/2015\nAndy,Sandand,03/04/2015\n");
        let outcome = import(list.as_bytes());
        assert_eq!(outcome.problems[0].reason, Reason::TwoChildren, "{name}");
        assert_eq!(names(&outcome), ["Andy Sandand"]);
    }
}

#[test]
fn reads_each_parent_in_columns_of_their_own() {
    for word in ["Parent", "Contact"] {
        let headings: Vec<String> = (1..=4)
            .flat_map(|number| [format!("{word} {number}"), format!("{word} {number} phone")])
            .collect();
        let list = format!(
            "Name,DOB,{}\nAda Moss,03/04/2015,Jo A,07700 900001,Jo B,07700 900002,Jo C,07700 900003,Jo D,07700 900004\n",
            headings.join(",")
        );
        let child = import(list.as_bytes()).children.pop().unwrap();
        let parents: Vec<String> = child
            .parents
            .iter()
            .map(|parent| format!("{} {}", parent.family_name, parent.phone.as_ref().unwrap()))
            .collect();
        assert_eq!(
            parents,
            [
                "A 07700 900001",
                "B 07700 900002",
                "C 07700 900003",
                "D 07700 900004"
            ],
            "{word}"
        );
        assert_eq!(
            not_read(&list.replace(&format!("{word} 4"), &format!("{word} 5"))).len(),
            2
        );
    }
}

#[test]
fn reads_a_workbook_as_it_reads_text() {
    for (bytes, kind) in [
        (EXCEL, "Excel workbook"),
        (OPEN_DOCUMENT, "OpenDocument workbook"),
    ] {
        let sheet = open(bytes);
        assert_eq!(
            sheet.written_as.to_string(),
            format!("{kind}, sheet ‘Children’")
        );
        assert_eq!(
            sheet.notices,
            [
                "1 row is hidden in the workbook. It was read too",
                "1 column is hidden in the workbook. It was read too",
                "Cells were merged in 2 places of the list, the first in rows 6 to 7. Only the first cell of such a place holds the words; the others were read as empty",
                "Of this workbook one sheet was read. Not read: ‘About’, ‘Old’",
            ]
        );
        let outcome = read(&sheet);
        assert_eq!(
            names(&outcome),
            ["Zoë Müller", "Siân O’Brien", "Eva O’Brien", "Tom Vale"]
        );
        let [zoe, sian, _, tom] = outcome.children.as_slice() else {
            panic!("four children")
        };
        assert_eq!((zoe.line, zoe.date_of_birth), (5, day("2015-04-03")));
        assert_eq!(zoe.nhs_number.as_ref().unwrap().as_str(), "9990123454");
        assert_eq!(zoe.address.lines, "1 High Street, Ashdale");
        assert_eq!(zoe.last_seen, LastSeen::On(day("2026-09-01")));
        assert_eq!(
            zoe.parents[0].phone.as_ref().unwrap().as_str(),
            "07700900123"
        );
        assert_eq!(zoe.sen, Some(crate::rules::codes::SenProvision::Ehcp));
        assert_eq!(doubts(&outcome)[0], ("School", &Doubt::NotWorkedOut));
        assert_eq!(sian.previous_school.as_deref(), Some("Ashdale School"));
        assert_eq!(
            (tom.line, tom.date_of_birth),
            (8, day("2015-04-03")),
            "a day in a cell without a format"
        );
    }
}

#[test]
fn reads_the_sheet_that_is_asked_for() {
    let on = |sheet: &str| Sheet::open(EXCEL, &Mapping::default().on_sheet(sheet));
    assert_eq!(read(&on("old").unwrap()).children.len(), 1);
    let told = on("Pupils").unwrap_err().to_string();
    assert_eq!(
        told,
        "The workbook has no sheet ‘Pupils’. It has: About, Children, Old"
    );
    assert!(matches!(on("About"), Err(SheetProblem::NoHeadings { .. })));
    let text = Sheet::open(b"Name,DOB\n", &Mapping::default().on_sheet("One")).unwrap_err();
    assert!(text.to_string().contains("no workbook"), "{text}");
}

#[test]
fn counts_no_days_in_plain_text() {
    let outcome = import(b"Name,DOB\nAda Moss,42097\n");
    assert!(
        outcome.problems[0]
            .to_string()
            .contains("send the workbook itself"),
        "{:?}",
        outcome.problems
    );
}
