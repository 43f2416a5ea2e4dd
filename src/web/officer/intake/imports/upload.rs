//! What the browser sends with a file: read part by part, so that a file that is too large is noticed and not kept.

use actix_multipart::{Field, Multipart};
use futures_util::TryStreamExt;

use super::asked::{Asked, HeadingChoice, sheet_choices};
use crate::intake::csv::mapping::{Mapping, MappingProblem};
use crate::intake::limits::LARGEST_FILE;
use crate::rules::text;
use crate::web::error::WebError;
use crate::web::gate::csrf;

/// No answer of the form beside the file is longer.
const LONGEST_ANSWER: usize = 4_096;
/// No list has more headings.
const MOST_ANSWERS: usize = 1_000;

/// A file with the answers beside it.
#[derive(Default)]
pub(super) struct Upload {
    pub(super) csrf: String,
    pub(super) file_name: String,
    pub(super) bytes: Vec<u8>,
    /// How many bytes there were.
    pub(super) length: usize,
    pub(super) is_too_large: bool,
    pub(super) dry_run: bool,
    /// The sheet of a workbook to read; empty when nobody said.
    pub(super) sheet: String,
    headings: Vec<String>,
    columns: Vec<String>,
}

impl Upload {
    /// Reads all parts. A file that is too large is read to its end and thrown away, because a browser shows an answer
    /// only when all was sent.
    pub(super) async fn read(mut form: Multipart) -> Result<Self, WebError> {
        let mut upload = Self::default();
        while let Some(field) = form.try_next().await.map_err(|_| upload.torn())? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                upload.read_file(field).await?;
                continue;
            }
            let answer = read_answer(field)
                .await
                .map_err(|error| error.unwrap_or_else(|| upload.torn()))?;
            match name.as_str() {
                csrf::FIELD => upload.csrf = answer,
                "dry_run" => upload.dry_run = true,
                "sheet" => upload.sheet = answer,
                "heading" => upload.headings.push(answer),
                "column" => upload.columns.push(answer),
                _ => {}
            }
            if upload.headings.len().max(upload.columns.len()) > MOST_ANSWERS {
                return Err(WebError::BadRequest(
                    "The form has too many headings.".to_owned(),
                ));
            }
        }
        Ok(upload)
    }

    /// What came is not whole, or no form of ours; without the form's token nothing more is said.
    fn torn(&self) -> WebError {
        if self.csrf.is_empty() {
            return WebError::StaleForm;
        }
        WebError::BadRequest("The file did not arrive whole. Send it again.".to_owned())
    }

    async fn read_file(&mut self, mut field: Field) -> Result<(), WebError> {
        let named = field
            .content_disposition()
            .and_then(|told| told.get_filename())
            .unwrap_or_default();
        let last = named.rsplit(['/', '\\']).next().unwrap_or_default();
        self.file_name = text::clean(last).chars().take(120).collect();
        while let Some(part) = field.try_next().await.map_err(|_| self.torn())? {
            if self.bytes.len() + part.len() > LARGEST_FILE {
                self.is_too_large = true;
                self.bytes = Vec::new();
            }
            if !self.is_too_large {
                self.bytes.extend_from_slice(&part);
            }
        }
        Ok(())
    }

    /// What a person was asked about, with what they chose.
    pub(super) fn asked(&self) -> Asked {
        let both = self.headings.iter().zip(&self.columns);
        let headings = both.map(|(text, chosen)| HeadingChoice {
            text: text.clone(),
            chosen: chosen.clone(),
        });
        Asked {
            headings: headings.collect(),
            sheets: sheet_choices(std::slice::from_ref(&self.sheet)),
            sheet: self.sheet.clone(),
        }
    }

    /// What a person said about the headings and the sheet.
    pub(super) fn mapping(&self) -> Result<Mapping, MappingProblem> {
        let mut mapping = Mapping::default();
        for (heading, column) in self.headings.iter().zip(&self.columns) {
            if !column.is_empty() {
                mapping.add(heading, column)?;
            }
        }
        Ok(mapping.on_sheet(&self.sheet))
    }
}

/// An answer beside the file; no error in particular when it did not arrive whole.
async fn read_answer(mut field: Field) -> Result<String, Option<WebError>> {
    let mut bytes = Vec::new();
    while let Some(part) = field.try_next().await.map_err(|_| None)? {
        if bytes.len() + part.len() > LONGEST_ANSWER {
            return Err(Some(WebError::BadRequest(
                "An answer of the form is too long.".to_owned(),
            )));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(text::clean_lines(&String::from_utf8_lossy(&bytes)).into_owned())
}
