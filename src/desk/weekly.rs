//! Once a week, how the register stands, to the team leader: what is due, what has lapsed and who has not been seen, each
//! number with the page that lists exactly that many, and every open lapse that nobody has answered for.

use chrono::{Datelike, Days, NaiveDate};

use super::out_of_sight::SightList;
use super::store;
use super::store::diary::DiaryFilter;
use crate::access::authority::{self, Authority};
use crate::access::{AuthorityKey, Viewer, accounts};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::posts::{HeardOf, Hearer, Posts};
use crate::duty::whose::Whose;
use crate::duty::{lapse_list, notice};
use crate::mail::messages::{Figure, WeeklyDigest, WeeklyLapse};
use crate::mail::{Letter, Topic, outbox};
use crate::policy::rulebook::{self, Rulebook};
use crate::register::out_of_sight;
use crate::rules::dates::spoken;
use crate::rules::duty::Called;
use crate::rules::escalation::Post;
use crate::rules::policy::PolicyKey;
use crate::rules::tier::Tier;

/// The page of the lapses that nobody has answered for.
const UNANSWERED: &str = "/lapses?answered=no";

/// The Monday of the week of a day.
pub fn monday(day: NaiveDate) -> NaiveDate {
    let since = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(since)).unwrap_or(day)
}

/// Writes to an authority's team leaders, or whoever is told in their place, once a week; gives how many letters that
/// were. Nobody is written to when every number is nought.
pub fn tell(tx: &mut Conn, authority: AuthorityKey, base_url: &str, at: At) -> Result<usize> {
    let rulebook = rulebook::load(tx, authority, at.today())?;
    let authority = authority::by_key(tx, authority)?;
    let Some(heard) =
        Posts::of(tx, &authority, at.today())?.who(Post::TeamLeader, HeardOf::default())
    else {
        return Ok(0);
    };
    let letterhead = authority.letterhead(base_url);
    let mut letters = 0;
    for person in &heard.people {
        let viewer = eyes(tx, &authority, person)?;
        let figures = figures(tx, &viewer, &rulebook, base_url)?;
        if figures.iter().all(|figure| figure.number == 0) {
            continue;
        }
        let (lapses, unanswered) = unanswered(tx, &viewer, &rulebook)?;
        let digest = WeeklyDigest {
            monday: monday(at.today()),
            told_as: heard.post,
            in_place_of: person.in_place_of.iter().cloned().collect(),
            figures,
            lapses,
            unanswered,
            link: format!("{base_url}{UNANSWERED}"),
        };
        let letter = Letter {
            key: format!("{}:{}:{}", authority.code, monday(at.today()), person.email),
            authority: authority.key,
            letterhead: &letterhead,
            to: person.email.clone(),
            about: Topic::General,
            message: digest.render(&letterhead)?,
        };
        outbox::put(tx, &letter, at.now())?;
        letters += 1;
    }
    Ok(letters)
}

/// The person's own eyes, so that the numbers are those of the pages they will open; a mailbox sees what the program does.
fn eyes(conn: &mut Conn, authority: &Authority, person: &Hearer) -> Result<Viewer> {
    let account = accounts::by_email(conn, authority.key, &person.email)?;
    Ok(match account {
        Some(account) => Viewer::of_person(authority.key, account.key, account.role, account.name),
        None => Viewer::program(authority.key, "weekly digest"),
    })
}

fn figures(
    conn: &mut Conn,
    viewer: &Viewer,
    rulebook: &Rulebook,
    base_url: &str,
) -> Result<Vec<Figure>> {
    let Rulebook { policy, today, .. } = rulebook;
    let soon = notice::soon(rulebook);
    let due = DiaryFilter {
        viewer,
        whose: Whose::Team,
        due: *today..=soon,
        today: *today,
    };
    let checks = store::diary::count(conn, &due)?;
    let others = store::diary::count_of_posts(conn, &due)?;
    let what = match Called::together(others.iter().map(|(kind, _)| *kind)) {
        _ if others.is_empty() => "Checks",
        Called::Return => "Checks and returns",
        Called::Check | Called::Duty => "Duties",
    };
    let others: i64 = others.iter().map(|(_, count)| count).sum();
    let open = lapse_list::count(conn, viewer, Whose::Team, *today)?;
    let long = policy.always(PolicyKey::NotSeenFor, Tier::Green).period();
    let on = |conn: &mut Conn, list: SightList| {
        out_of_sight::count(conn, viewer, &list.asked(rulebook, None))
    };
    let of = |label: String, number: i64, path: &str| Figure {
        label,
        number,
        link: format!("{base_url}{path}"),
    };
    Ok(vec![
        of(
            format!("{what} due from today to {}", spoken(soon)),
            checks + others,
            "/work?whose=team",
        ),
        of("Open lapses".to_owned(), open.total, "/lapses"),
        of(
            "Open lapses that nobody has answered for".to_owned(),
            open.unanswered(),
            UNANSWERED,
        ),
        of(
            "Children never seen in person".to_owned(),
            on(conn, SightList::Never)?,
            "/children/unseen?which=never",
        ),
        of(
            format!("Children not seen in person for {}", long.words()),
            on(conn, SightList::Long)?,
            "/children/unseen?which=long",
        ),
        of(
            "Children whose current address is not verified".to_owned(),
            on(conn, SightList::Unverified)?,
            "/children/unverified",
        ),
        of(
            "Children with two addresses to settle".to_owned(),
            on(conn, SightList::Conflicts)?,
            "/children/conflicts",
        ),
        of(
            "Children whose whereabouts nobody knows".to_owned(),
            on(conn, SightList::Lost)?,
            "/children/lost",
        ),
        of(
            "Children whose checks rest".to_owned(),
            on(conn, SightList::Resting)?,
            "/children/resting",
        ),
    ])
}

/// The lapses that nobody has answered for, the longest over first, and how many there are.
fn unanswered(
    conn: &mut Conn,
    viewer: &Viewer,
    rulebook: &Rulebook,
) -> Result<(Vec<WeeklyLapse>, usize)> {
    let (today, calendar) = (rulebook.today, &rulebook.calendar);
    let open = lapse_list::unanswered(conn, viewer, today)?;
    let total = open.len();
    let lapses = open.into_iter().take(WeeklyDigest::LISTED);
    let lapses = lapses.map(|(reference, check, due_on)| WeeklyLapse {
        reference,
        check: check.label().to_owned(),
        due_on,
        working_days_over: calendar.working_days_between(due_on, today),
    });
    Ok((lapses.collect(), total))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        for (day, begins) in [
            ("2026-11-23", "2026-11-23"),
            ("2026-11-29", "2026-11-23"),
            ("2027-01-01", "2026-12-28"),
            ("2024-02-29", "2024-02-26"),
        ] {
            assert_eq!(monday(day.parse().unwrap()).to_string(), begins);
        }
    }
}
