//! `hearth import`: lists that go in, and what is wrong with those that do not.

use super::{Machine, list};

#[test]
fn a_list_goes_in_and_what_is_wrong_with_it_is_told() {
    let machine = Machine::ready();
    let refused = machine.path("refused.csv");
    let said = machine
        .run(&[
            "import",
            &list("real_life.csv"),
            "--authority",
            "991",
            "--refused",
            refused.to_str().unwrap(),
        ])
        .expect(0);
    said.says("7 rows read")
        .says("2 new on the register")
        .says("1 closed case put on record")
        .says("1 known, and unchanged")
        .says("0 to look at")
        .says("3 refused")
        .says("belongs to the authority with the code 992")
        .says("line 10: D.O.B. ‘31/02/2015’: 31 February 2015 is not a real date")
        .says("D.O.B. ‘31/02/2015’");
    // Two first checks, and that somebody looks at the rows.
    assert_eq!((machine.count("child"), machine.count("duty")), (3, 3));
    assert_eq!(machine.count("list_row"), 7);

    let mended = std::fs::read_to_string(&refused).unwrap();
    assert!(
        mended.contains("What to mend") && !mended.contains("Moss"),
        "{mended}"
    );
    let mended = mended
        .replace("31/02/2015", "28/02/2015")
        .replace("NOT KNOWN", "");
    std::fs::write(&refused, mended).unwrap();
    machine
        .run(&["import", refused.to_str().unwrap(), "--authority", "991"])
        .expect(0)
        .says("2 new on the register");
    assert_eq!(machine.count("child"), 5);
}

#[test]
fn refused_rows_take_no_other_files_place() {
    let machine = Machine::ready();
    let mine = machine.path("mine.csv");
    let text = std::fs::read_to_string(list("real_life.csv")).unwrap();
    std::fs::write(&mine, &text).unwrap();
    let mine = mine.to_str().unwrap();
    std::fs::write(machine.path("other.csv"), "precious").unwrap();
    let import = |refused: &str, more: &[&str]| {
        let words = ["import", mine, "--authority", "991", "--refused", refused];
        machine.run(&[&words[..], more].concat())
    };
    for more in [&[] as &[&str], &["--dry-run"]] {
        import(mine, more).complains("is the list itself: give another name");
        import("./mine.csv", more).complains("is the list itself: give another name");
        import("other.csv", more).complains("other.csv is there already: give another name");
        import("no/such/folder/refused.csv", more).complains("cannot be written");
    }
    assert_eq!(std::fs::read_to_string(mine).unwrap(), text);
    assert_eq!(machine.count("child"), 0);
    let none = machine.path("none.csv");
    std::fs::write(machine.path("good.csv"), "Name,DOB\nAda Moss,03/04/2015\n").unwrap();
    let words = [
        "import",
        "good.csv",
        "--authority",
        "991",
        "--refused",
        "none.csv",
    ];
    machine.run(&words).expect(0).says("1 new");
    assert!(!none.exists(), "nothing was refused");
    machine
        .run(&[
            "import",
            "gone.csv",
            "--authority",
            "991",
            "--refused",
            "none.csv",
        ])
        .complains("gone.csv cannot be read");
    machine
        .run(&[
            "import",
            "good.csv",
            "--authority",
            "991",
            "--map",
            "X=upn",
            "--refused",
            "none.csv",
        ])
        .complains("has no heading");
    assert!(!none.exists(), "nothing was read");
}

#[test]
fn the_same_list_twice_changes_nothing() {
    let machine = Machine::ready();
    let words = ["import", &list("real_life.csv"), "--authority", "991"];
    machine.run(&words).expect(0);
    let before = (
        machine.count("child"),
        machine.count("registration"),
        machine.count("address"),
        machine.count("unplaced_row"),
    );
    machine
        .run(&words)
        .expect(0)
        .says("0 new on the register")
        .says("4 known, and unchanged");
    assert_eq!(
        before,
        (
            machine.count("child"),
            machine.count("registration"),
            machine.count("address"),
            machine.count("unplaced_row"),
        )
    );
}

#[test]
fn a_trial_says_the_same_and_changes_nothing() {
    let machine = Machine::ready();
    machine
        .run(&[
            "import",
            &list("real_life.csv"),
            "--authority",
            "991",
            "--dry-run",
        ])
        .expect(0)
        .says("This was a trial")
        .says("2 new on the register")
        .says("1 closed case put on record")
        .says("3 refused");
    assert_eq!(
        (machine.count("child"), machine.count("list_import")),
        (0, 0)
    );
}

#[test]
fn a_list_of_several_authorities_goes_to_each() {
    let machine = Machine::ready();
    machine
        .run(&["import", &list("real_life.csv"), "--by-authority-column"])
        .expect(0)
        .says("3 new on the register")
        .says("1 closed case put on record");
    assert_eq!(
        (machine.count("child"), machine.count("list_import")),
        (4, 2)
    );
}

