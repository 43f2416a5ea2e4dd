//! A child on the register: who they are, in whose care of the authority, and the few facts every list shows.

use chrono::{NaiveDate, NaiveDateTime};

use super::{ChildKey, fresh_reference, names, store};
use crate::access::accounts::{self, AccountRow};
use crate::access::audit::{self, Event};
use crate::access::{AccountKey, AuthorityKey, Viewer};
use crate::db::{Conflict, Conn, DbError, Result};
use crate::rules::codes::{ChildStatus, Ethnicity, SenProvision, SenType, Sex};
use crate::rules::dates;
use crate::rules::identifiers::{NhsNumber, Reference, ReferenceKind, Upn};
use crate::rules::tier::{Assessment, Tier};

/// A child as the register holds them.
#[derive(Clone, Debug)]
pub struct ChildRecord {
    /// The key inside the program.
    pub key: ChildKey,
    /// What the world calls this record.
    pub reference: Reference,
    /// Whose register.
    pub authority: AuthorityKey,
    /// Who they are.
    pub particulars: Particulars,
    /// The child's reference in the system a list came from.
    pub other_reference: Option<String>,
    /// Where the record stands.
    pub status: ChildStatus,
    /// First day of the current time on the register.
    pub registered_on: NaiveDate,
    /// The officer who answers for the child.
    pub officer: Option<AccountKey>,
    /// Hidden from officers who do not answer for the child.
    pub restricted: bool,
    /// How closely the schedule follows the child.
    pub tier: Tier,
    /// Of the current home.
    pub postcode: Option<String>,
    /// Earliest due day of an open check.
    pub next_check_on: Option<NaiveDate>,
    /// Last seen in person by a professional.
    pub last_seen_on: Option<NaiveDate>,
    /// By whom.
    pub last_seen_by: Option<String>,
    /// False when the child came with a list that does not say when they were last seen.
    pub seen_recorded: bool,
    /// Goes up with every amendment; a form carries it back.
    pub version: i32,
}

/// What is written in a child's own particulars, and what an officer can amend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    /// Given names, as the family writes them.
    pub given_names: String,
    /// Family name.
    pub family_name: String,
    /// What the child is called.
    pub known_as: Option<String>,
    /// Date of birth.
    pub date_of_birth: NaiveDate,
    /// Sex as recorded in law.
    pub sex: Sex,
    /// Unique pupil number; many children never had one.
    pub upn: Option<Upn>,
    /// NHS number.
    pub nhs_number: Option<NhsNumber>,
    /// Ethnicity, where given.
    pub ethnicity: Option<Ethnicity>,
    /// First language, where given.
    pub language: Option<String>,
    /// SEN provision, where known.
    pub sen_provision: Option<SenProvision>,
    /// Primary type of need.
    pub sen_type: Option<SenType>,
    /// Second type of need.
    pub second_sen_type: Option<SenType>,
}

impl Particulars {
    /// "Given names Family name", for a heading.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_names, self.family_name)
    }
}

/// A child to be put on the register.
#[derive(Clone, Debug)]
pub struct NewChild {
    /// Who they are.
    pub particulars: Particulars,
    /// The child's reference in the system a list came from.
    pub other_reference: Option<String>,
    /// Where the record stands at first.
    pub status: ChildStatus,
    /// First day on the register.
    pub registered_on: NaiveDate,
    /// The tier the rules gave.
    pub tier: Tier,
    /// Last seen in person, where the source says so.
    pub last_seen_on: Option<NaiveDate>,
    /// False when the source cannot know whether the child was seen.
    pub seen_recorded: bool,
}

/// An identifier that another child of the authority has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The UPN.
    Upn,
    /// The NHS number.
    NhsNumber,
}

