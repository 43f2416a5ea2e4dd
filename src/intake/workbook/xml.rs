//! XML from a file of the archive, piece by piece and within bounds: how long one piece may be, how deep tags may nest, and
//! whether anybody still wants it.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::archive::{TooMuchUnpacked, Unpacked};
use super::{KeepOn, WorkbookProblem};
use crate::intake::limits::LONGEST_CELL;

/// Bytes of one tag or one text: a cell of Excel at its longest, each character in six bytes ("&#xE9;").
const LONGEST_PIECE: usize = LONGEST_CELL * 8;

/// Tags within tags; a workbook has some ten.
const DEEPEST: usize = 100;

/// Pieces between two questions whether reading is still wanted.
const PIECES_AT_A_TIME: u32 = 16_384;

/// A tag that opens.
pub(super) struct Tag<'x>(BytesStart<'x>);

/// A piece of XML.
pub(super) enum Piece<'x> {
    Open(Tag<'x>),
    /// The name of the tag that closes, without its prefix. What opens and closes in one comes as two pieces.
    Close(String),
    Text(Cow<'x, str>),
    End,
}

impl Tag<'_> {
    /// The name without its prefix: some programs write `x:row`, others `row`.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, whatever its prefix.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let mut found = attributes.with_checks(false).flatten();
        let found = found.find(|attribute| attribute.key.local_name().into_inner() == name)?;
        let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.into_owned())
    }

    /// The value of an attribute that is a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// Whether an attribute says yes.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
    }
}

/// Reads XML.
pub(super) struct Xml<'a> {
    reader: Reader<Guarded<BufReader<Unpacked<'a>>>>,
    allowance: Rc<Cell<usize>>,
    buffer: Vec<u8>,
    depth: usize,
    pieces: u32,
    keep_on: KeepOn<'a>,
}

impl<'a> Xml<'a> {
    pub(super) fn new(file: Unpacked<'a>, keep_on: KeepOn<'a>) -> Self {
        let allowance = Rc::new(Cell::new(0));
        let mut reader = Reader::from_reader(Guarded {
            inner: BufReader::with_capacity(1 << 16, file),
            allowance: Rc::clone(&allowance),
        });
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        Self {
            reader,
            allowance,
            buffer: Vec::new(),
            depth: 0,
            pieces: 0,
            keep_on,
        }
    }

    /// The next piece that says something.
    ///
    /// # Errors
    /// When it is no XML, goes beyond a bound, or nobody wants it any more.
    pub(super) fn next(&mut self) -> Result<Piece<'_>, WorkbookProblem> {
        self.pieces = self.pieces.wrapping_add(1);
        if self.pieces.is_multiple_of(PIECES_AT_A_TIME) && !(self.keep_on)() {
            return Err(WorkbookProblem::Stopped);
        }
        self.buffer.clear();
        self.allowance.set(LONGEST_PIECE);
        let piece = match self.reader.read_event_into(&mut self.buffer).map_err(why)? {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(WorkbookProblem::Damaged);
                }
                Piece::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::Close(tag.local_name().into_inner().to_owned())
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => Piece::Text(Cow::Owned(referred(&reference)?)),
            Event::Eof => Piece::End,
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => Piece::Text(Cow::Borrowed("")),
        };
        Ok(piece)
    }
}

/// `&amp;` and `&#233;`. Entities that the file declares itself are not read: no workbook has any, and a few lines of them
/// stand for gigabytes.
fn referred(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, WorkbookProblem> {
    if let Some(letter) = reference
        .resolve_char_ref()
        .map_err(|_| WorkbookProblem::Damaged)?
    {
        return Ok(letter.to_string());
    }
    let name = reference.xml10_content();
    let letter = quick_xml::escape::resolve_predefined_entity(&name);
    letter.map(str::to_owned).ok_or(WorkbookProblem::Damaged)
}

fn why(problem: quick_xml::Error) -> WorkbookProblem {
    let quick_xml::Error::Io(problem) = problem else {
        return WorkbookProblem::Damaged;
    };
    match problem.get_ref() {
        Some(cause) if cause.is::<TooMuchUnpacked>() || cause.is::<TooLong>() => {
            WorkbookProblem::TooMuch
        }
        _ => WorkbookProblem::Damaged,
    }
}

/// Hands bytes on until the allowance for one piece is used up: the reader keeps a piece in memory until it ends.
struct Guarded<R> {
    inner: R,
    allowance: Rc<Cell<usize>>,
}

#[derive(Debug, thiserror::Error)]
#[error("one piece of the workbook is too long")]
struct TooLong;

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl<R: BufRead> BufRead for Guarded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.allowance.get() == 0 {
            return Err(io::Error::other(TooLong));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.allowance
            .set(self.allowance.get().saturating_sub(amount));
        self.inner.consume(amount);
    }
}
