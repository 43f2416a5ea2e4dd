//! Excel's workbooks (ECMA-376 part 1; the numbers in brackets are its sections).

mod sheet;

use std::collections::HashMap;

use super::archive::Archive;
use super::grid::Grid;
use super::value::{DateSystem, Shown};
use super::xml::{Piece, Xml};
use super::{KeepOn, Tab, WorkbookProblem};
use crate::intake::limits::{MOST_SHEETS, MOST_TEXT};

/// A workbook of Excel.
pub(super) struct Xlsx<'a> {
    archive: Archive<'a>,
    keep_on: KeepOn<'a>,
    sheets: Vec<SheetFile>,
    dates: DateSystem,
    strings: Strings,
    formats: Vec<Shown>,
}

struct SheetFile {
    tab: Tab,
    file: String,
}

impl<'a> Xlsx<'a> {
    /// Reads everything but the sheets: what they are called and where they are, the words and the formats they share.
    pub(super) fn open(archive: Archive<'a>, keep_on: KeepOn<'a>) -> Result<Self, WorkbookProblem> {
        let main = relations(&archive, "", "_rels/.rels", keep_on)?
            .into_iter()
            .find(|relation| relation.is("officeDocument"))
            .ok_or(WorkbookProblem::NoWorkbook)?
            .target;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let beside = format!("{folder}/_rels/{name}.rels");
        let relations = relations(&archive, folder, beside.trim_start_matches('/'), keep_on)?;
        let (sheets, dates) = contents(&archive, &main, &relations, keep_on)?;
        let file_of = |kind: &str| {
            let found = relations.iter().find(|relation| relation.is(kind));
            found.map(|relation| relation.target.clone())
        };
        let strings = match file_of("sharedStrings") {
            Some(file) => Strings::read(&archive, &file, keep_on)?,
            None => Strings::default(),
        };
        let formats = match file_of("styles") {
            Some(file) => formats(&archive, &file, keep_on)?,
            None => Vec::new(),
        };
        Ok(Self {
            archive,
            keep_on,
            sheets,
            dates,
            strings,
            formats,
        })
    }

    pub(super) fn tabs(&self) -> Vec<Tab> {
        self.sheets.iter().map(|sheet| sheet.tab.clone()).collect()
    }

    pub(super) const fn dates(&self) -> DateSystem {
        self.dates
    }

    pub(super) fn read(
        &self,
        place: usize,
        most_rows: Option<usize>,
    ) -> Result<Grid, WorkbookProblem> {
        let sheet = self.sheets.get(place).ok_or(WorkbookProblem::Damaged)?;
        let file = self.archive.read(&sheet.file)?;
        let xml = Xml::new(file.ok_or(WorkbookProblem::Damaged)?, self.keep_on);
        sheet::SheetReader::new(self, most_rows).read(xml)
    }
}

/// That one file of the archive belongs to another (Open Packaging Conventions, ECMA-376 part 2).
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Relation {
    /// The kind is an address of which only the end is the same in both editions of the standard.
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}

fn relations(
    archive: &Archive<'_>,
    folder: &str,
    file: &str,
    keep_on: KeepOn<'_>,
) -> Result<Vec<Relation>, WorkbookProblem> {
    const MOST: usize = MOST_SHEETS * 4;
    let file = archive.read(file)?.ok_or(WorkbookProblem::Damaged)?;
    let mut xml = Xml::new(file, keep_on);
    let mut found = Vec::new();
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "Relationship" && found.len() < MOST => {
                let of = |name: &str| tag.get(name).unwrap_or_default();
                found.push(Relation {
                    id: of("Id"),
                    kind: of("Type"),
                    target: resolved(folder, &of("Target")),
                });
            }
            Piece::End => return Ok(found),
            _ => {}
        }
    }
}