/// Why a child's record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// Somebody else saved first; what they saved is here, to be shown beside what was typed.
    #[error("Somebody else changed this record while you were working on it")]
    Changed(Box<ChildRecord>),
    /// Not there, or not for this viewer.
    #[error("There is no such record, or you may not see it")]
    NotFound,
    /// Another child of this authority has that UPN.
    #[error("Another child on the register has this UPN")]
    UpnTaken,
    /// Another child of this authority has that NHS number.
    #[error("Another child on the register has this NHS number")]
    NhsNumberTaken,
    /// The account does not work with children, or is of another authority.
    #[error("This person cannot be a child's officer")]
    NotAnOfficer,
    /// Not a manager.
    #[error("Only a manager decides who sees a record")]
    NotAllowed,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Taken> for AmendError {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::Upn => Self::UpnTaken,
            Taken::NhsNumber => Self::NhsNumberTaken,
        }
    }
}

impl Conflict for AmendError {
    fn db_error(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// The child with this reference, if this viewer may see them.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<ChildRecord>> {
    store::child::by_reference(conn, viewer, reference)
}

/// The child with this key, if this viewer may see them.
pub fn by_key(conn: &mut Conn, viewer: &Viewer, key: ChildKey) -> Result<Option<ChildRecord>> {
    store::child::by_key(conn, viewer, key)
}

/// Which identifier of these particulars another child of the authority has, restricted children included: to be asked
/// before [`add`], so that the person who typed it hears it in words. `but_not` leaves out the child's own record.
pub fn taken(
    conn: &mut Conn,
    viewer: &Viewer,
    particulars: &Particulars,
    but_not: Option<ChildKey>,
) -> Result<Option<Taken>> {
    let authority = viewer.authority();
    if let Some(upn) = &particulars.upn
        && store::child::has_upn(conn, authority, upn)?.is_some_and(|key| Some(key) != but_not)
    {
        return Ok(Some(Taken::Upn));
    }
    if let Some(number) = &particulars.nhs_number
        && store::child::has_nhs_number(conn, authority, number)?
            .is_some_and(|key| Some(key) != but_not)
    {
        return Ok(Some(Taken::NhsNumber));
    }
    Ok(None)
}

/// Puts a child on the register: the row, the words of the name for search, the first tier. The caller writes the audit event.
pub fn add(
    tx: &mut Conn,
    viewer: &Viewer,
    new: &NewChild,
    now: NaiveDateTime,
) -> Result<(ChildKey, Reference)> {
    let reference = fresh_reference(ReferenceKind::Child, |taken| {
        store::child::has_reference(tx, taken)
    })?;
    let key = store::child::insert(tx, viewer.authority(), &reference, new, now)?;
    write_name_tokens(tx, viewer.authority(), key, &new.particulars)?;
    store::tier::begin(tx, key, new.tier, "", store::tier::RULES, now)?;
    Ok((key, reference))
}

fn write_name_tokens(
    tx: &mut Conn,
    authority: AuthorityKey,
    key: ChildKey,
    of: &Particulars,
) -> Result<()> {
    let tokens = names::searchable(&of.given_names, of.known_as.as_deref(), &of.family_name);
    store::name_token::replace(tx, authority, key, &tokens)
}

/// Saves amended particulars, if nobody else saved since `version`; writes the audit event.
pub fn amend(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    version: i32,
    particulars: &Particulars,
    now: NaiveDateTime,
) -> std::result::Result<(), AmendError> {
    let stored = find(tx, viewer, reference)?.ok_or(AmendError::NotFound)?;
    if let Some(taken) = taken(tx, viewer, particulars, Some(stored.key))? {
        return Err(taken.into());
    }
    if !store::child::amend(tx, stored.key, version, particulars, now)? {
        return Err(AmendError::Changed(Box::new(stored)));
    }
    write_name_tokens(tx, stored.authority, stored.key, particulars)?;
    let changes = changes(&stored.particulars, particulars);
    if !changes.is_empty() {
        note(
            tx,
            viewer,
            &stored,
            "child_amended",
            &changes.join(". "),
            now,
        )?;
    }
    Ok(())
}

/// Which particulars changed, one sentence each: "Family name: Smith → Jones".
fn changes(old: &Particulars, new: &Particulars) -> Vec<String> {
    let (old, new) = (spoken(old), spoken(new));
    let both = old.into_iter().zip(new);
    both.filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| {
            format!("{field}: {} → {}", or_nothing(&old), or_nothing(&new))
        })
        .collect()
}

fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "nothing" } else { value }
}

/// Every particular with its name, as a timeline says it.
fn spoken(of: &Particulars) -> [(&'static str, String); 12] {
    let label = |sen_type: Option<SenType>| sen_type.map_or("", SenType::label).to_owned();
    [
        ("Given names", of.given_names.clone()),
        ("Family name", of.family_name.clone()),
        ("Known as", of.known_as.clone().unwrap_or_default()),
        ("Date of birth", dates::spoken(of.date_of_birth)),
        ("Sex", of.sex.label().to_owned()),
        (
            "UPN",
            of.upn.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        (
            "NHS number",
            of.nhs_number
                .as_ref()
                .map(NhsNumber::spaced)
                .unwrap_or_default(),
        ),
        (
            "Ethnicity",
            of.ethnicity.map_or("", Ethnicity::label).to_owned(),
        ),
        ("First language", of.language.clone().unwrap_or_default()),
        (
            "SEN provision",
            of.sen_provision.map_or("", SenProvision::label).to_owned(),
        ),
        ("Type of need", label(of.sen_type)),
        ("Second type of need", label(of.second_sen_type)),
    ]
}

/// Makes an account the child's officer; writes the audit event.
pub fn allocate(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    officer: &Reference,
    now: NaiveDateTime,
) -> std::result::Result<(), AmendError> {
    let stored = find(tx, viewer, reference)?.ok_or(AmendError::NotFound)?;
    let officer = officer_named(tx, viewer, officer)?.ok_or(AmendError::NotAnOfficer)?;
    if stored.officer == Some(officer.key) {
        return Ok(());
    }
    store::child::set_officer(tx, stored.key, officer.key, now)?;
    let detail = format!("Allocated to {}", officer.name);
    note(tx, viewer, &stored, "child_allocated", &detail, now)?;
    Ok(())
}

/// The same from a form that showed who the child's officer was: whoever has chosen meanwhile is not overruled unseen.
///
/// # Errors
/// [`AmendError::Changed`] when the officer is neither the one who was shown nor the one who is chosen.
pub fn allocate_shown(
    tx: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
    shown: Option<&Reference>,
    officer: &Reference,
    now: NaiveDateTime,
) -> std::result::Result<(), AmendError> {
    let stored = find(tx, viewer, reference)?.ok_or(AmendError::NotFound)?;
    if let Some(held) = stored.officer {
        let held = accounts::by_key(tx, held)?.reference;
        let is_known = |it: &Reference| it.as_str() == held;
        if !is_known(officer) && !shown.is_some_and(is_known) {
            return Err(AmendError::Changed(Box::new(stored)));
        }
    }
    allocate(tx, viewer, reference, officer, now)
}

/// An officer has left: their children have no officer until somebody allocates them, which is how lists find them.
/// Writes an audit event for each; gives how many of them are on the register now.
pub fn let_go(
    tx: &mut Conn,
    viewer: &Viewer,
    officer: &AccountRow,
    now: NaiveDateTime,
) -> Result<usize> {
    let children = store::child::of_officer(tx, viewer, officer.key)?;
    store::child::clear_officer(tx, viewer, officer.key, now)?;
    let detail = format!("{} has left: nobody is the child’s officer", officer.name);
    let events: Vec<Event<'_>> = children
        .iter()
        .map(|(key, reference, _)| Event {
            action: "child_without_officer",
            child: Some(key.number()),
            subject: reference,
            detail: &detail,
        })
        .collect();
    audit::record_all(tx, viewer, &events, now)?;
    Ok(children.iter().filter(|(_, _, open)| *open).count())
}

fn officer_named(
    conn: &mut Conn,
    viewer: &Viewer,
    reference: &Reference,
) -> Result<Option<AccountRow>> {
    let officers = accounts::officers(conn, viewer.authority())?;
    Ok(officers
        .into_iter()
        .find(|account| account.reference == reference.as_str()))
}

/// Hides the record from officers who do not answer for the child, or shows it again; writes the audit event. A record
/// that this viewer may not see stays as it is.
///
/// # Errors
/// [`AmendError::NotAllowed`] for whoever does not manage.
pub fn restrict(
    tx: &mut Conn,
    viewer: &Viewer,
    child: ChildKey,
    restricted: bool,
    now: NaiveDateTime,
) -> std::result::Result<(), AmendError> {
    if !viewer.manages() {
        return Err(AmendError::NotAllowed);
    }
    let Some(stored) = by_key(tx, viewer, child)?.filter(|stored| stored.restricted != restricted)
    else {
        return Ok(());
    };
    store::child::set_restricted(tx, child, restricted, now)?;
    let (action, detail) = if restricted {
        (
            "child_restricted",
            "Restricted to the child’s officer and managers",
        )
    } else {
        ("child_unrestricted", "No longer restricted")
    };
    Ok(note(tx, viewer, &stored, action, detail, now)?)
}

fn note(
    tx: &mut Conn,
    viewer: &Viewer,
    child: &ChildRecord,
    action: &'static str,
    detail: &str,
    now: NaiveDateTime,
) -> Result<()> {
    let event = Event {
        action,
        child: Some(child.key.number()),
        subject: child.reference.as_str(),
        detail,
    };
    audit::record(tx, viewer, &event, now)
}

/// Moves the record from one status to another; the caller writes the audit event.
pub fn set_status(
    tx: &mut Conn,
    child: ChildKey,
    status: ChildStatus,
    now: NaiveDateTime,
) -> Result<()> {
    store::child::set_status(tx, child, status, now)
}

/// Begins a child's next time on the register, after a closed one; the caller writes the registration and the audit event.
pub fn register_again(
    tx: &mut Conn,
    child: ChildKey,
    on: NaiveDate,
    now: NaiveDateTime,
) -> Result<()> {
    store::child::set_registered_on(tx, child, on)?;
    store::child::set_status(tx, child, ChildStatus::Notified, now)
}

/// Copies the earliest due day of the child's open checks, for lists. The room of checks calls it.
pub fn set_next_check(tx: &mut Conn, child: ChildKey, due_on: Option<NaiveDate>) -> Result<()> {
    store::child::set_next_check(tx, child, due_on)
}

/// Notes that a professional saw the child in person, unless a later day is noted already.
pub fn note_seen(tx: &mut Conn, child: ChildKey, on: NaiveDate, by: &str) -> Result<()> {
    store::child::note_seen(tx, child, on, by)
}

/// What a new assessment changed of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierChange {
    /// Nothing.
    Nothing,
    /// Only why the child has the tier.
    Reasons,
    /// The tier.
    Tier,
}

/// Writes a new assessment if the tier or a reason changed; the old one is kept with its dates.
/// Gives what changed.
pub fn set_tier(
    tx: &mut Conn,
    child: ChildKey,
    assessment: &Assessment,
    decided_by: &str,
    now: NaiveDateTime,
) -> Result<TierChange> {
    let sentences: Vec<String> = assessment
        .reasons
        .iter()
        .map(|reason| reason.sentence())
        .collect();
    let reasons = sentences.join("\n");
    let held = store::tier::held(tx, child)?;
    if held
        .as_ref()
        .is_some_and(|held| held.tier == assessment.tier && held.reasons == reasons)
    {
        return Ok(TierChange::Nothing);
    }
    store::tier::end(tx, child, now)?;
    store::tier::begin(tx, child, assessment.tier, &reasons, decided_by, now)?;
    let Some(held) = held else {
        store::child::set_tier(tx, child, assessment.tier, now)?;
        return Ok(TierChange::Tier);
    };
    if held.tier != assessment.tier {
        store::child::set_tier(tx, child, assessment.tier, now)?;
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
pub fn tier_reasons(conn: &mut Conn, child: ChildKey) -> Result<Vec<String>> {
    let held = store::tier::held(conn, child)?;
    Ok(held
        .map(|held| held.reasons.lines().map(str::to_owned).collect())
        .unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::register::testing::{World, day, new_child, now, particulars, world};
    use crate::rules::tier::TierReason;

    fn ada() -> Particulars {
        particulars("Ada", "Moss", day(2015, 4, 3))
    }

    fn amended(
        world: &World,
        of: &Reference,
        version: i32,
        to: &Particulars,
    ) -> std::result::Result<(), AmendError> {
        world
            .db
            .write_now(|tx| amend(tx, &world.officer, of, version, to, now()))
    }

    fn last_event(world: &World, key: ChildKey) -> (String, String) {
        let events = world.run(|conn| audit::timeline(conn, key.number(), 1));
        events
            .first()
            .map(|event| (event.action.clone(), event.detail.clone()))
            .unwrap()
    }

    fn timeline_length(world: &World, key: ChildKey) -> usize {
        world
            .run(|conn| audit::timeline(conn, key.number(), 100))
            .len()
    }

    #[test]
    fn what_was_added_is_found_by_those_who_may_see_it() {
        let world = world();
        let mut new = new_child(ada());
        new.particulars.upn = Some(Upn::parse("B801200005001").unwrap());
        new.particulars.nhs_number = Some(NhsNumber::parse("9990000018").unwrap());
        new.other_reference = Some("EHE/77".to_owned());
        let (key, reference) = world.add_child(&new);
        let found = |viewer: &Viewer| world.run(|conn| find(conn, viewer, &reference));
        let record = found(&world.officer).unwrap();
        assert_eq!(
            (record.key, &record.particulars, record.version),
            (key, &new.particulars, 1)
        );
        assert_eq!(record.other_reference.as_deref(), Some("EHE/77"));
        for viewer in [&world.elsewhere, &world.administrator, &world.parent] {
            assert!(found(viewer).is_none(), "{viewer:?}");
            assert!(
                world.run(|conn| by_key(conn, viewer, key)).is_none(),
                "{viewer:?}"
            );
        }
        world.make_parent(&world.parent, key);
        assert!(found(&world.parent).is_some());
    }

    #[test]
    fn a_restricted_child_is_seen_by_its_officer_and_managers() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        world.restrict_to(&world.colleague, key);
        let seen = |viewer: &Viewer| world.run(|conn| find(conn, viewer, &reference)).is_some();
        assert!(seen(&world.colleague) && seen(&world.manager) && seen(&world.program));
        assert!(!seen(&world.officer));
        assert_eq!(last_event(&world, key).0, "child_restricted");
        let open_by = |viewer: &Viewer| {
            let opened = |tx: &mut Conn| restrict(tx, viewer, key, false, now());
            world.db.write_now(opened)
        };
        for other in [
            &world.colleague,
            &world.officer,
            &world.administrator,
            &world.parent,
        ] {
            assert!(matches!(open_by(other), Err(AmendError::NotAllowed)));
        }
        open_by(&world.elsewhere).unwrap();
        assert!(
            !seen(&world.officer),
            "who may not see a record cannot open it"
        );
        open_by(&world.manager).unwrap();
        assert!(seen(&world.officer));
    }

    #[test]
    fn an_amendment_says_what_changed() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let mut new = particulars("Ada", "Moss-Hill", day(2015, 4, 4));
        new.sex = Sex::Female;
        amended(&world, &reference, 1, &new).unwrap();
        let detail = "Family name: Moss → Moss-Hill. Date of birth: 3 April 2015 → 4 April 2015. Sex: Unknown → Female";
        assert_eq!(
            last_event(&world, key),
            ("child_amended".to_owned(), detail.to_owned())
        );
        let record = world
            .run(|conn| find(conn, &world.officer, &reference))
            .unwrap();
        assert_eq!((record.particulars, record.version), (new, 2));
    }

    #[test]
    fn the_second_of_two_who_save_is_told_and_shown_the_first() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        amended(
            &world,
            &reference,
            1,
            &particulars("Ada", "First", day(2015, 4, 3)),
        )
        .unwrap();
        let before = timeline_length(&world, key);
        match amended(
            &world,
            &reference,
            1,
            &particulars("Ada", "Second", day(2015, 4, 3)),
        ) {
            Err(AmendError::Changed(stored)) => assert_eq!(stored.particulars.family_name, "First"),
            other => panic!("{other:?}"),
        }
        assert_eq!(timeline_length(&world, key), before);
        assert!(matches!(
            world
                .db
                .write_now(|tx| amend(tx, &world.elsewhere, &reference, 2, &ada(), now())),
            Err(AmendError::NotFound)
        ));
    }

    #[test]
    fn an_identifier_belongs_to_one_child_even_if_that_one_cannot_be_seen() {
        let world = world();
        let upn = Upn::parse("B801200005001").unwrap();
        let mut hidden = new_child(particulars("Bo", "Vale", day(2014, 1, 2)));
        hidden.particulars.upn = Some(upn.clone());
        let (key, _) = world.add_child(&hidden);
        world.restrict_to(&world.colleague, key);
        let (_, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let mut new = ada();
        new.upn = Some(upn);
        assert!(matches!(
            amended(&world, &reference, 1, &new),
            Err(AmendError::UpnTaken)
        ));
        new.upn = Some(Upn::parse("P207000016049").unwrap());
        amended(&world, &reference, 1, &new).unwrap();
        amended(&world, &reference, 2, &new).unwrap();
    }

    #[test]
    fn a_child_is_allocated_to_somebody_who_works_with_children_here() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let to = |viewer: &Viewer| {
            let account = world.run(|conn| accounts::by_key(conn, viewer.account().unwrap()));
            let account = Reference::parse(&account.reference).unwrap();
            world
                .db
                .write_now(|tx| allocate(tx, &world.manager, &reference, &account, now()))
        };
        to(&world.officer).unwrap();
        assert_eq!(
            last_event(&world, key),
            (
                "child_allocated".to_owned(),
                "Allocated to Sam Reed".to_owned()
            )
        );
        for nobody in [&world.administrator, &world.parent, &world.elsewhere] {
            assert!(matches!(to(nobody), Err(AmendError::NotAnOfficer)));
        }
        let record = world
            .run(|conn| find(conn, &world.officer, &reference))
            .unwrap();
        assert_eq!(record.officer, world.officer.account());
    }

    #[test]
    fn tiers_are_kept_with_their_dates_and_written_only_when_something_changed() {
        let world = world();
        let (key, reference) = world.add("Ada", "Moss", day(2015, 4, 3));
        let amber = Assessment {
            tier: Tier::Amber,
            reasons: vec![TierReason::Ehcp, TierReason::AddressMissing],
        };
        let set = |assessment: &Assessment, at| {
            world.run(|tx| set_tier(tx, key, assessment, "rules", at))
        };
        assert_eq!(set(&amber, now()), TierChange::Tier);
        assert_eq!(set(&amber, now()), TierChange::Nothing);
        let record = world
            .run(|conn| find(conn, &world.officer, &reference))
            .unwrap();
        assert_eq!(record.tier, Tier::Amber);
        let reasons = world.run(|conn| tier_reasons(conn, key));
        assert_eq!(
            reasons,
            [
                TierReason::Ehcp.sentence(),
                TierReason::AddressMissing.sentence()
            ]
        );
        let fewer = Assessment {
            tier: Tier::Amber,
            reasons: vec![TierReason::Ehcp],
        };
        let tomorrow = now() + chrono::TimeDelta::days(1);
        assert_eq!(set(&fewer, tomorrow), TierChange::Reasons);
        assert_eq!(world.run(|conn| tier_reasons(conn, key)).len(), 1);
        assert_eq!(world.run(|conn| store::tier::history_length(conn, key)), 2);
    }

    #[test]
    fn the_latest_day_seen_stays() {
        let world = world();
        let (key, _) = world.add("Ada", "Moss", day(2015, 4, 3));
        world.run(|tx| note_seen(tx, key, day(2026, 10, 1), "Sam Reed"));
        world.run(|tx| note_seen(tx, key, day(2026, 9, 1), "Alex Moss"));
        let record = world.run(|conn| by_key(conn, &world.officer, key)).unwrap();
        assert_eq!(
            (record.last_seen_on, record.last_seen_by.as_deref()),
            (Some(day(2026, 10, 1)), Some("Sam Reed"))
        );
    }
}
