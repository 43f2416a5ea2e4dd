//! How much a list may hold. No list that an authority has comes near; a file that goes beyond was made to stop the
//! service, or is no list of children, and is refused with a sentence before it costs anything.

/// The largest file that is read, in megabytes; a list of 50,000 children has about 8.
pub const LARGEST_MEGABYTES: usize = 20;

/// The same in bytes.
pub const LARGEST_FILE: usize = LARGEST_MEGABYTES * 1024 * 1024;

/// Rows below the headings: some seven times the children educated at home in the largest authority. So many are held in
/// memory at a time: some 150 MB with all that is known of them while they are taken over.
pub const MOST_ROWS: usize = 50_000;

/// Columns of a list.
pub const MOST_COLUMNS: usize = 500;

/// Characters in a cell: as many as Excel keeps in one ("Excel specifications and limits").
pub const LONGEST_CELL: usize = 32_767;

/// Lines in a cell: more than any address or note has. Beyond, a quotation mark was not closed.
pub const MOST_LINES: usize = 60;

/// Rows between two questions whether reading is still wanted.
pub const ROWS_AT_A_TIME: usize = 500;

/// Bytes of text in a workbook: more than the largest file of plain text holds.
pub const MOST_TEXT: usize = 32 * 1024 * 1024;

/// Bytes that a workbook may have when it is unpacked: six times what a sheet of 50,000 rows and 30 columns has, for programs differ
/// in what they write around a cell. A workbook is a zip archive, in which a thousand bytes can be packed into one.
pub const MOST_UNPACKED: u64 = 400 * 1024 * 1024;

/// Sheets of a workbook.
pub const MOST_SHEETS: usize = 100;

/// From so many refused rows on, a list of which most rows are refused is refused as a whole: it is no list of children, or its
/// columns are not what their headings say, and nobody could answer for each row.
pub const MANY_REFUSED: usize = 1_000;

/// Remarks about rows that are held of one import; the rows themselves are all accounted for.
pub const MOST_NOTES: usize = 5_000;

/// Children of a list who were born on one day: the largest authority has a handful. A list with more has a day for those whose birth
/// it does not know, and each of them would have to be compared with each other.
pub const MOST_OF_ONE_BIRTHDAY: usize = 300;
