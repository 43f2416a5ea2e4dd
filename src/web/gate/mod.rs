//! What every request passes before a handler sees it, and what its answer carries: who asks, the form's token, cookies,
//! what is sealed against change, at which pace it has to come, the headers that a browser is told to obey, and the
//! reference under which the log knows it.

pub mod cookies;
pub mod csrf;
pub mod guard;
pub mod headers;
pub mod pace;
pub mod seal;
pub mod trace;
