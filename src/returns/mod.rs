//! What the authority sends to others: the termly census return, as a duty about no child.

pub mod census;
