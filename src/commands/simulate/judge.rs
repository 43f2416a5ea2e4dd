//! What must hold at the end, judged by the mail server's own record and by what people are known to have done.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use hearth::duty::lapse::{self, ToldByMail};
use hearth::register::registration;

use super::super::Failure;
use super::counts::Counts;
use super::mail_server::{Heard, RefusedMail, Taken, TriedAgain, reference_of};
use super::program::Program;
use super::store;
use super::verdict::{Verdict, first_broken};
use super::world::{Deed, World};

/// Judges; gives the first promise that is broken.
pub fn judge(
    program: &mut Program,
    world: &World,
    counts: &mut Counts,
) -> Result<Verdict, Failure> {
    let taken = program.mail_server.taken();
    let refused = program.mail_server.refused();
    let authority = world.staff.authority;
    let told = program.read(|conn| Ok(lapse::all_told(conn, authority)?))?;
    counts.steps = told.len();
    counts.carried_over = number(program.read(|conn| Ok(store::carried_over(conn)?))?);
    counts.booked_elsewhere = number(program.read(|conn| Ok(store::booked_elsewhere(conn)?))?);
    let untended = untended(program, world, counts)?;
    Ok(first_broken([
        (
            "Every step that was told reached a person",
            unheard(&told, &taken, &refused),
        ),
        (
            "No mail went out twice, unless its server was not heard or a person had it tried again",
            twice(&taken, &program.mail_server.tried_again()),
        ),
        (
            "Every lapse that a mail names was told with it",
            not_written_down(&told, &taken),
        ),
        (
            "No lapse was closed without a person, or a door with evidence",
            untended,
        ),
    ]))
}

fn number(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}

/// Steps whose mail the server never took with the lapse in it, by name or, in a long one, by number; where it was refused for good, somebody got another
/// mail that says so, or a mail on that one's being refused.
fn unheard(told: &[ToldByMail], taken: &[Taken], refused: &[RefusedMail]) -> Vec<String> {
    let by_id: HashMap<&str, &Taken> = arrived(taken)
        .map(|mail| (mail.message_id.as_str(), mail))
        .collect();
    let mut lapses: HashMap<&str, HashSet<&str>> = HashMap::new();
    for step in told {
        let of_mail = lapses.entry(&step.message_id).or_default();
        of_mail.insert(step.lapse.as_str());
    }
    let reported = reported(taken, refused);
    let is_heard = |step: &&ToldByMail| match by_id.get(step.message_id.as_str()) {
        Some(mail) => {
            let all = lapses.get(step.message_id.as_str()).map_or(0, HashSet::len);
            let is_counted = mail.more > 0 && mail.names.len() + mail.more >= all;
            mail.to == step.recipient && (mail.names.contains(step.lapse.as_str()) || is_counted)
        }
        None => reported.contains(step.mail.as_str()),
    };
    told.iter()
        .filter(|step| !is_heard(step))
        .map(in_words)
        .collect()
}

/// The mails that were taken and did not come back.
fn arrived(taken: &[Taken]) -> impl Iterator<Item = &Taken> {
    taken.iter().filter(|mail| !mail.came_back)
}

