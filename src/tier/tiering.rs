//! Gathers the facts of a child for the tier rule and writes what it says. Called on every new fact.

use chrono::NaiveDate;

use super::decision::{self, TierDecision};
use super::facts::{BY_THE_RULES, found, gather, sentences};
use crate::access::{Act, Action, AuthorityKey, Subject, Viewer};
use crate::clock::At;
use crate::db::{Conn, Result};
use crate::duty::ladder;
use crate::duty::owed::{self, Duty};
use crate::policy::rulebook::Rulebook;
use crate::policy::{reassessment, rulebook};
use crate::register::tier::TierChange;
use crate::register::{self, ChildKey};
use crate::rules::schedule::{Situation, brought_forward, raised};
use crate::rules::tier::{Assessment, Tier, assess, assess_again_on};

/// Assesses a child again, and raises the checks that the facts ask for beside the schedule. When the tier rises, open
/// checks that would now be due earlier are brought forward (their original due day stays); writes the audit event when
/// the tier or a reason changed.
pub fn reassess(act: &mut Act<'_>, child: ChildKey) -> Result<Tier> {
    let assessed = assess_anew(act, child)?;
    assessed.raise(act, child)?;
    Ok(assessed.tier)
}

/// As [`reassess`], but raises no check yet: whoever calls this closes some first, and then asks for it.
pub fn assess_anew(act: &mut Act<'_>, child: ChildKey) -> Result<Assessed> {
    let rulebook = rulebook::of(act)?;
    let everything = Viewer::program(act.viewer.authority(), BY_THE_RULES);
    let record = found(act.tx, &everything, child)?;
    let gathered = gather(act.tx, &everything, &record, rulebook.today)?;
    let Rulebook {
        policy, calendar, ..
    } = &*rulebook;
    let assessment = assess(&gathered.facts, policy, calendar);
    let decided = decision::held(act, child, &assessment, rulebook.today)?;
    let again = assess_again_on(&gathered.facts, policy, calendar);
    let given = GivenTier::of(&assessment, decided.as_ref());
    let again = record
        .status
        .is_open()
        .then(|| given.again_on(again))
        .flatten();
    reassessment::assess_again(act.tx, act.viewer.authority(), child, again)?;

    let change = register::tier::set(
        act.tx,
        child,
        given.tier,
        &given.sentences,
        &given.by,
        act.at.now(),
    )?;
    let noted = match change {
        TierChange::Nothing => None,
        TierChange::Reasons => Some((Action::TierReasonsChanged, given.reasons_in_words())),
        TierChange::Tier => {
            ladder::weigh_anew_of_child(act.tx, child)?;
            Some((Action::TierChanged, given.in_words(record.tier)))
        }
    };
    if let Some((action, detail)) = noted {
        act.note(
            action,
            Subject::of_child(child, record.reference.as_str()),
            &detail,
        )?;
    }
    if given.tier > record.tier {
        bring_forward(act, child, given.tier)?;
    }
    let raises = record.status.is_open().then_some(Situation {
        today: rulebook.today,
        tier: given.tier,
        unseen_since_move: gathered.unseen_since_move,
        another_claimed_on: gathered.another_claimed_on,
        last_seen_on: gathered.last_seen_on,
        contacts_not_in_person: gathered.facts.not_in_person_in_a_row,
    });
    Ok(Assessed {
        tier: given.tier,
        raises,
    })
}

/// A child who was assessed anew, and for whom the checks beside the schedule are still to be raised.
#[must_use]
pub struct Assessed {
    /// The child's tier now.
    pub tier: Tier,
    /// What may raise a check; none if the child is not on the register.
    raises: Option<Situation>,
}

impl Assessed {
    /// Owes what the facts ask for beside the schedule; writes the audit events.
    pub fn raise(&self, act: &mut Act<'_>, child: ChildKey) -> Result<()> {
        match &self.raises {
            Some(situation) => raise(act, child, situation),
            None => Ok(()),
        }
    }
}

