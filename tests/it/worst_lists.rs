//! How much memory the worst files of the largest size take to read, each measured in a process of its own.

use std::path::Path;
use std::process::Command;

use hearth::intake::csv::child::ChildReader;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::csv::sheet::Sheet;
use hearth::intake::limits::LARGEST_FILE;

use super::shared::archives;

/// What reading may take, above what the program has when it begins; the bytes of the file count.
const MOST_MEGABYTES: usize = 150;

const THE_FILE: &str = "HEARTH_TEST_LIST";

#[test]
fn no_file_takes_more_memory_than_there_is_for_one() {
    if !Path::new("/proc/self/status").exists() {
        eprintln!("passed over: this system does not say how much memory a process took");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in worst() {
        assert!(
            bytes.len() <= LARGEST_FILE,
            "{name} is refused by its size alone"
        );
        let file = folder.path().join("list");
        std::fs::write(&file, bytes).unwrap();
        let said = Command::new(std::env::current_exe().unwrap())
            .args([
                "worst_lists::reads_one",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(THE_FILE, &file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let took = said
            .lines()
            .find_map(|line| line.split("took ").nth(1)?.parse().ok());
        let took: usize = took.unwrap_or_else(|| panic!("{name} was not read: {said}"));
        assert!(took < MOST_MEGABYTES, "{name} took {took} MB");
    }
}

#[test]
#[ignore = "one file, in a process of its own: the test above starts it"]
fn reads_one() {
    let Some(file) = std::env::var_os(THE_FILE) else {
        return;
    };
    let before = peak_megabytes();
    let bytes = std::fs::read(file).unwrap();
    if let Ok(sheet) = Sheet::open(&bytes, &Mapping::default()) {
        let reader = ChildReader::new(&sheet, "2026-11-23".parse().unwrap());
        let read = sheet.rows().filter(|row| reader.read(row).is_ok()).count();
        println!("{read} children");
    }
    println!("took {}", peak_megabytes() - before);
}

/// The most memory that this process has had so far.
fn peak_megabytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kilobytes: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    kilobytes / 1024
}

fn worst() -> Vec<(&'static str, Vec<u8>)> {
    const HEADINGS: &str = "Forename,Surname,DOB,Notes\n";
    let text = |what: &[u8]| {
        let mut list = HEADINGS.as_bytes().to_vec();
        list.extend(what.iter().cycle().take(LARGEST_FILE - HEADINGS.len()));
        list
    };
    let wide: Vec<u8> = "Name,DOB\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = [
        &[0xff, 0xfe][..],
        &wide,
        &[0x20, 0x4e].repeat(LARGEST_FILE / 2 - 20),
    ]
    .concat();
    let words = format!("<si><t>{}</t></si>", "x".repeat(30_000)).repeat(1_000);
    let cells: String = (0..1_000)
        .map(|row| format!("<row><c t=\"s\"><v>{row}</v></c></row>"))
        .collect();
    let many_rows = "<row><c><v>1</v></c></row>".repeat(250_000);
    let repeated = "<table><table-row number-rows-repeated=\"199999\"><table-cell \
        number-columns-repeated=\"12\"><p>some words</p></table-cell></table-row></table>";
    vec![
        ("quotation marks", text(b"a,\"b\n")),
        ("delimiters", text(b",")),
        (
            "letters of Windows-1252",
            text(b"Ren\xe9,Moss,1/2/2015,x\n"),
        ),
        ("one cell", text(b"x")),
        ("pairs of quotation marks", text(b"\"\"")),
        ("UTF-16", wide),
        (
            "packed spaces",
            archives::zip(&[("content.xml", &vec![b' '; 450_000_000])]),
        ),
        (
            "shared words",
            archives::excel(&[("One", &cells)], &words, ""),
        ),
        (
            "empty shared words",
            archives::excel(&[("One", "")], &"<si/>".repeat(3_900_000), ""),
        ),
        ("rows", archives::excel(&[("One", &many_rows)], "", "")),
        (
            "deep tags",
            archives::excel(&[("One", &"<a>".repeat(5_000_000))], "", ""),
        ),
        ("repeated rows", archives::open_document(repeated)),
    ]
}
