//! Pairs of children with the right answer, and what holds for every pair.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

/// "Ada Mary / Moss, 2015-04-03, F, home M11AA, upn 1, nhs 2, old 3, as Addie": what is left out is not said.
fn read(said: &'static str) -> Identity<'static> {
    let mut parts = said.split(',').map(str::trim);
    let (given_names, family_name) = parts.next().unwrap().split_once('/').unwrap();
    let mut identity = Identity {
        given_names: given_names.trim(),
        family_name: family_name.trim(),
        known_as: None,
        date_of_birth: parts.next().unwrap().parse().unwrap(),
        sex: Sex::Unknown,
        upn: None,
        nhs_number: None,
        other_reference: None,
        postcode: None,
    };
    for part in parts {
        match part.split_once(' ') {
            None if part == "F" => identity.sex = Sex::Female,
            None if part == "M" => identity.sex = Sex::Male,
            Some(("home", postcode)) => identity.postcode = Some(postcode),
            Some(("upn", number)) => identity.upn = Some(number),
            Some(("nhs", number)) => identity.nhs_number = Some(number),
            Some(("old", number)) => identity.other_reference = Some(number),
            Some(("as", name)) => identity.known_as = Some(name),
            _ => panic!("{part}"),
        }
    }
    identity
}

const PAIRS: &[(Verdict, &str, &str)] = &[
    // The same, and nothing against it.
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03",
        "Ada / Moss, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03, home M11AA",
        "ADA / MOSS, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Same,
        "Anne-Marie / O'Brien, 2015-04-03",
        "Annemarie / OBrien, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Anne Marie / O Brien, 2015-04-03",
        "ANNE-MARIE / O’BRIEN, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Zoë / Müller, 2015-04-03",
        "Zoe / Muller, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Siân / Łukasz, 2015-04-03",
        "Sian / Lukasz, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Олена / Шевченко, 2015-04-03",
        "Олена / Шевченко, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03, F, upn 1",
        "Ada / Moss, 2015-04-03, F, nhs 2",
    ),
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03, upn 1, home M11AA",
        "Ada / Moss, 2015-04-03, upn 1, home M1 1AA",
    ),
    (
        Verdict::Same,
        "/ Suharto, 2015-04-03",
        "/ Suharto, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Suharto /, 2015-04-03",
        "/ Suharto, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Ada / Moss, 2015-04-03, old 77, home M11AA",
        "Ada / Moss, 2015-04-03, old 77, home B11AA",
    ),
    (
        Verdict::Same,
        "Ada Mary / Moss, 2015-04-03, upn 1",
        "Ada / Moss, 2015-04-03, upn 1",
    ),
    (
        Verdict::Same,
        "Ada Mary / Moss, 2015-04-03, nhs 2",
        "Ada M / Moss, 2015-04-03, nhs 2",
    ),
    // The same, and something against it.
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2015-04-03, home B11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, upn 1",
        "Ada / Moss, 2015-04-03, upn 2",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, nhs 1",
        "Ada / Moss, 2015-04-03, nhs 2",
    ),
    (
        Verdict::Perhaps,
        "Alex / Moss, 2015-04-03, F",
        "Alex / Moss, 2015-04-03, M",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, upn 1, nhs 1",
        "Ada / Moss, 2015-04-03, upn 1, nhs 2",
    ),
    (
        Verdict::Perhaps,
        "Mohammed / Ali, 2015-01-01, home B11AA",
        "Mohammed / Ali, 2015-01-01, home B12AA",
    ),
    // Names alike.
    (
        Verdict::Perhaps,
        "Ada Mary Jane / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada Mary / Moss, 2015-04-03",
        "Ada Jane / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada M / Moss, 2015-04-03",
        "Ada Mary / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Mary Ada / Moss, 2015-04-03",
        "Ada Mary / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Mary Ada / Moss, 2015-04-03",
        "Ada / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "A / Moss, 2015-04-03",
        "Ada / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "William / Moss, 2015-04-03",
        "Billy / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Elizabeth / Moss, 2015-04-03",
        "Libby / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Isabella / Moss, 2015-04-03",
        "Izzy / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Theodore / Moss, 2015-04-03, as Bear",
        "Bear / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Stephen / Moss, 2015-04-03",
        "Steven / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Sofia / Moss, 2015-04-03",
        "Sophia / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Katherine / Moss, 2015-04-03",
        "Catherine / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Mohammed / Khan, 2015-04-03",
        "Muhammad / Khan, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Yusuf / Khan, 2015-04-03",
        "Youssef / Khan, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Aleksei / Ivanov, 2015-04-03",
        "Alexei / Ivanov, 2015-04-03",
    ),
    (
        Verdict::Same,
        "Олена / Шевченко, 2015-04-03",
        "Olena / Shevchenko, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Олена / Шевченко, 2015-04-03",
        "Olenna / Shevtchenko, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Charlotte / Moss, 2015-04-03",
        "Charlote / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada / Smith, 2015-04-03",
        "Ada / Smyth, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03",
        "Ada / Moss-Vale, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada / Macdonald, 2015-04-03",
        "Ada / McDonald, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Moss / Ada, 2015-04-03",
        "Ada / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Moss / Ada, 2015-04-03",
        "Ada Mary / Moss, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "/ Suharto, 2015-04-03",
        "Suharto / Widodo, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada /, 2015-04-03",
        "Ada / Moss, 2015-04-03",
    ),
    // A changed family name.
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03",
        "Ada / Vale, 2015-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Vale, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Libby / Moss, 2015-04-03, home M11AA",
        "Elizabeth / Vale, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, upn 1",
        "Ada / Vale, 2015-04-03, upn 1",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03, upn 1",
        "Ada / Vale, 2015-04-03, upn 2",
    ),
    (
        Verdict::Another,
        "Libby / Moss, 2015-04-03",
        "Elizabeth / Vale, 2015-04-03",
    ),
    // Another date of birth.
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03",
        "Ada / Moss, 2015-03-04",
    ),
    (
        Verdict::Perhaps,
        "Libby / Moss, 2015-04-03, home M11AA",
        "Elizabeth / Moss, 2015-03-04, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2015-04-13, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03",
        "Ada / Moss, 2016-04-03",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-12",
        "Ada / Moss, 2015-04-21",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2012-11-28, home M11AA",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, old 77",
        "Ada / Moss, 2012-11-28, old 77",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, upn 1",
        "Ada / Moss, 2012-11-28, upn 1",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Ada / Moss, 2016-04-03, home B11AA",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03, upn 1",
        "Ada / Moss, 2016-04-03, upn 2",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03",
        "Ada / Moss, 2012-11-28",
    ),
    (
        Verdict::Another,
        "Libby / Moss, 2015-04-03",
        "Elizabeth / Moss, 2015-03-04",
    ),
    // Twins, brothers and sisters, namesakes.
    (
        Verdict::Another,
        "Ava / Moss, 2015-04-03, home M11AA",
        "Eva / Moss, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Another,
        "Ava / Moss, 2015-04-03, old F100",
        "Eva / Moss, 2015-04-03, old F100",
    ),
    (
        Verdict::Another,
        "Ava / Moss, 2015-04-03, old F100",
        "Ian / Moss, 2012-08-07, old F100",
    ),
    (
        Verdict::Another,
        "Jack / Moss, 2015-04-03, home M11AA",
        "Zack / Moss, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Another,
        "Molly / Moss, 2015-04-03",
        "Holly / Moss, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Mia / Moss, 2015-04-03",
        "Mila / Moss, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Ben / Moss, 2015-04-03",
        "Bonnie / Moss, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Aaron / Moss, 2015-04-03",
        "Erin / Moss, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Amelia / Moss, 2015-04-03",
        "Emily / Moss, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03",
        "Bo / Vale, 2015-04-03",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03, home M11AA",
        "Bo / Vale, 2015-04-03, home M11AA",
    ),
    (
        Verdict::Another,
        "Ian / Moss, 2015-04-03, M",
        "Ada / Moss, 2015-04-03, F",
    ),
    (
        Verdict::Another,
        "Marlow / Moss, 2015-04-03, old 77",
        "Marlon / Moss, 2015-04-03, old 78",
    ),
    // One number for two.
    (
        Verdict::Perhaps,
        "Ava / Moss, 2015-04-03, nhs 1",
        "Eva / Moss, 2015-04-03, nhs 1",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, upn 1",
        "Addie / Moss, 2015-04-03, upn 1",
    ),
    (
        Verdict::Perhaps,
        "Ada / Moss, 2015-04-03, F, upn 1",
        "Ada / Moss, 2015-04-03, M, upn 1",
    ),
    (
        Verdict::Perhaps,
        "Moss / Ada, 2015-04-03, upn 1",
        "Ada / Moss, 2015-04-03, upn 1",
    ),
    (
        Verdict::Another,
        "Ada / Moss, 2015-04-03, upn 1",
        "Bo / Vale, 2012-11-28, upn 1",
    ),
    (
        Verdict::Another,
        "Ava / Moss, 2015-04-03, nhs 1",
        "Ian / Moss, 2012-08-07, nhs 1",
    ),
];