/// Assesses a child again after a new fact, and its brothers and sisters, for whom the fact may count too.
pub fn reassess_family(act: &mut Act<'_>, child: ChildKey) -> Result<Tier> {
    let tier = reassess(act, child)?;
    let everything = Viewer::program(act.viewer.authority(), BY_THE_RULES);
    for sibling in register::person::siblings_of(act.tx, &everything, child)? {
        if let Some(record) = register::child::find(act.tx, &everything, &sibling.reference)? {
            reassess(act, record.key)?;
        }
    }
    Ok(tier)
}

/// Assesses the first children whose tier may be another by the passing of days, with their families; gives how many there
/// were, at most `limit`.
pub fn reassess_due(tx: &mut Conn, authority: AuthorityKey, limit: i64, at: At) -> Result<usize> {
    let due = reassessment::due(tx, authority, at.today(), limit)?;
    let program = Viewer::program(authority, BY_THE_RULES);
    let act = &mut Act::new(tx, &program, at);
    for child in &due {
        reassess_family(act, *child)?;
    }

    Ok(due.len())
}

/// The tier that a child is given, by the rules or by a person.
struct GivenTier {
    tier: Tier,
    by: String,
    sentences: Vec<String>,
    decided_until: Option<NaiveDate>,
}

impl GivenTier {
    fn of(assessment: &Assessment, decided: Option<&TierDecision>) -> Self {
        let by_rules = sentences(assessment);
        match decided {
            None => Self {
                tier: assessment.tier,
                by: BY_THE_RULES.to_owned(),
                sentences: by_rules,
                decided_until: None,
            },
            Some(decided) => Self {
                tier: decided.rule.tier,
                by: decided.by.clone(),
                sentences: [vec![decided.sentence()], by_rules].concat(),
                decided_until: Some(decided.rule.ends_on),
            },
        }
    }

    /// The day on which to look again: when the facts turn, or when the decision is over.
    fn again_on(&self, facts_turn_on: Option<NaiveDate>) -> Option<NaiveDate> {
        let over_on = self.decided_until.and_then(|last| last.succ_opt());
        facts_turn_on.into_iter().chain(over_on).min()
    }

    fn in_words(&self, before: Tier) -> String {
        let change = format!(
            "Tier changed from {} to {}.",
            before.as_str(),
            self.tier.as_str()
        );
        [change, self.sentences.join(" ")]
            .join(" ")
            .trim()
            .to_owned()
    }

    fn reasons_in_words(&self) -> String {
        let tier = self.tier.as_str();
        if self.sentences.is_empty() {
            return format!("Tier still {tier}, for no particular reason now.");
        }
        format!(
            "Tier still {tier}, for other reasons. {}",
            self.sentences.join(" ")
        )
    }
}

fn raise(act: &mut Act<'_>, child: ChildKey, situation: &Situation) -> Result<()> {
    let rulebook = rulebook::of(act)?;
    let lives_elsewhere =
        situation.unseen_since_move.is_some() || situation.another_claimed_on.is_some();
    if !lives_elsewhere && situation.contacts_not_in_person == 0 {
        return Ok(());
    }
    let open = owed::open_of_child(act.tx, child)?;
    let open: Vec<_> = open.iter().map(Duty::as_open).collect();
    let owed = raised(situation, &open, &rulebook.policy, &rulebook.calendar);
    if owed.is_empty() {
        return Ok(());
    }
    owed::owe(act, child, &owed, None)?;
    for owed in &owed {
        act.note(Action::CheckRaised, Subject::child(child), &owed.why)?;
    }
    Ok(())
}

fn bring_forward(act: &mut Act<'_>, child: ChildKey, tier: Tier) -> Result<()> {
    let rulebook = rulebook::of(act)?;
    for check in owed::open_of_child(act.tx, child)? {
        let Rulebook {
            policy,
            calendar,
            today,
        } = &*rulebook;
        let Some(sooner) = brought_forward(&check.as_open(), tier, policy, calendar, *today) else {
            continue;
        };
        owed::move_to(act.tx, check.key, sooner.due_on, &sooner.why)?;
        act.note(
            Action::CheckBroughtForward,
            Subject::of_child(child, check.reference.as_str()),
            &sooner.why,
        )?;
    }
    owed::copy_next(act.tx, child)
}
