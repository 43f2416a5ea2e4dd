//! Workbooks as LibreOffice writes them, and such as nobody should send.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::intake::limits::{MOST_TEXT, MOST_UNPACKED};
use crate::shared::archives;

const EXCEL: &[u8] = include_bytes!("../../../tests/files/import/children.xlsx");
const OPEN_DOCUMENT: &[u8] = include_bytes!("../../../tests/files/import/children.ods");

fn always() -> bool {
    true
}

/// A workbook of Excel with one sheet, these shared words and these properties.
fn excel(sheet: &str, words: &str, properties: &str) -> Vec<u8> {
    archives::excel(&[("One", sheet)], words, properties)
}

fn open_document(tables: &str) -> Vec<u8> {
    archives::open_document(tables)
}

fn read(bytes: &[u8], place: usize) -> Result<Grid, WorkbookProblem> {
    Workbook::open(bytes, &always)?.read(place, None)
}

fn rows(grid: &Grid) -> Vec<(usize, Vec<&str>)> {
    let (mut rows, mut rest) = (Vec::new(), grid.text.as_str());
    while let Some(row) = grid::next_row(rest) {
        rows.push((row.number, row.cells().collect()));
        rest = rest.get(row.length..).unwrap();
    }
    rows
}

fn problem(bytes: &[u8]) -> WorkbookProblem {
    read(bytes, 0).unwrap_err()
}

#[test]
fn reads_what_libreoffice_writes() {
    for bytes in [EXCEL, OPEN_DOCUMENT] {
        let workbook = Workbook::open(bytes, &always).unwrap();
        let tabs: Vec<(&str, bool)> = workbook
            .tabs
            .iter()
            .map(|tab| (tab.name.as_str(), tab.is_hidden))
            .collect();
        assert_eq!(tabs, [("About", false), ("Children", false), ("Old", true)]);
        let grid = workbook.read(1, None).unwrap();
        let rows = rows(&grid);
        let numbers: Vec<usize> = rows.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 3, 4, 5, 6, 7, 8]);
        let zoe = &rows[3].1;
        assert_eq!(zoe[..4], ["Zoë", "Müller", "2015-04-03", "9990123454"]);
        assert_eq!(
            zoe[5..9],
            [
                "1 High Street\nAshdale",
                "SW1A 1AA",
                "Jo Vale",
                "07700900123"
            ]
        );
        assert!(
            ["2026-09-01 14:30", "2026-09-01T14:30:00"].contains(&zoe[9]),
            "{}",
            zoe[9]
        );
        assert_eq!(zoe[10], "#DIV/0!");
        assert_eq!(rows[4].1[10], "Ashdale School", "what a formula came to");
        assert_eq!(rows[6].1[..3], ["Tom", "Vale", "42097"]);
        assert_eq!(
            (grid.hidden_rows.as_slice(), grid.hidden_columns),
            (&[7][..], 1)
        );
        assert_eq!(
            grid.merged
                .iter()
                .filter(|(first, last)| (*first, *last) == (6, 7))
                .count(),
            2
        );
        let top = workbook.read(1, Some(2)).unwrap();
        assert_eq!(top.text.matches('\u{1e}').count(), 2);
    }
}

#[test]
fn reads_what_other_programs_write() {
    let words = "<si><t>Ada</t></si><si><r><t>Mo</t></r><r><t>ss</t></r><rPh><t>x</t></rPh></si>";
    let sheet = "<x:sheetData><x:row><x:c t=\"s\"><x:v>0</x:v></x:c><x:c t=\"s\"><x:v>1</x:v></x:c>\
        <x:c r=\"D1\" t=\"inlineStr\"><x:is><x:t>A &amp; B&#xE9;</x:t></x:is></x:c><x:c t=\"d\"><x:v>2015-04-03T00:00:00</x:v></x:c>\
        <x:c t=\"e\"><x:f>1/0</x:f><x:v>#REF!</x:v></x:c><x:c t=\"b\"><x:v>0</x:v></x:c></x:row></x:sheetData>";
    let bytes = excel(sheet, words, "<workbookPr date1904=\"1\"/>");
    let workbook = Workbook::open(&bytes, &always).unwrap();
    assert_eq!(workbook.dates(), DateSystem::From1904);
    assert_eq!(
        rows(&workbook.read(0, None).unwrap()),
        [(
            1,
            vec!["Ada", "Moss", "", "A & Bé", "2015-04-03", "#REF!", "No"]
        )]
    );
}

