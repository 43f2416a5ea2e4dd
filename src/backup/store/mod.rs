//! What is asked of a register and of its copy.

pub mod contents;
