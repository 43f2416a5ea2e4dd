//! A row of a list that has no place on the register yet, beside the children whom it may be about: `/rows/{reference}`.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use validator::Validate;

use crate::access::Viewer;
use crate::clock::london_day;
use crate::db::{Conn, DbError, Result as DbResult};
use crate::intake::csv::refused::cells_of;
use crate::intake::list_import;
use crate::intake::list_import::answering::{self, Placed, RowError, Said};
use crate::intake::list_import::unplaced::{self, Answer, CandidateLine, Question, UnplacedRow};
use crate::register::child;
use crate::rules::dates::{short, spoken};
use crate::rules::identifiers::Reference;
use crate::web::answer;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Choice, Form, FormErrors, Refusal, Refused, Submitted};
use crate::web::named::Named;
use crate::web::page::{Flash, Page};

#[derive(Template)]
#[template(path = "officer/intake/row.html")]
struct RowPage {
    page: Page,
    errors: FormErrors,
    /// The path of its list.
    list: String,
    row: UnplacedRow,
    /// Each heading of the list with what the row says under it.
    cells: Vec<(String, String)>,
    candidates: Vec<Candidate>,
    /// "It is another child, Sam Reed, 3 December 2026".
    answered: Option<String>,
    choices: Vec<Choice>,
    form: AnswerForm,
}

/// A child whom the row may be about.
struct Candidate {
    reference: String,
    name: String,
    born: String,
    postcode: String,
    status: &'static str,
    why: String,
}

/// What somebody says of the row, as typed.
#[derive(Clone, Debug, Default, Deserialize, Validate)]
#[serde(default)]
pub struct AnswerForm {
    /// An [`Answer`], with the child's reference behind "same_child:".
    answer: String,
    #[validate(length(max = 1000, message = "This must be 1,000 characters or fewer"))]
    because: String,
    child: String,
}

impl Form for AnswerForm {
    type Parsed = Said;

    fn parse(&self, _today: NaiveDate, errors: &mut FormErrors) -> Option<Said> {
        if let Some(reference) = self.answer.strip_prefix(SAME) {
            return Reference::parse(reference)
                .ok()
                .map(Said::SameChild)
                .or_else(|| {
                    errors.add("answer", "Choose what the row is");
                    None
                });
        }
        match self.answer.parse() {
            Ok(Answer::AnotherChild) => Some(Said::AnotherChild),
            Ok(Answer::Back) => Some(Said::Back),
            Ok(Answer::DealtWith) => self.dealt_with(errors),
            _ => {
                errors.add("answer", "Choose what the row is");
                None
            }
        }
    }
}

/// What stands before the reference of the child who is meant.
const SAME: &str = "same_child:";

impl AnswerForm {
    fn dealt_with(&self, errors: &mut FormErrors) -> Option<Said> {
        let because = self.because.trim();
        if because.is_empty() {
            errors.add("because", RowError::NoWords.to_string());
        }
        let child = match self.child.trim() {
            "" => None,
            typed => match Reference::parse(typed) {
                Ok(reference) => Some(reference),
                Err(problem) => {
                    errors.add("child", problem.to_string());
                    return None;
                }
            },
        };
        Some(Said::DealtWith {
            because: because.to_owned(),
            child,
        })
    }
}

/// `GET /rows/{reference}`
pub async fn show(caller: Caller, named: Named) -> Result<HttpResponse, WebError> {
    let facts = facts(&caller, &named.0).await?;
    answer::show(&page(
        &caller,
        facts,
        AnswerForm::default(),
        FormErrors::default(),
    ))
}

/// `POST /rows/{reference}/answer`
pub async fn answer(
    caller: Caller,
    named: Named,
    submitted: Submitted<AnswerForm>,
) -> Result<HttpResponse, WebError> {
    let said = match submitted.check(caller.today()) {
        Ok(said) => said,
        Err(Refused { form, errors }) => {
            let facts = facts(&caller, &named.0).await?;
            return answer::refuse(&page(&caller, facts, form, errors));
        }
    };
    let (reference, typed) = (named.0.clone(), said.clone());
    let answered = caller
        .act(move |act| {
            let row = unplaced::find(act.tx, act.viewer, &reference)?.ok_or(RowError::NoSuchRow)?;
            let placed = answering::answer(act, &row, &said)?;
            let list = list_import::list_of(act.tx, act.viewer, &row)?;
            Ok((placed, list))
        })
        .await?;
    match answered {
        Ok((Placed::AskedAgain, _)) => Ok(caller.see_other_with(
            &format!("/rows/{}", named.0),
            &Flash::important("The answer leads to another question about this row".to_owned()),
        )),
        Ok((Placed::Answered(notes), list)) => Ok(caller.see_other_with(
            &list.map_or("/imports".to_owned(), |list| format!("/imports/{list}")),
            &match notes.as_slice() {
                [] => Flash::success("It is noted what the row is."),
                notes => {
                    Flash::important(format!("It is noted what the row is. {}", notes.join(". ")))
                }
            },
        )),
        Err(RowError::NoSuchRow) => Err(WebError::NotFound),
        Err(error @ RowError::Answered) => Ok(caller.see_other_with(
            &format!("/rows/{}", named.0),
            &Flash::important(error.to_string()),
        )),
        Err(refusal) => {
            let facts = facts(&caller, &named.0).await?;
            let errors = refusal.at_its_field()?;
            answer::refuse(&page(&caller, facts, as_typed(&typed), errors))
        }
    }
}

