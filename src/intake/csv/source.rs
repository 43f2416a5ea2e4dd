//! The text of a list, whatever kind of file it came in: plain text, or a sheet of a workbook.

use std::borrow::Cow;
use std::fmt;

use super::mapping::{Mapping, is_same_heading};
use super::no_list::SheetProblem;
use super::records::{Delimiter, Layout};
use super::text::{self, Encoding};
use super::top::{SEARCHED, Top};
use crate::intake::limits::LARGEST_FILE;
use crate::intake::workbook::grid::Grid;
use crate::intake::workbook::value::DateSystem;
use crate::intake::workbook::{KeepOn, Kind, Workbook, is_workbook};

/// How a list was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenAs {
    /// As text, with this character between cells.
    Text(Encoding, Delimiter),
    /// As the sheet of a workbook.
    Sheet {
        kind: Kind,
        name: String,
        /// From which day it counts days.
        dates: DateSystem,
    },
}

impl fmt::Display for WrittenAs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(encoding, delimiter) => {
                write!(out, "{}, {}", encoding.label(), delimiter.label())
            }
            Self::Sheet { kind, name, .. } => write!(out, "{}, sheet ‘{name}’", kind.label()),
        }
    }
}

/// A list of which the headings were found.
pub(super) struct Source<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) top: Top,
    pub(super) written_as: WrittenAs,
    /// What a sheet does not show, and what else it holds.
    pub(super) notices: Vec<String>,
}

impl<'a> Source<'a> {
    /// Makes text of the bytes of a file and finds its headings.
    pub(super) fn open(
        bytes: &'a [u8],
        by_hand: &Mapping,
        keep_on: KeepOn<'_>,
    ) -> Result<Self, SheetProblem> {
        if bytes.len() > LARGEST_FILE {
            return Err(SheetProblem::TooLarge);
        }
        if is_workbook(bytes) {
            return Self::of_workbook(bytes, by_hand, keep_on);
        }
        let (text, encoding) = text::read(bytes)?;
        if let Some(asked) = by_hand.sheet() {
            return Err(SheetProblem::NoSuchSheet {
                asked: asked.to_owned(),
                names: Vec::new(),
            });
        }
        let (told, begin, line) = told_delimiter(&text);
        let delimiters = told.as_ref().map_or(Delimiter::ALL, std::slice::from_ref);
        let tops = delimiters.iter().filter_map(|delimiter| {
            let layout = Layout::Text(*delimiter);
            Some((
                *delimiter,
                Top::find(&text, layout, (begin, line), by_hand)?,
            ))
        });
        // The first of equals wins: `max_by_key` would take the last.
        let best = tops.reduce(|best, next| {
            if next.1.is_better_than(&best.1) {
                next
            } else {
                best
            }
        });
        let Some((delimiter, top)) = best else {
            return Err(no_headings(text.get(begin..).unwrap_or_default()));
        };
        Ok(Self {
            text,
            top,
            written_as: WrittenAs::Text(encoding, delimiter),
            notices: Vec::new(),
        })
    }

    fn of_workbook(
        bytes: &[u8],
        by_hand: &Mapping,
        keep_on: KeepOn<'_>,
    ) -> Result<Self, SheetProblem> {
        let workbook = Workbook::open(bytes, keep_on)?;
        let place = chosen(&workbook, by_hand)?;
        let grid = workbook.read(place, None)?;
        let top = Top::find(&grid.text, Layout::Grid, (0, 1), by_hand);
        let Some(top) = top else {
            return Err(no_headings(&in_plain_text(&grid.text)));
        };
        let name = workbook.tabs.get(place).map(|tab| tab.name.clone());
        Ok(Self {
            notices: notices(&grid, &top, &workbook, place),
            top,
            written_as: WrittenAs::Sheet {
                kind: workbook.kind(),
                name: name.unwrap_or_default(),
                dates: workbook.dates(),
            },
            text: Cow::Owned(grid.text),
        })
    }
}

