//! HTTP in, HTML out: no SQL and no rules live here.
//!
//! A handler reads a [`form::Submitted`] form, calls one function of an inner room and gives back an
//! [`answer`]: a page, the same page refused (422), or a redirect. What may go wrong is an [`error::WebError`].

pub mod account;
pub mod admin;
pub mod answer;
pub mod app;
pub mod assets;
pub mod caller;
pub mod colour;
mod embedded;
pub mod error;
mod filters;
pub mod form;
pub mod gate;
pub mod health;
pub mod identity;
pub mod metrics;
pub mod named;
pub mod officer;
pub mod page;
pub mod pages;
pub mod parent;
pub mod policy;
pub mod routes;
pub mod server;
pub mod watchman;

#[cfg(test)]
mod components_tests;
