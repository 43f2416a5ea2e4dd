//! Whatever the file holds, reading it ends, loses nothing and does not panic.

use proptest::prelude::*;

use super::super::mapping::Mapping;
use super::super::sheet::Sheet;
use super::{Outcome, import, read};

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(sheet) = Sheet::open(&bytes, &Mapping::default()) {
            read(&sheet);
        }
    }

    #[test]
    fn no_cells_make_it_panic_and_no_line_is_lost(
        cells in proptest::collection::vec("[ -~\n\r\t\"'é]{0,12}", 12..60),
    ) {
        let mut list = csv::Writer::from_writer(Vec::new());
        list.write_record(["Forename", "Surname", "DOB", "Address", "Postcode", "Mum"]).unwrap();
        let whole = cells.chunks_exact(6).filter(|row| !row[0].is_empty());
        for row in whole {
            list.write_record(row).unwrap();
        }
        let outcome = import(&list.into_inner().unwrap());
        prop_assert!(outcome.children.is_empty());
        if let Ok(again) = Sheet::open(&outcome.refused, &Mapping::default()) {
            read(&again);
        }
    }

    #[test]
    fn what_was_refused_reads_as_it_stood(notes in "[a-z=+@\t\",;' \n-]{1,20}", town in "\\PC{0,10}") {
        let mut list = csv::Writer::from_writer(Vec::new());
        list.write_record(["Name", "DOB", "Notes", "Town"]).unwrap();
        list.write_record(["Ada Smith", "31/02/2015", &notes, &town]).unwrap();
        let first = list.into_inner().unwrap();
        let mended = String::from_utf8(import(&first).refused).unwrap().replace("31/02/2015", "28/02/2015");
        let wanted = String::from_utf8(first.clone()).unwrap().replace("31/02/2015", "28/02/2015");
        let (again, wanted) = (import(mended.as_bytes()), import(wanted.as_bytes()));
        let facts = |outcome: &Outcome| outcome.children.iter().map(|child| (child.notes.clone(), child.address.town.clone())).collect::<Vec<_>>();
        prop_assert_eq!(facts(&again), facts(&wanted));
    }
}
