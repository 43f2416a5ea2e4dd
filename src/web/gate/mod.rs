//! What every request passes before a handler sees it, and what its answer carries: who asks, the form's token, cookies,
//! what is sealed against change, at which pace it has to come, and the headers that a browser is told to obey.

pub mod cookies;
pub mod csrf;
pub mod guard;
pub mod headers;
pub mod pace;
pub mod seal;