fn as_typed(said: &Said) -> AnswerForm {
    let answer = match said {
        Said::SameChild(reference) => format!("{SAME}{reference}"),
        Said::AnotherChild => Answer::AnotherChild.as_str().to_owned(),
        Said::Back => Answer::Back.as_str().to_owned(),
        Said::DealtWith { because, child } => {
            return AnswerForm {
                answer: Answer::DealtWith.as_str().to_owned(),
                because: because.clone(),
                child: child.as_ref().map(ToString::to_string).unwrap_or_default(),
            };
        }
    };
    AnswerForm {
        answer,
        ..AnswerForm::default()
    }
}

impl Refusal for RowError {
    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotAsked | Self::Unreadable => Some("answer"),
            Self::NoSuchChild => Some("child"),
            Self::NoWords => Some("because"),
            Self::Answered | Self::NoSuchRow | Self::Db(_) => None,
        }
    }
}

struct Facts {
    row: UnplacedRow,
    candidates: Vec<Candidate>,
    list: Option<Reference>,
}

async fn facts(caller: &Caller, reference: &Reference) -> Result<Facts, WebError> {
    let (reference, today) = (reference.clone(), caller.today());
    let found = caller
        .read(move |conn, viewer| {
            let Some(row) = unplaced::find(conn, viewer, &reference)? else {
                return Ok(None);
            };
            let now = answering::candidates_now(conn, viewer, &row, today)?;
            let candidates = candidates(conn, viewer, &now)?;
            let list = list_import::list_of(conn, viewer, &row)?;
            Ok::<_, DbError>(Some(Facts {
                row,
                candidates,
                list,
            }))
        })
        .await?;
    found.ok_or(WebError::NotFound)
}

fn candidates(conn: &mut Conn, viewer: &Viewer, now: &[CandidateLine]) -> DbResult<Vec<Candidate>> {
    let mut candidates = Vec::with_capacity(now.len());
    for it in now {
        let Some(child) = child::find(conn, viewer, &it.reference)? else {
            continue;
        };
        candidates.push(Candidate {
            reference: child.reference.to_string(),
            name: child.particulars.full_name(),
            born: short(child.particulars.date_of_birth),
            postcode: child.postcode.clone().unwrap_or_default(),
            status: child.status.label(),
            why: it.why.clone(),
        });
    }
    Ok(candidates)
}

fn page(caller: &Caller, facts: Facts, form: AnswerForm, errors: FormErrors) -> RowPage {
    let Facts {
        row,
        candidates,
        list,
    } = facts;
    RowPage {
        page: caller.page("/imports"),
        errors,
        list: list.map_or("/imports".to_owned(), |list| format!("/imports/{list}")),
        cells: cells(&row),
        answered: row.answered.as_ref().map(|it| {
            let by = it.by.clone().unwrap_or_else(|| "a later list".to_owned());
            format!(
                "{} ({by}, {})",
                it.answer.label(),
                spoken(london_day(it.at))
            )
        }),
        choices: choices(&row, &candidates),
        candidates,
        row,
        form,
    }
}

fn cells(row: &UnplacedRow) -> Vec<(String, String)> {
    let (headings, cells) = (cells_of(&row.headings), cells_of(&row.cells));
    let (Ok(headings), Ok(cells)) = (headings, cells) else {
        return vec![(String::new(), row.cells.clone())];
    };
    let under = |place: usize| headings.get(place).unwrap_or("(no heading)").to_owned();
    let filled = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty());
    filled
        .map(|(place, cell)| (under(place), cell.to_owned()))
        .collect()
}

/// What may be said of a row: it depends on what is asked.
fn choices(row: &UnplacedRow, candidates: &[Candidate]) -> Vec<Choice> {
    let mut choices = Vec::new();
    if row.question == Question::SameChild {
        choices.extend(candidates.iter().map(|it| {
            let value = format!("{SAME}{}", it.reference);
            Choice::new(value, format!("It is {} ({})", it.name, it.reference)).hint(
                "Earlier times on the register and another address are kept beside what is held; nothing is written over",
            )
        }));
        choices.push(
            Choice::new(Answer::AnotherChild.as_str(), Answer::AnotherChild.label())
                .hint("The child is put on the register, and the first checks are owed"),
        );
    }
    if row.question == Question::CameBack {
        choices.push(
            Choice::new(Answer::Back.as_str(), Answer::Back.label())
                .hint("The record opens again, and the first checks are owed"),
        );
    }
    choices.push(
        Choice::new(Answer::DealtWith.as_str(), Answer::DealtWith.label()).hint(match row.question {
            Question::Refused => "For example: the child was put on the register by hand, or the row names no child",
            Question::Ended => "For example: the record was closed, or the family still educates at home",
            Question::OtherHome => "For example: the address was settled on the child’s page",
            Question::SameChild | Question::CameBack => "For example: the list is wrong",
        }),
    );
    choices
}
