//! Which lists of children who may be lost from sight an authority keeps, as its policy draws their lines today; the
//! front page, the lists and the mails all ask here.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::access::AccountKey;
use crate::db::{self, Conn};
use crate::policy::rulebook::Rulebook;
use crate::register::ChildKey;
use crate::register::out_of_sight::{SightFilter, Worry};
use crate::rules::codes::code_list;
use crate::rules::policy::{Policy, PolicyKey};
use crate::rules::tier::Tier;
use crate::rules::verification::VerifiedSince;
use crate::visit::store;

code_list! {
    /// A list of children who may be lost from sight.
    pub enum SightList {
        Never = "never", "Never seen in person";
        Long = "long", "Not seen for too long";
        NotRecorded = "not-recorded", "Not recorded whether ever seen";
        Unverified = "unverified", "Address not verified";
        Conflicts = "conflicts", "Two addresses to settle";
        Lost = "lost", "Whereabouts unknown";
        Resting = "resting", "Checks that rest";
    }
}

impl SightList {
    /// The list as the policy has it today, of everybody's children or of one officer's.
    #[must_use]
    pub fn asked(self, rulebook: &Rulebook, officer: Option<AccountKey>) -> SightFilter {
        let Rulebook {
            policy,
            calendar,
            today,
        } = rulebook;
        let worry = match self {
            Self::Never => Worry::NeverSeen,
            Self::NotRecorded => Worry::SeenNotRecorded,
            Self::Long => {
                let period = policy.always(PolicyKey::NotSeenFor, Tier::Green).period();
                Worry::NotSeenSince(period.counts_from(*today, calendar))
            }
            Self::Unverified => Worry::Unverified(VerifiedSince::by(policy, calendar, *today)),
            Self::Conflicts => Worry::TwoAddresses,
            Self::Lost => Worry::Lost,
            Self::Resting => Worry::Resting(*today),
        };
        SightFilter { worry, officer }
    }

    /// Who is on it, in one sentence.
    #[must_use]
    pub fn in_words(self, policy: &Policy) -> String {
        let period = |key| policy.always(key, Tier::Green).period().words();
        match self {
            Self::Never => "No professional has seen these children in person since they came onto the register.".to_owned(),
            Self::Long => format!(
                "These children were last seen in person more than {} ago.",
                period(PolicyKey::NotSeenFor)
            ),
            Self::NotRecorded => "These children came with a list that does not say whether anybody has seen them in person, and nobody has since.".to_owned(),
            Self::Unverified => format!(
                "Nobody has made sure in the last {} of where these children live, or no address is held.",
                period(PolicyKey::AddressVerifiedFor)
            ),
            Self::Conflicts => "Another address was told for these children than the one that is held. Settle which is right before anybody visits.".to_owned(),
            Self::Lost => "Nobody knows where these children are. Each has a check to find them.".to_owned(),
            Self::Resting => "The checks of these children rest while social care leads: nobody is told of what falls due. They wake on the day after the last day of the rest, and only a manager lets them rest longer.".to_owned(),
        }
    }
}

/// Where these children were last seen in person, with the day, as far as an outcome says so.
pub fn places(
    conn: &mut Conn,
    children: &[ChildKey],
) -> db::Result<HashMap<ChildKey, (NaiveDate, String)>> {
    store::outcome::places_seen(conn, children)
}
