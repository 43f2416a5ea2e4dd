//! `cargo fuzz run list tests/files/import`: whatever bytes a list has, reading it ends and does not panic.
#![no_main]

use hearth::intake::csv::child::ChildReader;
use hearth::intake::csv::mapping::Mapping;
use hearth::intake::csv::sheet::Sheet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(sheet) = Sheet::open(bytes, &Mapping::default()) else {
        return;
    };
    let reader = ChildReader::new(&sheet, "2026-11-23".parse().unwrap_or_default());
    for row in sheet.rows() {
        let _ = reader.read(&row);
    }
});