/// The mails of which somebody was told that they did not arrive.
fn reported<'a>(taken: &'a [Taken], refused: &'a [RefusedMail]) -> HashSet<&'a str> {
    let named = arrived(taken).flat_map(|mail| &mail.names);
    let mut reported: HashSet<&str> = named.map(String::as_str).collect();
    // A report comes after what it tells of, so backwards once is enough.
    for report in refused.iter().rev() {
        if reported.contains(report.mail.as_str()) {
            reported.extend(report.names.iter().map(String::as_str));
        }
    }
    reported
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

/// Mails that were taken again although the program had heard that they were taken, that no person had tried again, and of which
/// no copy came back by our own fault.
fn twice(taken: &[Taken], tried_again: &[TriedAgain]) -> Vec<String> {
    let mut heard: HashSet<&str> = HashSet::new();
    // Copies that nobody heard were taken and that come back later, when another is heard of: nobody can tell which it was.
    let mut to_come_back: HashSet<&str> = HashSet::new();
    let mut again = Vec::new();
    let mut wishes = tried_again.iter().peekable();
    for (place, mail) in taken.iter().enumerate() {
        while let Some(wish) = wishes.next_if(|wish| wish.after <= place) {
            heard.remove(wish.mail.as_str());
        }
        let reference = reference_of(&mail.message_id);
        if heard.contains(reference) && !to_come_back.remove(reference) {
            again.push(format!("{} to {}", mail.message_id, mail.to));
        }
        match (mail.heard, mail.goes_again) {
            (Heard::Yes, false) => {
                heard.insert(reference);
            }
            (Heard::Yes, true) => {}
            (Heard::Dropped | Heard::Died, true) => {
                to_come_back.insert(reference);
            }
            (Heard::Dropped | Heard::Died, false) => {}
        }
    }
    again
}

/// Mails of the ladder that name a lapse of which it is not written down that they told it.
fn not_written_down(told: &[ToldByMail], taken: &[Taken]) -> Vec<String> {
    let written: HashSet<(&str, &str)> = told
        .iter()
        .map(|step| (step.message_id.as_str(), step.lapse.as_str()))
        .collect();
    let mut missing = Vec::new();
    for mail in taken.iter().filter(|mail| !mail.is_weekly) {
        let lapses = mail.names.iter().filter(|name| name.starts_with('L'));
        let unknown = lapses.filter(|name| !written.contains(&(&mail.message_id, name)));
        missing.extend(unknown.map(|name| format!("{name} in {}", mail.message_id)));
    }
    missing
}

/// Lapses that were closed at a moment at which nobody did anything about the child that may close one, or as the child
/// left without the evidence that was given; and those of returns that nobody sent.
fn untended(
    program: &mut Program,
    world: &World,
    counts: &mut Counts,
) -> Result<Vec<String>, Failure> {
    let mut untended = Vec::new();
    for pupil in &world.pupils {
        let lapses = program.read(|conn| Ok(lapse::of_child(conn, pupil.key)?))?;
        counts.lapses += lapses.len();
        if lapses.is_empty() {
            continue;
        }
        let times = program.read(|conn| Ok(registration::of_child(conn, pupil.key)?))?;
        for lapse in lapses {
            let is_tended = |at: &NaiveDateTime| match pupil.deeds.get(at) {
                Some(Deed::Checked) => true,
                Some(Deed::LetLeave(evidence)) => times
                    .iter()
                    .any(|time| time.ended.is_some() && time.evidence.ends_with(evidence)),
                None => false,
            };
            if lapse.closed.as_ref().is_some_and(|(at, _)| !is_tended(at)) {
                untended.push(format!("{} of {}", lapse.reference, pupil.reference));
            }
        }
    }
    let of_returns = program.read(|conn| Ok(store::lapses(conn)?))?;
    for lapse in of_returns.iter().filter(|lapse| lapse.child.is_none()) {
        counts.lapses += 1;
        let is_tended = |at: &NaiveDateTime| world.duties_done.contains(at);
        if lapse.closed_at.as_ref().is_some_and(|at| !is_tended(at)) {
            untended.push(format!("{} of a return", lapse.reference));
        }
    }
    Ok(untended)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use hearth::rules::escalation::{Post, Step};
    use hearth::rules::identifiers::Reference;

    fn told(mail: &str) -> ToldByMail {
        ToldByMail {
            lapse: Reference::parse("L-7K4M-2QXD").unwrap(),
            step: Step::Lapsed,
            post: Post::Officer,
            recipient: "sam@example.com".to_owned(),
            mail: mail.to_owned(),
            message_id: format!("<{mail}@x>"),
        }
    }

    fn taken(mail: &str, names: &[&str], heard: Heard) -> Taken {
        let names = names.iter().map(|name| (*name).to_owned());
        Taken::of(
            &format!("<{mail}@x>"),
            "sam@example.com",
            names.collect(),
            heard,
        )
    }

    fn refused(mail: &str, names: &[&str]) -> RefusedMail {
        let names = names.iter().map(|name| (*name).to_owned());
        RefusedMail {
            mail: mail.to_owned(),
            names: names.collect(),
        }
    }

    #[test]
    fn a_step_is_heard_with_its_own_mail_or_by_a_report_at_the_end_of_the_chain() {
        let step = [told("M-AAAA-0000")];
        let lapse = "L-7K4M-2QXD";
        let own = taken("M-AAAA-0000", &[lapse], Heard::Dropped);
        let empty = taken("M-AAAA-0000", &[], Heard::Yes);
        assert!(unheard(&step, &[own], &[]).is_empty());
        assert_eq!(unheard(&step, &[empty], &[]).len(), 1);
        assert_eq!(unheard(&step, &[], &[]).len(), 1);
        let mut back = taken("M-AAAA-0000", &[lapse], Heard::Yes);
        back.came_back = true;
        assert_eq!(unheard(&step, &[back], &[]).len(), 1);

        let first = refused("M-AAAA-0000", &[lapse]);
        let report = refused("M-BBBB-0000", &["M-AAAA-0000"]);
        let chain = [first, report];
        assert_eq!(unheard(&step, &[], &chain).len(), 1);
        let heard = taken("M-CCCC-0000", &["M-BBBB-0000"], Heard::Yes);
        assert!(unheard(&step, &[heard], &chain).is_empty());
    }

    #[test]
    fn a_mail_goes_again_only_when_its_server_was_not_heard_or_a_person_wants_it() {
        let mail = |heard| taken("M-AAAA-0000", &[], heard);
        let fine = [Heard::Dropped, Heard::Died, Heard::Yes].map(mail);
        assert!(twice(&fine, &[]).is_empty());
        let again = [Heard::Yes, Heard::Dropped].map(mail);
        assert_eq!(twice(&again, &[]).len(), 1);
        let wish = |after| TriedAgain {
            mail: "M-AAAA-0000".to_owned(),
            after,
        };
        assert!(twice(&again, &[wish(1)]).is_empty());
        // Of two copies, the one that nobody heard of comes back later by our own fault: then it goes once more.
        let mut unheard = mail(Heard::Dropped);
        unheard.goes_again = true;
        let mut copies = vec![unheard, mail(Heard::Yes), mail(Heard::Yes)];
        assert!(twice(&copies, &[]).is_empty());
        copies.push(mail(Heard::Yes));
        assert_eq!(twice(&copies, &[]).len(), 1);
        assert_eq!(twice(&again, &[wish(0)]).len(), 1);
    }

    #[test]
    fn a_mail_tells_no_lapse_that_is_not_written_down() {
        let mail = [taken("M-AAAA-0000", &["L-7K4M-2QXD"], Heard::Yes)];
        assert!(not_written_down(&[told("M-AAAA-0000")], &mail).is_empty());
        assert_eq!(not_written_down(&[told("M-BBBB-0000")], &mail).len(), 1);
    }
}
