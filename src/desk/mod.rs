//! What somebody sees first: my work, the team's, the week's digest, and who may be lost from sight.

pub mod diary;
pub mod out_of_sight;
mod store;
pub mod weekly;
