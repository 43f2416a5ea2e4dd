//! What somebody looks at first: their work, the lists of the register, a search, and what the team can do.

pub mod capacity;
pub mod children;
pub mod lapses;
pub mod out_of_sight;
pub mod search;
pub mod told;
pub mod work;
