//! Who a child is, as every form asks it: the same words and the same rules, whether an officer types or a parent.

use chrono::NaiveDate;

use super::form::{DateInput, FormErrors, one_line};
use crate::rules::codes::Sex;

/// No name of a child is longer, in characters.
const LONGEST_NAME: usize = 100;

/// A child's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub given_names: String,
    pub family_name: String,
    pub known_as: Option<String>,
}

/// The same as typed, in fields that are named like this.
#[derive(Clone, Copy, Debug)]
pub struct TypedNames<'a> {
    pub given_names: &'a str,
    pub family_name: &'a str,
    /// May be left empty.
    pub known_as: &'a str,
}

impl TypedNames<'_> {
    /// What was typed; the mistakes are added to `errors`.
    pub fn parse(self, errors: &mut FormErrors) -> Option<Names> {
        let given_names = name("given_names", "First names", self.given_names, errors);
        let family_name = name("family_name", "Family name", self.family_name, errors);
        let known_as = name("known_as", "Known as", self.known_as, errors);
        // One name is enough: not everybody has two.
        if given_names.is_empty() && family_name.is_empty() {
            errors.add("given_names", "Enter the child’s first names");
            errors.add("family_name", "Enter the child’s family name");
            return None;
        }
        Some(Names {
            given_names,
            family_name,
            known_as: Some(known_as).filter(|name| !name.is_empty()),
        })
    }
}

fn name(field: &str, label: &str, typed: &str, errors: &mut FormErrors) -> String {
    let line = one_line(typed);
    if line.chars().count() > LONGEST_NAME {
        let problem = format!("{label} must be {LONGEST_NAME} characters or fewer");
        errors.add(field, problem);
    }
    line
}

/// The day a child was born, which lies in the past.
pub fn born(
    field: &str,
    typed: &DateInput,
    today: NaiveDate,
    errors: &mut FormErrors,
) -> Option<NaiveDate> {
    let born = typed.required(field, "the child’s date of birth", errors)?;
    if born > today {
        errors.add(field, "The child’s date of birth must be in the past");
        return None;
    }
    Some(born)
}

/// A child's sex, or that it is unknown.
pub fn sex(typed: &str, errors: &mut FormErrors) -> Option<Sex> {
    let said = typed.parse();
    errors.keep(
        "sex",
        said.map_err(|_| "Choose the child’s sex, or unknown"),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn typed<'a>(given_names: &'a str, family_name: &'a str, known_as: &'a str) -> TypedNames<'a> {
        TypedNames {
            given_names,
            family_name,
            known_as,
        }
    }

    #[test]
    fn names_are_lines_with_single_spaces() {
        let names = typed("  Ada   May ", "Field", " ").parse(&mut FormErrors::default());
        let expected = Names {
            given_names: "Ada May".to_owned(),
            family_name: "Field".to_owned(),
            known_as: None,
        };
        assert_eq!(names, Some(expected));
    }

    #[test]
    fn a_name_is_there_and_not_too_long() {
        let mut errors = FormErrors::default();
        let (just, over) = ("é".repeat(LONGEST_NAME), "é".repeat(LONGEST_NAME + 1));
        assert!(typed(&just, &just, &just).parse(&mut errors).is_some());
        assert!(errors.is_empty());
        typed(&over, " ", &over).parse(&mut errors);
        let said = |field| errors.get(field).unwrap();
        assert_eq!(
            said("given_names"),
            "First names must be 100 characters or fewer"
        );
        assert_eq!(said("known_as"), "Known as must be 100 characters or fewer");
    }

    #[test]
    fn one_name_is_enough_and_none_is_not() {
        for (given, family) in [("Suharto", ""), ("", "Suharto")] {
            let mut errors = FormErrors::default();
            assert!(typed(given, family, "").parse(&mut errors).is_some());
            assert!(errors.is_empty());
        }
        let mut errors = FormErrors::default();
        assert_eq!(typed(" ", "\u{200b}", "").parse(&mut errors), None);
        assert_eq!(
            errors.get("family_name"),
            Some("Enter the child’s family name")
        );
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let mut errors = FormErrors::default();
        assert_eq!(born("born", &today.into(), today, &mut errors), Some(today));
        let tomorrow = today.succ_opt().unwrap();
        assert_eq!(born("born", &tomorrow.into(), today, &mut errors), None);
        assert_eq!(
            errors.get("born"),
            Some("The child’s date of birth must be in the past")
        );
    }
}
