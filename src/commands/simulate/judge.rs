//! What must hold at the end, judged by the mail server's own record and by what people are known to have done.

use std::collections::{HashMap, HashSet};

use hearth::checks::lapse::{self, ToldByMail};

use super::super::Failure;
use super::mail_server::{Heard, Taken};
use super::program::Program;
use super::run::Counts;
use super::world::World;

/// A promise that is broken, and by what.
type Verdict = Option<(String, Vec<String>)>;

/// Judges; gives the first promise that is broken.
pub fn judge(
    program: &mut Program,
    world: &World,
    counts: &mut Counts,
) -> Result<Verdict, Failure> {
    let taken = program.mail_server.taken();
    let authority = world.staff.authority;
    let told = program.read(|conn| Ok(lapse::all_told(conn, authority)?))?;
    counts.steps = told.len();
    let untended = untended(program, world, counts)?;
    let verdicts = [
        (
            "Every step that was told reached a person",
            unheard(&told, &taken),
        ),
        (
            "No mail went out twice, unless its server never said that it had it",
            twice(&taken),
        ),
        (
            "Every lapse that a mail names was told with it",
            not_written_down(&told, &taken),
        ),
        ("No lapse was closed without a person", untended),
    ];
    let broken = verdicts.into_iter().find(|(_, names)| !names.is_empty());
    Ok(broken.map(|(promise, names)| (promise.to_owned(), names)))
}

/// Steps whose mail the server never took with the lapse in it; where it was refused for good, another mail that
/// somebody got must name that one.
fn unheard(told: &[ToldByMail], taken: &[Taken]) -> Vec<String> {
    let by_id: HashMap<&str, &Taken> = taken
        .iter()
        .map(|mail| (mail.message_id.as_str(), mail))
        .collect();
    let named: HashSet<&str> = taken
        .iter()
        .flat_map(|mail| mail.names.iter().map(String::as_str))
        .collect();
    let is_heard = |step: &&ToldByMail| match by_id.get(step.message_id.as_str()) {
        Some(mail) => mail.to == step.recipient && mail.names.contains(step.lapse.as_str()),
        None => named.contains(step.mail.as_str()),
    };
    told.iter()
        .filter(|step| !is_heard(step))
        .map(in_words)
        .collect()
}

fn in_words(step: &ToldByMail) -> String {
    format!(
        "{} {} for {} in {} to {}",
        step.lapse,
        step.step.as_str(),
        step.post.as_str(),
        step.mail,
        step.recipient
    )
}

/// Mails that were taken again although the program had heard that they were taken.
fn twice(taken: &[Taken]) -> Vec<String> {
    let mut heard: HashSet<&str> = HashSet::new();
    let mut again = Vec::new();
    for mail in taken {
        if heard.contains(mail.message_id.as_str()) {
            again.push(format!("{} to {}", mail.message_id, mail.to));
        }
        if mail.heard == Heard::Yes {
            heard.insert(&mail.message_id);
        }
    }
    again
}

/// Mails that name a lapse of which it is not written down that they told it.
fn not_written_down(told: &[ToldByMail], taken: &[Taken]) -> Vec<String> {
    let written: HashSet<(&str, &str)> = told
        .iter()
        .map(|step| (step.message_id.as_str(), step.lapse.as_str()))
        .collect();
    let mut missing = Vec::new();
    for mail in taken {
        let lapses = mail.names.iter().filter(|name| name.starts_with('L'));
        let unknown = lapses.filter(|name| !written.contains(&(&mail.message_id, name)));
        missing.extend(unknown.map(|name| format!("{name} in {}", mail.message_id)));
    }
    missing
}

/// Lapses that were closed at a moment at which nobody did anything about the child.
fn untended(
    program: &mut Program,
    world: &World,
    counts: &mut Counts,
) -> Result<Vec<String>, Failure> {
    let mut untended = Vec::new();
    for pupil in &world.pupils {
        let lapses = program.read(|conn| Ok(lapse::of_child(conn, pupil.key)?))?;
        counts.lapses += lapses.len();
        for lapse in lapses {
            let nobody = |at| !pupil.moments.contains(at);
            if lapse.closed.as_ref().is_some_and(|(at, _)| nobody(at)) {
                untended.push(format!("{} of {}", lapse.reference, pupil.reference));
            }
        }
    }
    Ok(untended)
}
