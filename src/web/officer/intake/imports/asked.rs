//! What a person is asked about a file that cannot be read as it is: the meaning of headings, which sheet.

use crate::intake::csv::column::Column;
use crate::intake::csv::mapping::{IGNORE, is_same_heading};
use crate::intake::csv::sheet::SheetProblem;
use crate::intake::list_import::ImportError;
use crate::web::form::Choice;

/// What a person is asked about a file, with what they said before.
#[derive(Default)]
pub(in crate::web::officer::intake) struct Asked {
    pub(super) headings: Vec<HeadingChoice>,
    pub(super) sheets: Vec<Choice>,
    pub(super) sheet: String,
}

/// A heading that a person may say the meaning of.
pub(super) struct HeadingChoice {
    pub(super) text: String,
    pub(super) chosen: String,
}

/// What a heading may mean.
pub(super) fn columns() -> Vec<Choice> {
    let read = Column::ALL.iter().filter(|column| !column.is_ours());
    let ends = [
        Choice::new("", "Hearth decides"),
        Choice::new(IGNORE, "Nothing: do not read it"),
    ];
    ends.into_iter()
        .chain(read.map(|column| Choice::new(column.as_str(), column.label())))
        .collect()
}

/// The sheets to choose from; nothing is chosen until somebody does.
pub(super) fn sheet_choices(names: &[String]) -> Vec<Choice> {
    let named = names.iter().filter(|name| !name.is_empty());
    let named: Vec<Choice> = named
        .map(|name| Choice::new(name.clone(), name.clone()))
        .collect();
    if named.is_empty() {
        return named;
    }
    let none = Choice::new("", "Hearth decides");
    std::iter::once(none).chain(named).collect()
}

/// What to ask about a file that could not be read as it is.
pub(super) fn asked_about(problem: &ImportError, before: Asked) -> Asked {
    let sheets = match problem {
        ImportError::Sheet(SheetProblem::WhichSheet { names }) => names.as_slice(),
        ImportError::Sheet(SheetProblem::NoSuchSheet { names, .. }) => names.as_slice(),
        _ => std::slice::from_ref(&before.sheet),
    };
    Asked {
        sheets: sheet_choices(sheets),
        headings: headings_of(problem, before.headings),
        sheet: before.sheet,
    }
}

/// The headings of a file that lacks one which is needed, so that a person can say which it is: each once, because a
/// mapping is by the words of a heading.
fn headings_of(problem: &ImportError, chosen: Vec<HeadingChoice>) -> Vec<HeadingChoice> {
    match problem {
        ImportError::Sheet(SheetProblem::HeadingsMissing { found, .. }) => {
            let mut headings: Vec<HeadingChoice> = Vec::with_capacity(found.len());
            for text in found {
                if headings
                    .iter()
                    .any(|heading| is_same_heading(&heading.text, text))
                {
                    continue;
                }
                let before = chosen
                    .iter()
                    .find(|heading| is_same_heading(&heading.text, text));
                headings.push(HeadingChoice {
                    text: text.clone(),
                    chosen: before
                        .map(|heading| heading.chosen.clone())
                        .unwrap_or_default(),
                });
            }
            headings
        }
        _ => chosen,
    }
}
