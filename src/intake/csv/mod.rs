//! Reads the list of children an authority already has, as a spreadsheet saved as CSV.
//!
//! `text` makes characters of the bytes, `sheet` finds the headings, `headings` says what they mean, `rows` walks
//! the lines below them, `child` turns a line into a child or into everything that is wrong with it, and `refused`
//! writes the lines that could not be read, for a person to mend. Nothing here touches the database or reads a clock.

pub mod address;
pub mod child;
pub mod column;
pub mod heading;
pub mod headings;
pub mod mapping;
pub mod names;
pub mod parent;
pub mod problem;
mod reading;
pub mod records;
pub mod refused;
pub mod rows;
pub mod sheet;
pub mod text;
pub mod words;

#[cfg(test)]
mod tests;
