//! Which list of codes a column holds: the database refuses every other word.

use std::collections::{BTreeMap, BTreeSet};

use hearth::access::Role;
use hearth::access::sign_in::LinkPurpose;
use hearth::duty::owed::DutyState;
use hearth::intake::list_import::account::Became;
use hearth::intake::list_import::unplaced::{Answer, Question};
use hearth::jobs::watch::Watched;
use hearth::mail::MailKind;
use hearth::mail::outbox::MailState;
use hearth::mail::unplaced::Verdict;
use hearth::rules::bounce::Cause;
use hearth::rules::codes::{
    AbuseCategory, ChildStatus, ClosureReason, Confidentiality, EpisodeKind, Ethnicity,
    PreviousSetting, PrimaryReason, RegisterBasis, Relationship, SenProvision, SenType, Sex,
    Source,
};
use hearth::rules::duty::{DutyKind, Purpose};
use hearth::rules::escalation::Ladder;
use hearth::rules::escalation::{Post, Step};
use hearth::rules::notice::Notice;
use hearth::rules::outcome::{AttemptResult, Judgement, Mode, SpokenAlone};
use hearth::rules::policy::{PolicySet, Unit};
use hearth::rules::tier::Tier;
use hearth::visit::booking::BookingState;

type Words = BTreeSet<String>;

/// The keys of a list, each of which is read back as the code it stands for.
macro_rules! all {
    ($list:ty) => {{
        for code in <$list>::ALL {
            assert_eq!(code.as_str().parse::<$list>().as_ref(), Ok(code));
        }
        words(<$list>::ALL.iter().map(|code| code.as_str()))
    }};
}

fn words(keys: impl Iterator<Item = &'static str>) -> Words {
    keys.map(str::to_owned).collect()
}

/// Every column that holds a code, as `table.column`; all but [`of_tables`] and the keys of the policy, of which nearly every version brings one
/// more, and which are read with the rulebook on every page.
pub fn columns() -> BTreeMap<String, Words> {
    // Nobody is given these two: one is the child's own officer, the other is every administrator's.
    let is_given = |post: &&Post| !matches!(post, Post::Officer | Post::Administrator);
    let posts = Post::ALL.iter().filter(is_given);
    let before_lost = [ChildStatus::Notified, ChildStatus::Active];
    let columns = [
        ("account.role", all!(Role)),
        ("address.source", all!(Source)),
        ("booking.mode", all!(Mode)),
        ("booking.state", all!(BookingState)),
        ("child.ethnicity", all!(Ethnicity)),
        ("child.second_sen_type", all!(SenType)),
        ("child.sen_provision", all!(SenProvision)),
        ("child.sen_type", all!(SenType)),
        ("child.sex", all!(Sex)),
        ("child.status", all!(ChildStatus)),
        ("child.tier", all!(Tier)),
        ("notice.step", all!(Notice)),
        ("episode.category", all!(AbuseCategory)),
        ("episode.kind", all!(EpisodeKind)),
        ("episode.source", all!(Source)),
        ("lapse_step.post", all!(Post)),
        ("lapse_step.step", all!(Step)),
        ("lapse_step.told_post", all!(Post)),
        ("notification.source", all!(Source)),
        ("outcome.judgement", all!(Judgement)),
        ("outcome.mode", all!(Mode)),
        ("outcome.result", all!(AttemptResult)),
        ("outcome.spoken_alone", all!(SpokenAlone)),
        ("outgoing_mail.cause", all!(Cause)),
        ("outgoing_mail.state", all!(MailState)),
        ("person.confidentiality", all!(Confidentiality)),
        ("policy.policy_set", all!(PolicySet)),
        ("policy.tier", all!(Tier)),
        ("policy.unit", all!(Unit)),
        ("post_holder.post", words(posts.map(|post| post.as_str()))),
        ("registration.basis", all!(RegisterBasis)),
        ("registration.closure_reason", all!(ClosureReason)),
        ("registration.previous_setting", all!(PreviousSetting)),
        ("registration.primary_reason", all!(PrimaryReason)),
        ("registration.source", all!(Source)),
        // A record that was closed, or lost already, is not lost again.
        (
            "registration.status_before_lost",
            words(before_lost.iter().map(|status| status.as_str())),
        ),
        ("relation.relationship", all!(Relationship)),
        ("secondary_reason.reason", all!(PrimaryReason)),
        ("returned_message.verdict", all!(Verdict)),
        ("sign_in_link.purpose", all!(LinkPurpose)),
        ("tier_history.tier", all!(Tier)),
        ("tier_decision.tier", all!(Tier)),
        ("claimed_address.source", all!(Source)),
        ("duty.post", all!(Post)),
        ("lapse.ladder", all!(Ladder)),
        ("list_row.became", all!(Became)),
        ("list_row.told_as", all!(Became)),
        ("watch_standing.watched", all!(Watched)),
        ("unplaced_row.answer", all!(Answer)),
        ("unplaced_row.question", all!(Question)),
        ("lapse.post", all!(Post)),
        ("duty.state", all!(DutyState)),
    ];
    let named = columns.into_iter();
    named
        .map(|(name, words)| (name.to_owned(), words))
        .collect()
}

/// The codes whose words stand in a table of their own, by the table.
pub fn of_tables() -> BTreeMap<&'static str, Words> {
    BTreeMap::from([
        ("duty_kind", all!(DutyKind)),
        ("duty_purpose", all!(Purpose)),
        ("mail_kind", all!(MailKind)),
    ])
}
