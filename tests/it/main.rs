//! The program as its users meet it: the real server on a free port, a fresh database, real mail, a browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod absences;
mod admin_mail;
mod app;
mod architecture;
mod backups;
mod bounces;
mod browser;
mod capacity;
mod check_pages;
mod chromium;
mod command_line;
mod databases;
mod delivery;
mod documents;
mod doors;
mod faults;
mod health;
mod imports;
mod kills;
mod mail_fault;
mod migrations;
mod moving_checks;
mod notify;
mod operations;
mod out_of_sight;
mod packaging;
mod parent;
mod policy;
#[cfg(feature = "postgres")]
mod postgres;
mod register_pages;
mod register_scene;
mod registers;
mod routes;
mod servers;
mod serving;
#[path = "../shared/mod.rs"]
mod shared;
mod sign_in;
mod simulation;
mod smtp;
mod stopping;
mod told;
mod unplaced;
mod upgrades;
mod webdriver;
mod why_this_day;
mod worst_lists;