#[test]
fn the_column_of_codes_may_hold_names_and_codes_of_nobody() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "LA code,Name,DOB\nAshdale Council,Ada Moss,3/4/2014\nDevon,Bo Lee,3/4/2015\n\
        999,Cy Fen,3/4/2016\n878,Di Ash,3/4/2013\n";
    std::fs::write(&file, list).unwrap();
    let words = ["import", file.to_str().unwrap(), "--dry-run"];
    let said = machine
        .run(&[&words[..], &["--authority", "991"]].concat())
        .expect(0);
    said.says("1 new")
        .says("line 3: This child belongs to the authority with the code 878")
        .says("line 4: No local authority has the code 999. Check the three digits")
        .says("line 5: This child belongs to the authority with the code 878");
    machine
        .run(&[&words[..], &["--by-authority-column"]].concat())
        .expect(0)
        .says("3 new")
        .says("line 4: No local authority has the code 999");
}

#[test]
fn one_of_a_kind_is_told_as_one() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    std::fs::write(
        &file,
        "Name,DOB,Status\nAda Moss,3/4/2014,returned to school\n",
    )
    .unwrap();
    let words = ["import", file.to_str().unwrap(), "--authority", "991"];
    machine
        .run(&words)
        .expect(0)
        .says(" 1 row read (UTF-8, comma)")
        .says(" 1 closed case put on record\n")
        .says(" 0 known, and unchanged");
    machine
        .run(&words)
        .expect(0)
        .says(" 1 known, and unchanged");
}

#[test]
fn headings_can_be_mapped_by_hand() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    std::fs::write(&file, "Wee one,Arrived\nMoss Ada,03/04/2015\n").unwrap();
    let file = file.to_str().unwrap();
    let words = ["import", file, "--authority", "991"];
    machine
        .run(&words)
        .complains("No line of headings was found");
    let mapped = [
        &words[..],
        &[
            "--map",
            "Wee one=full_name_family_first",
            "--map",
            "Arrived=date_of_birth",
        ],
    ]
    .concat();
    machine.run(&mapped).expect(0).says("1 new");
    let wrong = [&words[..], &["--map", "Wee one=name"]].concat();
    machine
        .run(&wrong)
        .complains("‘name’ is not a column that Hearth reads");
}

#[test]
fn columns_that_are_not_read_are_named() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "First name,First name,Surname,DOB,Wibble\nAda,Wren,Moss,03/04/2015,7\n";
    std::fs::write(&file, list).unwrap();
    machine
        .run(&["import", file.to_str().unwrap(), "--authority", "991"])
        .expect(0)
        .says(
            "not read: First name (an earlier column is read as given names), Wibble (not known)",
        );
}

#[test]
fn american_dates_are_not_taken_without_a_word() {
    let machine = Machine::ready();
    let file = machine.path("list.csv");
    let list = "Name,DOB\nAda Moss,3/4/2014\nBo Lee,1/25/2014\n";
    std::fs::write(&file, list).unwrap();
    let said = machine
        .run(&["import", file.to_str().unwrap(), "--authority", "991"])
        .expect(0);
    said.says("Taken, but to be checked:\n  line 2: DOB ‘3/4/2014’: Other dates of this column have the month first")
        .says("line 3: DOB ‘1/25/2014’: “1/25/2014” looks like month/day/year");
}

#[test]
fn a_workbook_goes_in_as_it_is() {
    let machine = Machine::ready();
    for (file, kind) in [
        ("children.xlsx", "Excel workbook"),
        ("children.ods", "OpenDocument workbook"),
    ] {
        let file = format!("{}/tests/files/import/{file}", env!("CARGO_MANIFEST_DIR"));
        let words = ["import", &file, "--authority", "991"];
        let said = machine.run(&words).expect(0);
        said.says(&format!("4 rows read ({kind}, sheet ‘Children’)"))
            .says("1 row is hidden in the workbook. It was read too.")
            .says("Cells were merged in 2 places")
            .says("line 5: School ‘#DIV/0!’: The spreadsheet program could not work this cell out");
        assert_eq!(
            machine.count("child"),
            4,
            "the same list in another kind of workbook adds nobody"
        );
        machine
            .run(&[&words[..], &["--sheet", "Pupils"]].concat())
            .complains("The workbook has no sheet ‘Pupils’. It has: About, Children, Old");
    }
}

#[test]
fn what_is_no_list_is_told_in_one_sentence() {
    let machine = Machine::ready();
    let nonsense: &[(&str, &[u8], &str)] = &[
        ("empty.csv", b"", "The file is empty"),
        (
            "list.xlsx",
            b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
            "workbook",
        ),
        ("list.pdf", b"%PDF-1.7\n", "PDF"),
        (
            "noise.csv",
            &[0x80, 0x00, 0x01, 0x02, 0xff, 0xfe, 0x03],
            "not text",
        ),
        (
            "prose.csv",
            b"Dear all,\nplease find attached.\n",
            "No line of headings",
        ),
    ];
    for (name, bytes, words) in nonsense {
        let file = machine.path(name);
        std::fs::write(&file, bytes).unwrap();
        machine
            .run(&["import", file.to_str().unwrap(), "--authority", "991"])
            .complains(words);
    }
    machine
        .run(&["import", "missing.csv", "--authority", "991"])
        .complains("cannot be read");
    machine
        .run(&["import", ".", "--authority", "991"])
        .complains("cannot be read");
    machine
        .run(&["import", &list("real_life.csv"), "--authority", "007"])
        .complains("no local authority with the code");
}
