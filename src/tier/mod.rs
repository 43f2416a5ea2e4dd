//! The facts that a child's tier depends on, what the rules say of them, and what a manager decided instead.

pub mod deciding;
pub mod decision;
pub mod facts;
mod store;
pub mod tiering;
