//! The zip archive that a workbook is: finds its files and unpacks one, within bounds.
//!
//! Only what workbooks use of the format (PKWARE's APPNOTE.TXT): files that are stored or deflated, in one part, smaller than
//! 4 GB. What the archive says of the size of a file is not believed: bytes are counted as they are unpacked.

use std::cell::Cell;
use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;

use super::WorkbookProblem;
use crate::intake::limits::MOST_UNPACKED;

const DIRECTORY_END: &[u8] = b"PK\x05\x06";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const FILE_HEADER: &[u8] = b"PK\x03\x04";

/// An archive in memory.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    directory: &'a [u8],
    /// Bytes that may still be unpacked, of all files together.
    left: Cell<u64>,
}

/// A file of an archive, still packed.
struct Packed<'a> {
    is_deflated: bool,
    bytes: &'a [u8],
}

impl<'a> Archive<'a> {
    /// Finds the directory at the end.
    ///
    /// # Errors
    /// When there is none, or it is of a kind that no workbook has.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, WorkbookProblem> {
        // After the end record comes a comment of up to 65,535 bytes.
        const LONGEST_END: usize = 22 + 65_535;
        let tail_from = bytes.len().saturating_sub(LONGEST_END);
        let tail = bytes.get(tail_from..).unwrap_or_default();
        let end = tail
            .windows(DIRECTORY_END.len())
            .rposition(|window| window == DIRECTORY_END)
            .and_then(|at| tail.get(at..))
            .ok_or(WorkbookProblem::Damaged)?;
        let (length, from) = (four(end, 12)?, four(end, 16)?);
        let directory = part(bytes, from, length)?;
        Ok(Self {
            bytes,
            directory,
            left: Cell::new(MOST_UNPACKED),
        })
    }

    /// Whether there is a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        matches!(self.find(name), Ok(Some(_)))
    }

    /// A file, unpacked while it is read; none when there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Unpacked<'_>>, WorkbookProblem> {
        let packed = self.find(name)?;
        Ok(packed.map(|packed| Unpacked {
            source: match packed.is_deflated {
                true => Source::Deflated(Box::new(DeflateDecoder::new(packed.bytes))),
                false => Source::Stored(packed.bytes),
            },
            left: &self.left,
        }))
    }

    /// Looks a file up. The directory is walked each time: it is not copied, and few files are asked for.
    fn find(&self, wanted: &str) -> Result<Option<Packed<'a>>, WorkbookProblem> {
        const DEFLATED: usize = 8;
        let mut entry = self.directory;
        while entry.starts_with(DIRECTORY_ENTRY) {
            let (name, extra, comment) = (two(entry, 28)?, two(entry, 30)?, two(entry, 32)?);
            if part(entry, 46, name)? == wanted.as_bytes() {
                let (is_encrypted, method) = (two(entry, 8)? & 1 == 1, two(entry, 10)?);
                if is_encrypted {
                    return Err(WorkbookProblem::Locked);
                }
                if !matches!(method, 0 | DEFLATED) {
                    return Err(WorkbookProblem::Damaged);
                }
                let header = part(self.bytes, four(entry, 42)?, 30)?;
                if !header.starts_with(FILE_HEADER) {
                    return Err(WorkbookProblem::Damaged);
                }
                let from = four(entry, 42)? + 30 + two(header, 26)? + two(header, 28)?;
                return Ok(Some(Packed {
                    is_deflated: method == DEFLATED,
                    bytes: part(self.bytes, from, four(entry, 20)?)?,
                }));
            }
            entry = entry.get(46 + name + extra + comment..).unwrap_or_default();
        }
        Ok(None)
    }
}

fn part(bytes: &[u8], from: usize, length: usize) -> Result<&[u8], WorkbookProblem> {
    let to = from.checked_add(length).ok_or(WorkbookProblem::Damaged)?;
    bytes.get(from..to).ok_or(WorkbookProblem::Damaged)
}

fn two(bytes: &[u8], at: usize) -> Result<usize, WorkbookProblem> {
    match part(bytes, at, 2)? {
        [low, high] => Ok(usize::from(u16::from_le_bytes([*low, *high]))),
        _ => Err(WorkbookProblem::Damaged),
    }
}

fn four(bytes: &[u8], at: usize) -> Result<usize, WorkbookProblem> {
    Ok(two(bytes, at)? + (two(bytes, at + 2)? << 16))
}

/// The bytes of a file as they come out.
pub(super) struct Unpacked<'a> {
    source: Source<'a>,
    left: &'a Cell<u64>,
}

enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

/// That more comes out of an archive than any workbook holds.
#[derive(Debug, thiserror::Error)]
#[error("more is packed into the file than a workbook holds")]
pub(super) struct TooMuchUnpacked;

impl Read for Unpacked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::Stored(bytes) => bytes.read(into),
            Source::Deflated(decoder) => decoder.read(into),
        }?;
        let left = self.left.get().checked_sub(read as u64);
        self.left
            .set(left.ok_or_else(|| io::Error::other(TooMuchUnpacked))?);
        Ok(read)
    }
}
