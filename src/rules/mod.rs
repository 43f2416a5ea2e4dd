//! What law and policy say: pure functions over plain values. Today is an argument; nothing here reads a clock,
//! a database or a request.
//!
//! - [`codes`]: the closed lists of values (sex, reason, kind of episode …) with stable keys and words for a page.
//! - [`calendar`]: working days and bank holidays, and whether the first day of a period counts.
//! - [`terms`]: academic years.
//! - [`capacity`]: what is due in a week, what the officers can do, and how a backlog is spread.
//! - [`age`]: compulsory school age and the expected year group.
//! - [`dates`]: dates as people and spreadsheets write them, and as Hearth says them.
//! - [`identifiers`]: UPN, NHS number, postcode, UPRN, telephone, email, and the references Hearth gives out:
//!   parsed, or a reason that tells the person what to do.
//! - [`names`]: names folded so that they are found without their marks.
//! - [`policy`]: the periods of the authority's policy at a date: value, unit, source. What is not in force is off.
//! - [`text`]: what is kept of a text: nothing that cannot be seen.
//! - [`tier`]: from the facts on record to green, amber or red, with the reasons.
//! - [`duty`]: the kinds of duties, and all that depends on the kind.
//! - [`census`]: the days of the termly census, and by when its return is sent.
//! - [`rulebook`]: what the rules need to know besides the facts of a case.
//! - [`same_child`]: whether two records, rows or forms are about one child.
//! - [`schedule`]: which check comes next, due when, and why then.
//! - [`spell`]: a child's times on the register, as the rows of lists tell of them.
//! - [`outcome`]: whether what happened satisfies the check, and what Hearth does about a failed visit.
//! - [`postponement`]: how far a check may be put off, and who hears of it.
//! - [`rest`]: when a rest renews the one before, and when those above hear of it.
//! - [`closure`]: through which doors a child leaves the register, and with what evidence.
//! - [`notice`]: which notice is owed before a check is due.
//! - [`escalation`]: which step of the ladder a lapse owes today, and to whom.
//! - [`verification`]: whether an address is known well enough to send somebody there.
//! - [`history`]: which days of an address, an episode or a verification can be true.
//! - [`delivery`]: what to do with an email after the mail server's answer.
//! - [`bounce`]: what a report on an email that came back says of it.

pub mod age;
pub mod bounce;
pub mod calendar;
pub mod capacity;
pub mod census;
pub mod closure;
pub mod codes;
pub mod dates;
pub mod delivery;
pub mod duty;
pub mod escalation;
pub mod history;
pub mod identifiers;
pub mod names;
pub mod notice;
pub mod outcome;
pub mod policy;
pub mod postponement;
pub mod rest;
pub mod rulebook;
pub mod same_child;
pub mod schedule;
pub mod spell;
pub mod terms;
pub mod text;
pub mod tier;
pub mod verification;
