//! Makes characters of the bytes of a file, in whichever encoding the spreadsheet program chose.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};
use thiserror::Error;

use super::code_page::{CodePage, Likely, likely};
use crate::intake::limits::{LARGEST_FILE, LARGEST_MEGABYTES};

/// How the characters of a file were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// "Unicode text" as Excel saves it.
    Utf16,
    /// What Excel on Windows writes for "CSV (comma delimited)".
    Windows1252,
    /// What Excel on Windows writes for "CSV (MS-DOS)".
    Ibm850,
    /// What Excel writes for "CSV (Macintosh)".
    MacRoman,
    /// Several lists pasted together: UTF-8 in some lines, one of the others in others.
    Mixed,
}

impl Encoding {
    /// The name of the encoding for a report.
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
            Self::Ibm850 => "code page 850",
            Self::MacRoman => "Mac Roman",
            Self::Mixed => "UTF-8 and another encoding mixed",
        }
    }
}

/// Why a file is not a list in plain text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotText {
    /// There is nothing in it.
    #[error(
        "The file is empty. Export the list again and check that it opens in your spreadsheet program"
    )]
    Empty,
    /// Larger than any list.
    #[error(
        "The file is larger than {LARGEST_MEGABYTES} MB. Divide the list and send the parts one after the other"
    )]
    TooLarge,
    /// A workbook where plain text is read.
    #[error(
        "This is a spreadsheet workbook, not a CSV file. Open it, choose ‘Save as’, and save it as CSV first"
    )]
    Workbook,
    /// Two tables of letters make words of it, and other ones.
    #[error(
        "How the letters of this file were saved cannot be told: one word of it may be ‘{0}’ or ‘{1}’. {SAVE_AGAIN}"
    )]
    WhichLetters(String, String),
    /// A table of a web page under a spreadsheet's name, as some systems export it.
    #[error(
        "This is a web page, not a CSV file. Open it in your spreadsheet program and save it as CSV first"
    )]
    WebPage,
    #[error("This is a PDF document. Export the list again as CSV")]
    Pdf,
    /// Anything else that is not text.
    #[error("This file is not text. Save the list as CSV (comma delimited) and try again")]
    Binary,
}

/// How to save a list so that no letter is lost.
pub(super) const SAVE_AGAIN: &str = "Open the list in the program it comes from and save it again: in Excel as ‘CSV UTF-8 (Comma delimited)’, or as a workbook (.xlsx), which is read as well";

/// The characters of a file, without byte order mark and NULs, with every line end a line feed or CR LF.
///
/// # Errors
/// [`NotText`] when the bytes are not a text file.
pub fn read(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), NotText> {
    if bytes.len() > LARGEST_FILE {
        return Err(NotText::TooLarge);
    }
    refuse_known_binaries(bytes)?;
    let (text, encoding) = decode(bytes)?;
    let text = without_nuls(text);
    if text.trim().is_empty() {
        return Err(NotText::Empty);
    }
    if is_mostly_control(&text) {
        return Err(NotText::Binary);
    }
    Ok((with_line_feeds(text), encoding))
}

/// How much of the file is looked at to tell what it is.
const LOOKED_AT: usize = 4096;

fn refuse_known_binaries(bytes: &[u8]) -> Result<(), NotText> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLD_EXCEL: &[u8] = b"\xD0\xCF\x11\xE0";
    if bytes.is_empty() {
        return Err(NotText::Empty);
    }
    if bytes.starts_with(ZIP) || bytes.starts_with(OLD_EXCEL) {
        return Err(NotText::Workbook);
    }
    if bytes.starts_with(b"%PDF") {
        return Err(NotText::Pdf);
    }
    let start: Vec<u8> = bytes
        .iter()
        .skip_while(|byte| !byte.is_ascii_graphic())
        .take(32)
        .map(u8::to_ascii_lowercase)
        .collect();
    let is_page = [&b"<!doctype"[..], b"<html", b"<table", b"<?xml"];
    if is_page.iter().any(|tag| start.starts_with(tag)) {
        return Err(NotText::WebPage);
    }
    Ok(())
}

fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), NotText> {
    let utf16 = |table: &'static encoding_rs::Encoding, bytes| {
        Ok((table.decode_without_bom_handling(bytes).0, Encoding::Utf16))
    };
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return decode_eight_bit(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return utf16(UTF_16LE, rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return utf16(UTF_16BE, rest);
    }
    match zero_half(bytes) {
        Some(ZeroHalf::Second) => utf16(UTF_16LE, bytes),
        Some(ZeroHalf::First) => utf16(UTF_16BE, bytes),
        None => decode_eight_bit(bytes),
    }
}

/// Which byte of each pair is nearly always zero: English text in UTF-16 without a byte order mark.
enum ZeroHalf {
    First,
    Second,
}

fn zero_half(bytes: &[u8]) -> Option<ZeroHalf> {
    let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let pairs = looked_at.len() / 2;
    if pairs < 8 {
        return None;
    }
    let (mut first, mut second) = (0, 0);
    for pair in looked_at.chunks_exact(2) {
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    let (most, few) = (pairs * 7 / 10, pairs / 20);
    if second > most && first <= few {
        return Some(ZeroHalf::Second);
    }
    (first > most && second <= few).then_some(ZeroHalf::First)
}

fn decode_eight_bit(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), NotText> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), Encoding::Utf8));
    }
    let page = code_page(bytes)?;
    // What is valid UTF-8 is kept and only the rest is read by the table: accented letters hardly ever look like UTF-8 by
    // accident, and so a file pasted together from both comes out right.
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    let mut has_utf8 = false;
    for chunk in bytes.utf8_chunks() {
        has_utf8 |= !chunk.valid().is_ascii();
        text.push_str(chunk.valid());
        text.push_str(&page.read(chunk.invalid()));
    }
    let encoding = match page {
        _ if has_utf8 => Encoding::Mixed,
        CodePage::Windows1252 => Encoding::Windows1252,
        CodePage::Ibm850 => Encoding::Ibm850,
        CodePage::MacRoman => Encoding::MacRoman,
    };
    Ok((Cow::Owned(text), encoding))
}

fn code_page(bytes: &[u8]) -> Result<CodePage, NotText> {
    let top = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    if is_mostly_control(&without_nuls(String::from_utf8_lossy(top))) {
        return Err(NotText::Binary);
    }
    // No other program ends lines so.
    if first_line_ends_with_lone_return(bytes) {
        return Ok(CodePage::MacRoman);
    }
    match likely(bytes) {
        Likely::Certain(page) => Ok(page),
        Likely::Either(one, other) => Err(NotText::WhichLetters(one, other)),
    }
}

fn without_nuls(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.as_bytes().contains(&0) {
        Cow::Owned(text.replace('\0', ""))
    } else {
        text
    }
}

fn is_mostly_control(text: &str) -> bool {
    let (mut all, mut control) = (0usize, 0usize);
    for letter in text.chars().take(LOOKED_AT) {
        all += 1;
        control += usize::from(letter.is_control() && !matches!(letter, '\t' | '\n' | '\r'));
    }
    control * 20 > all
}

/// Whether the first line ends as Excel for Mac ends lines; cells with quotation marks may hold line feeds all the same.
fn first_line_ends_with_lone_return(bytes: &[u8]) -> bool {
    let (mut is_quoted, mut at_cell_start) = (false, true);
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if is_quoted || at_cell_start => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return false,
            b'\r' if !is_quoted => return bytes.get(place + 1) != Some(&b'\n'),
            _ => {}
        }
        // After the mark that closes a cell comes another one only when it stands for itself.
        at_cell_start = matches!(byte, b',' | b';' | b'\t' | b'|' | b'"');
    }
    false
}

