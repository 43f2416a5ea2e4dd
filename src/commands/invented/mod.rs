//! People and places that do not exist, for the demonstration and the simulation: who they are (`families`, `words`), how
//! the rooms of the register take them in (`entries`), and who works there (`colleagues`).

pub mod colleagues;
pub mod entries;
pub mod families;
pub mod words;

use hearth::db::DbError;

/// What people do here is refused for reasons that nobody is there to mend; the database's are told as they are.
pub fn refused(what: &str, why: impl std::fmt::Display) -> DbError {
    DbError::Corrupt(format!("the invented authority could not {what}: {why}"))
}
