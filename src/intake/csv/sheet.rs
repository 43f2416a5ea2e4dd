//! A list whose headings were found and whose rows were counted, from whatever kind of file it came.

use std::borrow::Cow;

use super::column::Column;
use super::heading::{Heading, Use};
use super::mapping::Mapping;
pub use super::no_list::SheetProblem;
use super::records::{Layout, Records};
use super::rows::Rows;
use super::source::{Source, WrittenAs};
use super::survey::Survey;
use super::top;
use crate::intake::limits::MOST_COLUMNS;
use crate::intake::workbook::KeepOn;
use crate::intake::workbook::value::DateSystem;

/// A file whose headings have been found.
#[derive(Debug)]
pub struct Sheet<'a> {
    text: Cow<'a, str>,
    layout: Layout,
    body: usize,
    body_line: usize,
    survey: Survey,
    /// The headings, in the order of the file.
    pub headings: Vec<Heading>,
    /// The line of the headings, the first line of the file being 1.
    pub heading_line: usize,
    /// How the file was written.
    pub written_as: WrittenAs,
    /// What there is to say about the file as a whole, each a sentence.
    pub notices: Vec<String>,
}

impl<'a> Sheet<'a> {
    /// Reads the top of a file (its encoding, its delimiter, its headings) and looks through its rows.
    ///
    /// # Errors
    /// [`SheetProblem`], in words that say what to do, when the file is no list, has no headings that Hearth knows, has
    /// none for a name or a date of birth, lacks a heading that `by_hand` names, or holds more than any list.
    pub fn open(bytes: &'a [u8], by_hand: &Mapping) -> Result<Self, SheetProblem> {
        Self::open_while(bytes, by_hand, &|| true)
    }

    /// As [`Sheet::open`], for as long as it is wanted: `keep_on` is asked every some hundred rows.
    ///
    /// # Errors
    /// As [`Sheet::open`], and [`WorkbookProblem::Stopped`](crate::intake::workbook::WorkbookProblem::Stopped) when it is wanted no more.
    pub fn open_while(
        bytes: &'a [u8],
        by_hand: &Mapping,
        keep_on: KeepOn<'_>,
    ) -> Result<Self, SheetProblem> {
        let Source {
            text,
            top,
            written_as,
            notices,
        } = Source::open(bytes, by_hand, keep_on)?;
        by_hand.check_against(top.headings.iter().map(|heading| heading.text.as_str()))?;
        if top.record.torn.is_some() && top.headings.len() >= MOST_COLUMNS {
            return Err(SheetProblem::TooManyColumns);
        }
        let mut sheet = Self {
            text,
            layout: top.layout,
            body: top.record.end,
            body_line: top.body_line,
            survey: Survey::default(),
            heading_line: top.record.line,
            headings: top.headings,
            written_as,
            notices,
        };
        sheet.survey = Survey::of(&sheet.headings, sheet.rows(), keep_on)?;
        sheet.forget_empty_columns();
        sheet.refuse_missing()?;
        Ok(sheet)
    }

    /// A column without a heading and without words is none.
    fn forget_empty_columns(&mut self) {
        for (place, heading) in self.headings.iter_mut().enumerate() {
            let is_named = heading.text != top::name_of_column(place);
            if heading.used == Use::Unknown && !is_named && !self.survey.has_words(place) {
                heading.text.clear();
            }
        }
    }

    fn refuse_missing(&self) -> Result<(), SheetProblem> {
        let missing = top::missing(&self.headings);
        if missing.is_empty() {
            return Ok(());
        }
        let texts = self.headings.iter().map(|heading| heading.text.clone());
        Err(SheetProblem::HeadingsMissing {
            line: self.heading_line,
            found: texts.filter(|text| !text.is_empty()).collect(),
            missing: missing.join(", "),
        })
    }

    /// The lines below the headings that hold a child, or ought to.
    pub fn rows(&self) -> Rows<'_> {
        let records = Records::new(&self.text, self.layout, self.body, self.body_line);
        Rows::new(records, &self.headings, &self.survey.guarded)
    }

    /// The length of the whole text in bytes, against which [`Rows::bytes_read`] shows progress.
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// Columns of dates in which some can only be read with the month first.
    pub(super) fn month_first(&self) -> &[Column] {
        &self.survey.month_first
    }

    /// From which day the workbook counts days; none for text, in which a number is no date.
    pub(super) fn dates(&self) -> Option<DateSystem> {
        match &self.written_as {
            WrittenAs::Sheet { dates, .. } => Some(*dates),
            WrittenAs::Text(..) => None,
        }
    }

    /// The headings that are not read and why, but for those that Hearth wrote itself and those without words.
    pub fn headings_not_read(&self) -> impl Iterator<Item = &Heading> {
        self.headings
            .iter()
            .filter(|heading| !matches!(heading.used, Use::Read(_)) && !heading.text.is_empty())
    }
}
