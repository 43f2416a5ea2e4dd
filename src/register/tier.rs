//! How closely the schedule follows a child, with the sentences behind it; earlier assessments are kept with their dates.

use chrono::NaiveDateTime;

use super::{ChildKey, store};
use crate::db::{Conn, Result};
use crate::rules::tier::Tier;

/// What a new assessment changed of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierChange {
    Nothing,
    /// Only why the child has the tier.
    Reasons,
    Tier,
}

/// Writes a tier with the sentences behind it, if one of them changed; the old one is kept with its dates.
/// Gives what changed.
pub fn set(
    tx: &mut Conn,
    child: ChildKey,
    tier: Tier,
    sentences: &[String],
    decided_by: &str,
    now: NaiveDateTime,
) -> Result<TierChange> {
    let reasons = sentences.join("\n");
    let held = store::tier::held(tx, child)?;
    if held
        .as_ref()
        .is_some_and(|held| held.tier == tier && held.reasons == reasons)
    {
        return Ok(TierChange::Nothing);
    }
    store::tier::end(tx, child, now)?;
    store::tier::begin(tx, child, tier, &reasons, decided_by, now)?;
    let Some(held) = held else {
        store::tier::set_tier(tx, child, tier, now)?;
        return Ok(TierChange::Tier);
    };
    if held.tier != tier {
        store::tier::set_tier(tx, child, tier, now)?;
        return Ok(TierChange::Tier);
    }
    // What began in this very moment was never held: a child is put on the register and assessed in one transaction.
    let was_held = held.held_from != now;
    Ok(if was_held {
        TierChange::Reasons
    } else {
        TierChange::Nothing
    })
}

/// The sentences behind the child's present tier.
pub fn reasons(conn: &mut Conn, child: ChildKey) -> Result<Vec<String>> {
    let held = store::tier::held(conn, child)?;
    Ok(held
        .map(|held| held.reasons.lines().map(str::to_owned).collect())
        .unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::child;
    use crate::register::testing::{day, now, world};
    use crate::rules::tier::TierReason;

    #[test]
    fn tiers_are_kept_with_their_dates_and_written_only_when_something_changed() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let amber = [TierReason::Ehcp, TierReason::AddressMissing];
        let set = |reasons: &[TierReason], at| {
            let sentences: Vec<String> = reasons.iter().map(TierReason::sentence).collect();
            world.run(|tx| super::set(tx, key, Tier::Amber, &sentences, "rules", at))
        };
        assert_eq!(set(&amber, now()), TierChange::Tier);
        assert_eq!(set(&amber, now()), TierChange::Nothing);
        let record = world
            .run(|conn| child::find(conn, &world.officer, &reference))
            .unwrap();
        assert_eq!(record.tier, Tier::Amber);
        let reasons = world.run(|conn| super::reasons(conn, key));
        assert_eq!(
            reasons,
            [
                TierReason::Ehcp.sentence(),
                TierReason::AddressMissing.sentence()
            ]
        );
        let fewer = [TierReason::Ehcp];
        let tomorrow = now() + chrono::TimeDelta::days(1);
        assert_eq!(set(&fewer, tomorrow), TierChange::Reasons);
        assert_eq!(world.run(|conn| super::reasons(conn, key)).len(), 1);
        assert_eq!(world.run(|conn| store::tier::history_length(conn, key)), 2);
    }
}