/// The sheet that a person named; without their word the one whose headings are understood.
fn chosen(workbook: &Workbook<'_>, by_hand: &Mapping) -> Result<usize, SheetProblem> {
    let names = |places: &[usize]| -> Vec<String> {
        let tabs = places.iter().filter_map(|place| workbook.tabs.get(*place));
        tabs.map(|tab| tab.name.clone()).collect()
    };
    if let Some(asked) = by_hand.sheet() {
        let named = |tab: &crate::intake::workbook::Tab| is_same_heading(&tab.name, asked);
        let all: Vec<usize> = (0..workbook.tabs.len()).collect();
        return workbook
            .tabs
            .iter()
            .position(named)
            .ok_or_else(|| SheetProblem::NoSuchSheet {
                asked: asked.to_owned(),
                names: names(&all),
            });
    }
    let shown = workbook
        .tabs
        .iter()
        .enumerate()
        .filter(|(_, tab)| !tab.is_hidden);
    let shown: Vec<usize> = shown.map(|(place, _)| place).collect();
    if shown.len() < 2 {
        return Ok(shown.first().copied().unwrap_or_default());
    }
    let (mut understood, mut others) = (Vec::new(), Vec::new());
    for place in shown.iter().copied() {
        let grid = workbook.read(place, Some(SEARCHED))?;
        match Top::find(&grid.text, Layout::Grid, (0, 1), by_hand) {
            Some(top) if top.tells_of_children() => understood.push(place),
            Some(_) => others.push(place),
            None => {}
        }
    }
    match understood.as_slice() {
        [one] => Ok(*one),
        [] => Ok(others
            .first()
            .or(shown.first())
            .copied()
            .unwrap_or_default()),
        _ => Err(SheetProblem::WhichSheet {
            names: names(&understood),
        }),
    }
}

/// What somebody who looks at the sheet does not see, and what they see that is not read.
fn notices(grid: &Grid, top: &Top, workbook: &Workbook<'_>, place: usize) -> Vec<String> {
    let heading = top.record.line;
    let mut told = Vec::new();
    let hidden = grid
        .hidden_rows
        .iter()
        .filter(|row| **row > heading)
        .count();
    match hidden {
        0 => {}
        1 => told.push("1 row is hidden in the workbook. It was read too".to_owned()),
        _ => told.push(format!(
            "{hidden} rows are hidden in the workbook. They were read too"
        )),
    }
    match grid.hidden_columns {
        0 => {}
        1 => told.push("1 column is hidden in the workbook. It was read too".to_owned()),
        columns => told.push(format!(
            "{columns} columns are hidden in the workbook. They were read too"
        )),
    }
    let merged = grid.merged.iter().filter(|(_, last)| *last > heading);
    if let Some((first, last)) = merged.clone().next() {
        let rows = if first == last {
            format!("row {first}")
        } else {
            format!("rows {first} to {last}")
        };
        told.push(format!(
            "Cells were merged in {} of the list, the first in {rows}. Only the first cell of such a place holds the words; the others were read as empty",
            places(merged.count())
        ));
    }
    let others = workbook
        .tabs
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != place);
    let others: Vec<String> = others.map(|(_, tab)| format!("‘{}’", tab.name)).collect();
    if !others.is_empty() {
        told.push(format!(
            "Of this workbook one sheet was read. Not read: {}",
            others.join(", ")
        ));
    }
    told
}

fn places(count: usize) -> String {
    if count == 1 {
        "1 place".to_owned()
    } else {
        format!("{count} places")
    }
}

/// Excel's `sep=;` on the first line: the delimiter, and at which byte and line the text goes on.
fn told_delimiter(text: &str) -> (Option<Delimiter>, usize, usize) {
    let first = text.split('\n').next().unwrap_or_default();
    let line = first.trim_end_matches('\r').trim_matches('"');
    let told = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and_then(|_| line.get(4..));
    let delimiter = told.and_then(|told| {
        Delimiter::ALL
            .iter()
            .find(|delimiter| told.as_bytes() == [delimiter.byte()])
    });
    match delimiter {
        Some(delimiter) => (Some(*delimiter), (first.len() + 1).min(text.len()), 2),
        None => (None, 0, 1),
    }
}

fn no_headings(text: &str) -> SheetProblem {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default().trim();
    let short: String = line.chars().take(120).collect();
    SheetProblem::NoHeadings {
        found: if short.len() < line.len() {
            format!("‘{short}…’")
        } else {
            format!("‘{short}’")
        },
    }
}

/// The first row of a grid as a line of text.
fn in_plain_text(grid: &str) -> String {
    let row = crate::intake::workbook::grid::next_row(grid);
    let cells: Vec<&str> = row.iter().flat_map(|row| row.cells()).collect();
    cells.join(",")
}