/// Where a target lies that is written from the file's own folder, or from the top ("/xl/styles.xml").
fn resolved(folder: &str, target: &str) -> String {
    if let Some(from_the_top) = target.strip_prefix('/') {
        return from_the_top.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The sheets and how days are counted [18.2].
fn contents(
    archive: &Archive<'_>,
    file: &str,
    relations: &[Relation],
    keep_on: KeepOn<'_>,
) -> Result<(Vec<SheetFile>, DateSystem), WorkbookProblem> {
    let file = archive.read(file)?.ok_or(WorkbookProblem::Damaged)?;
    let mut xml = Xml::new(file, keep_on);
    let (mut sheets, mut dates) = (Vec::new(), DateSystem::From1900);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "workbookPr" && tag.is_set("date1904") => {
                dates = DateSystem::From1904;
            }
            Piece::Open(tag) if tag.name() == "sheet" && sheets.len() <= MOST_SHEETS => {
                // A workbook has other sheets than those with cells: charts, macros.
                let id = tag.get("id").unwrap_or_default();
                let relation = relations.iter().find(|relation| relation.id == id);
                if let Some(relation) = relation.filter(|relation| relation.is("worksheet")) {
                    sheets.push(SheetFile {
                        tab: Tab {
                            name: tag.get("name").unwrap_or_default(),
                            is_hidden: tag.get("state").is_some_and(|state| state != "visible"),
                        },
                        file: relation.target.clone(),
                    });
                }
            }
            Piece::End => return Ok((sheets, dates)),
            _ => {}
        }
    }
}

/// The words that the cells of all sheets share [18.4], end to end.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn read(
        archive: &Archive<'_>,
        file: &str,
        keep_on: KeepOn<'_>,
    ) -> Result<Self, WorkbookProblem> {
        const MOST: usize = 4_000_000;
        let Some(file) = archive.read(file)? else {
            return Ok(Self::default());
        };
        let mut xml = Xml::new(file, keep_on);
        let mut strings = Self::default();
        let mut words = Words::default();
        loop {
            match xml.next()? {
                Piece::Open(tag) => words.open(tag.name()),
                Piece::Text(text) => strings.text.push_str(words.kept(&text)),
                Piece::Close(name) if name == "si" => {
                    let end = u32::try_from(strings.text.len());
                    strings
                        .ends
                        .push(end.map_err(|_| WorkbookProblem::TooMuch)?);
                }
                Piece::Close(name) => words.close(&name),
                Piece::End => break,
            }
            if strings.text.len() > MOST_TEXT || strings.ends.len() > MOST {
                return Err(WorkbookProblem::TooMuch);
            }
        }
        Ok(strings)
    }

    fn get(&self, place: usize) -> Option<&str> {
        let begin = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let end = *self.ends.get(place)?;
        self.text
            .get(usize::try_from(begin).ok()?..usize::try_from(end).ok()?)
    }
}

/// Which text is words: what stands in `t`, in runs of one format or another, but for the reading aids above East Asian
/// words (`rPh`).
#[derive(Default)]
struct Words {
    is_in_text: bool,
    is_in_aid: bool,
}

impl Words {
    fn open(&mut self, tag: &str) {
        match tag {
            "t" => self.is_in_text = true,
            "rPh" => self.is_in_aid = true,
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "t" => self.is_in_text = false,
            "rPh" => self.is_in_aid = false,
            _ => {}
        }
    }

    fn kept<'t>(&self, text: &'t str) -> &'t str {
        if self.is_in_text && !self.is_in_aid {
            text
        } else {
            ""
        }
    }
}

/// How the formats of cells show numbers [18.8], by the number that a cell gives.
fn formats(
    archive: &Archive<'_>,
    file: &str,
    keep_on: KeepOn<'_>,
) -> Result<Vec<Shown>, WorkbookProblem> {
    /// As many as Excel allows in a workbook ("Excel specifications and limits").
    const MOST: usize = 65_490;
    let Some(file) = archive.read(file)? else {
        return Ok(Vec::new());
    };
    let mut xml = Xml::new(file, keep_on);
    let mut codes: HashMap<usize, Shown> = HashMap::new();
    let mut formats = Vec::new();
    let mut is_of_cells = false;
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "numFmt" if codes.len() < MOST => {
                    let code = tag.get("formatCode").unwrap_or_default();
                    if let Some(number) = tag.number("numFmtId") {
                        codes.insert(number, Shown::by_code(&code));
                    }
                }
                "cellXfs" => is_of_cells = true,
                "xf" if is_of_cells && formats.len() < MOST => {
                    let number = tag.number("numFmtId").unwrap_or_default();
                    let shown = codes.get(&number).copied();
                    formats.push(shown.unwrap_or_else(|| Shown::by_number(number)));
                }
                _ => {}
            },
            Piece::Close(name) if name == "cellXfs" => is_of_cells = false,
            Piece::End => return Ok(formats),
            _ => {}
        }
    }
}