/// A carriage return alone ends a line, as in every text editor; inside a cell it is a line break like any other.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_lone =
        |place: usize| bytes.get(place) == Some(&b'\r') && bytes.get(place + 1) != Some(&b'\n');
    if !(0..bytes.len()).any(is_lone) {
        return text;
    }
    let mut fed = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends_line = letter == '\r' && letters.peek() != Some(&'\n');
        fed.push(if ends_line { '\n' } else { letter });
    }
    Cow::Owned(fed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const LINE: &str = "Forename,Surname,DOB\nSiân,Müller,03/04/2015\n";

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn reads_every_encoding_a_spreadsheet_writes() {
        let with_bom = |bom: &[u8], rest: Vec<u8>| [bom.to_vec(), rest].concat();
        let by = |page: CodePage| page.written(LINE).unwrap();
        for (bytes, encoding) in [
            (LINE.as_bytes().to_vec(), Encoding::Utf8),
            (with_bom(b"\xEF\xBB\xBF", LINE.into()), Encoding::Utf8),
            (with_bom(b"\xFF\xFE", utf16(LINE, true)), Encoding::Utf16),
            (with_bom(b"\xFE\xFF", utf16(LINE, false)), Encoding::Utf16),
            (utf16(LINE, true), Encoding::Utf16),
            (utf16(LINE, false), Encoding::Utf16),
            (by(CodePage::Windows1252), Encoding::Windows1252),
            (by(CodePage::Ibm850), Encoding::Ibm850),
            (by(CodePage::MacRoman), Encoding::MacRoman),
        ] {
            let (text, read_as) = read(&bytes).unwrap();
            assert_eq!((text.as_ref(), read_as), (LINE, encoding));
        }
    }

    #[test]
    fn reads_lines_of_two_encodings_pasted_together() {
        let bytes = [LINE.as_bytes(), b"Zo\xEB,Smith,04/05/2016\n"].concat();
        let (text, encoding) = read(&bytes).unwrap();
        assert_eq!(encoding, Encoding::Mixed);
        assert!(text.contains("Siân") && text.contains("Zoë"), "{text}");
    }

    #[test]
    fn makes_line_feeds_of_lone_carriage_returns() {
        assert_eq!(read(b"a,b\r1,2\r").unwrap().0, "a,b\n1,2\n");
        assert_eq!(
            read(b"Ren\x8E\rx").unwrap(),
            (Cow::Owned("René\nx".to_owned()), Encoding::MacRoman)
        );
    }

    #[test]
    fn knows_line_feeds_in_cells_from_the_ends_of_lines() {
        assert_eq!(
            read(b"\"na\nme\",b\r\"1\n2\",Ren\x8E\r3,4\r").unwrap(),
            (
                Cow::Owned("\"na\nme\",b\n\"1\n2\",René\n3,4\n".to_owned()),
                Encoding::MacRoman
            )
        );
        let windows = read(b"a,5\" b\r\n\"1\n2\",Ren\xE9\r\n").unwrap();
        assert_eq!(
            (windows.0.as_ref(), windows.1),
            ("a,5\" b\r\n\"1\n2\",René\r\n", Encoding::Windows1252)
        );
        let in_a_cell = read(b"a,b\r\n\"1\r2\",3\r\n").unwrap().0;
        assert_eq!(in_a_cell, "a,b\r\n\"1\n2\",3\r\n");
    }

    #[test]
    fn says_how_to_save_what_may_be_two_names() {
        let told = read(b"Name\nZo\x89\n").unwrap_err().to_string();
        assert!(
            told.contains("‘Zoë’ or ‘Zoâ’") && told.contains("CSV UTF-8"),
            "{told}"
        );
    }

    #[test]
    fn drops_nul_bytes() {
        assert_eq!(read(b"a,b\nJo\0hn,Smith\n").unwrap().0, "a,b\nJohn,Smith\n");
    }

    #[test]
    fn says_what_a_file_is_that_is_not_text() {
        assert_eq!(read(b""), Err(NotText::Empty));
        assert_eq!(read(b"\xEF\xBB\xBF \r\n"), Err(NotText::Empty));
        assert_eq!(read(b"PK\x03\x04rest"), Err(NotText::Workbook));
        assert_eq!(read(b"\xD0\xCF\x11\xE0\xA1"), Err(NotText::Workbook));
        assert_eq!(read(b"\n <HTML><table>"), Err(NotText::WebPage));
        assert_eq!(read(b"\x01\x02\x03\x04\x05\x06 abc"), Err(NotText::Binary));
    }
}
