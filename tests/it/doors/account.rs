//! The account of an import as a property: rows shuffled, split over files and sent twice make the same register, and every account
//! adds up.

use hearth::intake::csv::mapping::Mapping;
use hearth::intake::list_import::report::Counts;
use hearth::intake::list_import::{self, Order, Whose};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{count, registrations};
use crate::app::{MANAGER, TestApp};

const HEADINGS: &str =
    "Forename,Surname,DOB,Postcode,EHE status,Closed on,Closure reason,EHE start date\n";
const GIVEN: [&str; 8] = ["Ada", "Bram", "Cleo", "Dov", "Esme", "Finn", "Gwen", "Hugo"];

/// A child: which name, how many spells are over, whether one lasts, and whether a row of theirs cannot be read.
type Told = (usize, usize, bool, bool);

fn rows(told: &[Told]) -> Vec<String> {
    let mut rows = Vec::new();
    for (place, (name, over, lasts, is_broken)) in told.iter().enumerate() {
        let given = GIVEN[(name + place) % GIVEN.len()];
        let born = format!("{:02}/0{}/201{}", place + 1, name % 9 + 1, name % 5 + 2);
        let who = format!(
            "{given},Moss{},{born},M1 1AA",
            char::from(b'a' + place as u8)
        );
        for spell in 0..*over {
            let year = 2019 + 2 * spell;
            rows.push(format!(
                "{who},Closed,01/07/{},Moved away,01/09/{year}",
                year + 1
            ));
        }
        if *lasts || *over == 0 {
            rows.push(format!("{who},Current,,,01/09/2026"));
        }
        if *is_broken {
            rows.push(format!("{given},Broken,31/02/2015,M1 1AA,Current,,,"));
        }
    }
    rows
}

fn taken(app: &TestApp, rows: &[String]) -> Counts {
    let manager = app.eyes(MANAGER);
    let list = format!("{HEADINGS}{}\n", rows.join("\n"));
    let order = Order {
        file_name: "list.csv",
        bytes: list.as_bytes(),
        mapping: &Mapping::default(),
        whose: Whose::One(&manager),
        dry_run: false,
    };
    let report = list_import::take(&app.db, &order, &app.clock, &mut |_| {}).expect("a list");
    assert!(report.counts.adds_up(), "{:?}", report.counts);
    assert_eq!(report.counts.rows, rows.len());
    report.counts
}

#[test]
fn however_a_list_is_cut_and_shuffled_it_makes_one_register() {
    let children = prop::collection::vec(
        (
            0usize..8,
            0usize..3,
            any::<bool>(),
            prop::bool::weighted(0.2),
        ),
        1..6,
    );
    let shuffled = children.prop_flat_map(|told| {
        let rows = rows(&told);
        let cut = 0..=rows.len();
        (Just(rows.clone()), Just(rows).prop_shuffle(), cut)
    });
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 10,
            failure_persistence: None,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    runner
        .run(&shuffled, |(rows, shuffled, cut)| {
            let (whole, parts) = (TestApp::start(), TestApp::start());
            taken(&whole, &rows);
            let (first, second) = shuffled.split_at(cut);
            for part in [first, second, first] {
                taken(&parts, part);
            }
            prop_assert_eq!(registrations(&whole), registrations(&parts));
            for table in [
                "child WHERE is_open",
                "child",
                "unplaced_row",
                "duty WHERE child_id IS NOT NULL AND state = 'open'",
            ] {
                prop_assert_eq!(count(&whole, table), count(&parts, table), "{}", table);
            }
            let before = registrations(&whole);
            let again = taken(&whole, &rows);
            prop_assert_eq!(again.taken + again.changed, 0);
            prop_assert_eq!(registrations(&whole), before);
            Ok(())
        })
        .expect("one register");
}
