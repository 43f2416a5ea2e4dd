//! On which day the rules may say something else of a child although nothing happened: a referral grows old, a first
//! meeting is late, a year has gone by since the child was seen.

use super::{AddressFact, EpisodeFact, Facts, Seen, Tier};
use crate::rules::calendar::{Calendar, FirstDay, last_day};
use crate::rules::policy::{Policy, PolicyKey};
use chrono::NaiveDate;

/// The first day after today on which [`super::assess`] may give another answer for the same facts; none if time alone
/// changes nothing. It may name a day on which nothing changes, never one too late.
#[must_use]
pub fn assess_again_on(facts: &Facts, policy: &Policy, calendar: &Calendar) -> Option<NaiveDate> {
    let day_after = |key, from| {
        let period = policy.always(key, Tier::Green).period();
        next_day(period.after(from, calendar))
    };
    let of_episodes = facts.episodes.iter().flat_map(|episode| {
        turns_of(
            episode,
            day_after(PolicyKey::SafeguardingLookBack, end(episode)),
        )
    });
    let moved = facts
        .moved_in_on
        .map(|on| day_after(PolicyKey::MovedRecently, on));
    let seen = match facts.seen {
        Seen::On(day) => Some(day_after(PolicyKey::NotSeenFor, day)),
        Seen::Never => Some(day_after(PolicyKey::FirstMeeting, facts.registered_on)),
        Seen::NotRecorded => None,
    };
    let address = match facts.address {
        AddressFact::Missing => Some(day_after(
            PolicyKey::AddressVerifiedFor,
            facts.registered_on,
        )),
        AddressFact::UnverifiedSince(recorded_on) => Some(day_after(
            PolicyKey::AddressVerifiedFor,
            recorded_on.max(facts.registered_on),
        )),
        AddressFact::VerifiedOn(_) | AddressFact::NotRecorded => None,
    };
    let of_moves = facts
        .moves
        .iter()
        .flat_map(|on| [*on, day_after(PolicyKey::MovedWithin, *on)]);
    of_episodes
        .chain(of_moves)
        .chain(
            [moved, seen, address, policy.changes_on()]
                .into_iter()
                .flatten(),
        )
        .filter(|day| *day > facts.today && *day < NaiveDate::MAX)
        .min()
}

/// The days on which an episode begins to count, ends, and is forgotten.
fn turns_of(episode: &EpisodeFact, forgotten_on: NaiveDate) -> [NaiveDate; 3] {
    [episode.started_on, next_day(end(episode)), forgotten_on]
}

fn end(episode: &EpisodeFact) -> NaiveDate {
    episode.ended_on.unwrap_or(NaiveDate::MAX)
}

fn next_day(day: NaiveDate) -> NaiveDate {
    last_day(day, 1, FirstDay::DoesNotCount)
}
