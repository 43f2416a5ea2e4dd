//! `cargo fuzz run workbook tests/files/import`: whatever bytes a workbook has, reading its sheets ends and does not panic.
#![no_main]

use hearth::intake::workbook::Workbook;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(workbook) = Workbook::open(bytes, &|| true) else {
        return;
    };
    for place in 0..workbook.tabs.len() {
        let _ = workbook.read(place, None);
    }
});
