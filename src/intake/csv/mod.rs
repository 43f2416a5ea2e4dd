//! Reads the list of children an authority already has, as a spreadsheet program saved it: as text or as a workbook.
//!
//! `text` makes characters of the bytes (by which table, says `code_page`), and `source` gives the text of a file of
//! either kind. `records` cuts it into cells, `top` finds the headings, `headings` and `group` say what they mean,
//! `survey` looks through all rows, and `rows` walks them. `child` turns a row into a child or into everything that is
//! wrong with it, and `refused` writes the rows that could not be read, for a person to mend. Nothing here touches the
//! database or reads a clock, and each step is bounded ([`super::limits`]).

pub mod address;
mod broken;
pub mod child;
mod code_page;
pub mod column;
mod group;
pub mod heading;
pub mod headings;
pub mod mapping;
pub mod names;
pub mod no_list;
pub mod parent;
pub mod problem;
mod reading;
pub mod records;
pub mod refused;
pub mod rows;
pub mod sheet;
pub mod source;
mod survey;
pub mod text;
mod top;
pub mod words;

#[cfg(test)]
mod tests;
