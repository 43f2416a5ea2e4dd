//! Files that were made to stop the service: each is read or refused in a moment, whatever it holds.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::*;
use crate::intake::limits::{LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, ROWS_AT_A_TIME};

const HEADINGS: &str = "Forename,Surname,DOB,Notes\n";

/// Reads a file that begins with headings and repeats this; `tests/it` sends such files of the largest size.
fn read_full_of(what: &str) -> Result<(usize, usize), SheetProblem> {
    const SIZE: usize = 4 * 1024 * 1024;
    let list = HEADINGS.to_owned() + &what.repeat(SIZE / what.len());
    let sheet = Sheet::open(list.as_bytes(), &Mapping::default())?;
    let faults = sheet.rows().filter(|row| row.fault.is_some()).count();
    Ok((sheet.rows().count(), faults))
}

#[test]
fn whatever_fills_a_file_it_is_read_in_a_moment() {
    // An unclosed quotation mark in 5 MB took a minute and 900 MB before. In a build without optimisation.
    const MOMENT: Duration = Duration::from_secs(30);
    let wide = format!("{}\n", ",".repeat(100_000));
    let open_marks = format!("\"{}\n", "x".repeat(200));
    let pairs = format!("\"{}\n", "x\"\"".repeat(70));
    let long = "x".repeat(1_000_000) + "\n";
    let kinds: [&str; 9] = [
        "\"",
        "\n",
        ",",
        "x",
        "\"\"",
        &wide,
        &open_marks,
        &pairs,
        &long,
    ];
    for kind in kinds {
        let began = Instant::now();
        let shown: String = kind.chars().take(10).collect();
        match read_full_of(kind) {
            Ok((rows, faults)) => assert_eq!(rows, faults, "{shown:?}: no row of it is a child"),
            Err(problem) => assert_eq!(problem, SheetProblem::TooManyRows, "{shown:?}"),
        }
        assert!(
            began.elapsed() < MOMENT,
            "{shown:?} took {:?}",
            began.elapsed()
        );
    }
}

#[test]
fn has_limits_that_are_said() {
    let told = |list: &str| {
        Sheet::open(list.as_bytes(), &Mapping::default())
            .unwrap_err()
            .to_string()
    };
    let many = HEADINGS.to_owned() + &"a,b,1/2/2015,\n".repeat(MOST_ROWS + 1);
    assert!(
        told(&many).contains("more than 50000 rows"),
        "{}",
        told(&many)
    );
    let wide = HEADINGS.trim().to_owned() + &",x".repeat(MOST_COLUMNS) + "\n";
    assert!(
        told(&wide).contains("more than 500 columns"),
        "{}",
        told(&wide)
    );
    let large = "x".repeat(LARGEST_FILE + 1);
    assert!(
        told(&large).contains("larger than 20 MB"),
        "{}",
        told(&large)
    );
}

#[test]
fn stops_when_it_is_wanted_no_more() {
    let list = HEADINGS.to_owned() + &"a,b,1/2/2015,\n".repeat(ROWS_AT_A_TIME * 4);
    let asked = Cell::new(0);
    let twice = || {
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    let stopped = Sheet::open_while(list.as_bytes(), &Mapping::default(), &twice).unwrap_err();
    assert_eq!(stopped, SheetProblem::Workbook(WorkbookProblem::Stopped));
    assert_eq!(asked.get(), 3);
}