#[test]
fn names_what_it_does_not_read() {
    assert_eq!(
        problem(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        WorkbookProblem::Old
    );
    assert_eq!(
        problem(&archives::zip(&[("xl/workbook.bin", b"")])),
        WorkbookProblem::Binary
    );
    assert_eq!(
        problem(&archives::zip(&[("photo.jpg", b"x")])),
        WorkbookProblem::NoWorkbook
    );
    assert_eq!(problem(b"PK\x03\x04 and no more"), WorkbookProblem::Damaged);
    assert_eq!(problem(&EXCEL[..EXCEL.len() / 2]), WorkbookProblem::Damaged);
    let locked = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>";
    let locked = archives::zip(&[
        ("content.xml", b"x"),
        ("META-INF/manifest.xml", locked.as_bytes()),
    ]);
    assert_eq!(problem(&locked), WorkbookProblem::Locked);
}

#[test]
fn reads_words_at_the_end_of_the_sheet_but_not_to_its_edge() {
    let far = "<row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>";
    assert_eq!(
        rows(&read(&excel(far, "", ""), 0).unwrap()),
        [(1_048_576, vec!["1"])]
    );
    let edge = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(
        problem(&excel(edge, "", "")),
        WorkbookProblem::TooManyColumns
    );
    let repeated = |rows: usize, columns: usize, words: &str| {
        open_document(&format!(
            "<table:table table:name=\"One\"><table:table-row table:number-rows-repeated=\"{rows}\">\
             <table:table-cell table:number-columns-repeated=\"{columns}\"><text:p>{words}</text:p></table:table-cell>\
             </table:table-row></table:table>"
        ))
    };
    assert_eq!(read(&repeated(1_048_576, 16_384, ""), 0).unwrap().text, "");
    assert_eq!(
        problem(&repeated(1, 16_384, "x")),
        WorkbookProblem::TooManyColumns
    );
    assert_eq!(
        problem(&repeated(usize::MAX, 1, "x")),
        WorkbookProblem::TooManyRows
    );
    assert_eq!(
        problem(&repeated(100_000, 400, "many words")),
        WorkbookProblem::TooMuch
    );
    assert_eq!(rows(&read(&repeated(2, 2, "x"), 0).unwrap()).len(), 2);
}

#[test]
fn unpacks_no_bomb() {
    let much = usize::try_from(MOST_UNPACKED).unwrap() + 1;
    let bomb = archives::zip(&[("content.xml", &vec![b' '; much])]);
    assert!(bomb.len() < 20 * 1024 * 1024);
    assert_eq!(problem(&bomb), WorkbookProblem::TooMuch);
    let words = format!("<si><t>{}</t></si>", "x".repeat(30_000)).repeat(MOST_TEXT / 30_000 + 1);
    assert_eq!(problem(&excel("", &words, "")), WorkbookProblem::TooMuch);
    let nothing = "<si/>".repeat(4_000_001);
    assert_eq!(problem(&excel("", &nothing, "")), WorkbookProblem::TooMuch);
    let deep = "<a>".repeat(1_000_000);
    assert_eq!(problem(&excel(&deep, "", "")), WorkbookProblem::Damaged);
    let long = format!("<row r=\"1\" x=\"{}\"/>", "x".repeat(1_000_000));
    assert_eq!(problem(&excel(&long, "", "")), WorkbookProblem::TooMuch);
    let cell = format!(
        "<row><c t=\"str\"><v>{}</v></c></row>",
        "x".repeat(LONGEST_CELL + 1)
    );
    assert_eq!(
        problem(&excel(&cell, "", "")),
        WorkbookProblem::LongCell { row: 1 }
    );
    let entities = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><row><c t=\"str\"><v>&b;</v></c></row>";
    assert_eq!(problem(&excel(entities, "", "")), WorkbookProblem::Damaged);
    let sheets = "<sheet name=\"x\" r:id=\"r0\"/>".repeat(MOST_SHEETS + 1);
    assert_eq!(
        problem(&excel("", "", &sheets)),
        WorkbookProblem::TooManySheets
    );
}

#[test]
fn stops_when_it_is_wanted_no_more() {
    let rows = "<row/>".repeat(100_000);
    let bytes = excel(&rows, "", "");
    let never = || false;
    let workbook = Workbook::open(&bytes, &never).unwrap();
    assert_eq!(
        workbook.read(0, None).unwrap_err(),
        WorkbookProblem::Stopped
    );
}

proptest::proptest! {
    #[test]
    fn no_change_of_a_workbook_makes_it_panic(
        is_excel in proptest::bool::ANY,
        changes in proptest::collection::vec((0..8_000usize, proptest::num::u8::ANY), 1..40),
    ) {
        let mut bytes = if is_excel { EXCEL } else { OPEN_DOCUMENT }.to_vec();
        for (place, byte) in changes {
            if let Some(old) = bytes.get_mut(place) {
                *old = byte;
            }
        }
        for place in 0..3 {
            let _ = read(&bytes, place);
        }
    }

    #[test]
    fn no_xml_makes_it_panic(xml in "(<(/?(row|c|v|t|is|si|mergeCell|col|table|p|s)( (r|t|s|min|max|ref)=\"([A-Z]{0,9}[0-9]{0,9}|s|b|-1)\")?)/?>|[0-9a-z&;#]{0,5}){0,30}") {
        let _ = read(&excel(&xml, &xml, &xml), 0);
        let _ = read(&open_document(&format!("<table>{xml}")), 0);
    }
}