#[test]
fn each_pair_has_its_answer() {
    assert!(PAIRS.len() >= 60);
    let mut wrong = Vec::new();
    for (right, one, other) in PAIRS {
        for (one, other) in [(one, other), (other, one)] {
            let compared = compare(&read(one), &read(other));
            let verdict = compared.verdict();
            if verdict != *right {
                let words = compared.in_words();
                wrong.push(format!(
                    "{verdict:?}, not {right:?}: {one} | {other} ({words})"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reasons_are_said_plainly() {
    let said = |one, other| compare(&read(one), &read(other)).in_words();
    assert_eq!(
        said(
            "Ada Mary / Moss, 2015-04-03, home M11AA, F",
            "Ada / Moss, 2015-04-03, home B11AA, F"
        ),
        "given names alike (a middle name is missing), the same family name, the same date of birth, another postcode, the same sex"
    );
    assert_eq!(
        said(
            "Ava / Moss, 2015-04-03, nhs 1",
            "Eva / Vale, 2015-03-04, nhs 1"
        ),
        "another given name, another family name, a date of birth with day and month changed about, the same NHS number"
    );
}

#[test]
fn no_nickname_stands_beside_itself() {
    for line in include_str!("nicknames.csv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let names: Vec<&str> = line.split(',').collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{line}");
        assert!(
            names.len() > 1
                && names
                    .iter()
                    .all(|name| crate::rules::names::fold(name) == *name),
            "{line}"
        );
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-E][a-e]{0,4}( [A-E][a-e]{0,3})?",
        prop::sample::select(vec![
            "Ada",
            "Ava",
            "Eva",
            "William",
            "Billy",
            "Moss",
            "Moss-Vale",
            "Олена",
            "",
            "O'Brien"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

prop_compose! {
    fn said()(
        given in name(), family in name(), known_as in prop::option::of(name()),
        day in 1u32..=28, month in 1u32..=12, year in 2014i32..=2016,
        sex in prop::sample::select(vec![Sex::Female, Sex::Male, Sex::Unknown]),
        numbers in prop::collection::vec(prop::option::of("[12]"), 4),
    ) -> (String, String, Option<String>, NaiveDate, Sex, Vec<Option<String>>) {
        (given, family, known_as, NaiveDate::from_ymd_opt(year, month, day).unwrap(), sex, numbers)
    }
}

fn identity(
    said: &(
        String,
        String,
        Option<String>,
        NaiveDate,
        Sex,
        Vec<Option<String>>,
    ),
) -> Identity<'_> {
    let number = |place: usize| said.5.get(place).and_then(|number| number.as_deref());
    Identity {
        given_names: &said.0,
        family_name: &said.1,
        known_as: said.2.as_deref(),
        date_of_birth: said.3,
        sex: said.4,
        upn: number(0),
        nhs_number: number(1),
        other_reference: number(2),
        postcode: number(3),
    }
}

proptest! {
    #[test]
    fn the_order_does_not_matter(one in said(), other in said()) {
        let (one, other) = (identity(&one), identity(&other));
        prop_assert_eq!(compare(&one, &other).verdict(), compare(&other, &one).verdict());
    }

    #[test]
    fn whoever_says_the_same_twice_says_one_child(one in said()) {
        let one = identity(&one);
        let is_named = !crate::rules::names::fold(one.given_names).is_empty()
            || !crate::rules::names::fold(one.family_name).is_empty();
        prop_assume!(is_named);
        prop_assert_eq!(compare(&one, &one).verdict(), Verdict::Same);
    }

    #[test]
    fn a_date_of_birth_alone_proves_nothing(one in said(), other in said()) {
        let (one, mut other) = (identity(&one), identity(&other));
        other.date_of_birth = one.date_of_birth;
        let compared = compare(&one, &other);
        prop_assume!(!compared.shares_number() && !compared.changed_about);
        if compared.given == names::Name::Another {
            prop_assert_eq!(compared.verdict(), Verdict::Another);
        }
    }

    #[test]
    fn a_number_with_another_given_name_is_never_a_match(one in said(), other in said()) {
        let (mut one, other) = (identity(&one), identity(&other));
        one.nhs_number = Some("1");
        let mut other = other;
        other.nhs_number = Some("1");
        let compared = compare(&one, &other);
        if compared.given == names::Name::Another {
            prop_assert!(compared.verdict() != Verdict::Same);
        }
    }

    #[test]
    fn only_what_does_not_contradict_is_the_same(one in said(), other in said()) {
        let compared = compare(&identity(&one), &identity(&other));
        if compared.verdict() == Verdict::Same {
            let against = [compared.sex, compared.upn, compared.nhs_number];
            prop_assert!(!against.contains(&Fact::Disagrees));
            prop_assert_eq!(compared.birth, birth::Birth::Same);
        }
    }
}
