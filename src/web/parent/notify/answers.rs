//! What a parent has answered so far, kept as typed, and what it comes to once it is complete.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::forms::address::AddressForm;
use super::forms::child::{BornForm, HomeForm, NameForm, ReasonForm, SchoolForm, SexForm, TieForm};
use super::forms::you::{ContactForm, YouForm};
use super::step::ChildQuestion;
use crate::access::{Act, Viewer};
use crate::db::{Conn, DbError, Result};
use crate::intake::notification::{self, Notification, NotifiedChild, NotifyingParent};
use crate::register::address;
use crate::register::person;
use crate::register::person::{NewPerson, PersonParticulars};
use crate::rules::codes::{Confidentiality, Source};
use crate::rules::identifiers::EmailAddress;

/// The answers of one notification. `None` is a question that was not answered yet; an optional one that was left out
/// is answered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    pub you: Option<YouForm>,
    pub address: Option<AddressForm>,
    pub children: Vec<ChildAnswers>,
    /// Whether the parent has said that there is no other child.
    pub all_named: bool,
    /// How to be in touch, and anything else.
    pub contact: Option<ContactForm>,
}

/// The answers about one child.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChildAnswers {
    pub name: Option<NameForm>,
    pub born: Option<BornForm>,
    pub sex: Option<SexForm>,
    /// What the parent is to the child.
    pub tie: Option<TieForm>,
    /// With the parent or elsewhere.
    pub home: Option<HomeForm>,
    pub other_home: Option<AddressForm>,
    pub school: Option<SchoolForm>,
    pub reason: Option<ReasonForm>,
}

impl ChildAnswers {
    /// What to call the child on a page.
    pub fn called(&self) -> String {
        self.name.as_ref().map(NameForm::called).unwrap_or_default()
    }

    /// Whether the child lives somewhere else than with the parent.
    pub fn lives_elsewhere(&self) -> bool {
        self.home.as_ref().is_some_and(HomeForm::is_elsewhere)
    }

    /// Whether a question about the child was answered.
    pub fn has_answered(&self, about: ChildQuestion) -> bool {
        match about {
            ChildQuestion::Name => self.name.is_some(),
            ChildQuestion::Born => self.born.is_some(),
            ChildQuestion::Sex => self.sex.is_some(),
            ChildQuestion::Tie => self.tie.is_some(),
            ChildQuestion::Home => self.home.is_some(),
            ChildQuestion::OtherHome => self.other_home.is_some(),
            ChildQuestion::School => self.school.is_some(),
            ChildQuestion::Reason => self.reason.is_some(),
        }
    }

    fn meaning(&self, today: NaiveDate) -> Option<NotifiedChild> {
        let name = self.name.as_ref()?;
        let school = self.school.as_ref()?;
        Some(NotifiedChild {
            given_names: name.given_names.clone(),
            family_name: name.family_name.clone(),
            known_as: name.known_as(),
            date_of_birth: self.born.as_ref()?.day(today)?,
            sex: self.sex.as_ref()?.meaning(),
            relationship: self.tie.as_ref()?.meaning()?,
            other_home: match self.lives_elsewhere() {
                true => Some(self.other_home.as_ref()?.place()?),
                false => None,
            },
            educated_at_home_since: None,
            previous_setting: school.setting(),
            previous_school: school.name(),
            reason: self.reason.as_ref()?.meaning(),
        })
    }

    /// A child about whom everything is answered.
    #[cfg(test)]
    pub fn complete() -> Self {
        Self {
            name: Some(NameForm::default()),
            born: Some(BornForm::default()),
            sex: Some(SexForm::default()),
            tie: Some(TieForm::default()),
            home: Some(HomeForm::default()),
            other_home: None,
            school: Some(SchoolForm::default()),
            reason: Some(ReasonForm::default()),
        }
    }
}

impl Answers {
    /// What this parent has answered so far. Who has notified before finds what is held about themselves filled in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn load(conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        let draft = notification::draft(conn, viewer)?;
        // A draft that an older version of Hearth kept and this one cannot read is begun anew.
        match draft.and_then(|(_, answers)| serde_json::from_str(&answers).ok()) {
            Some(answers) => Ok(answers),
            None => Self::from_what_is_held(conn, viewer),
        }
    }

    fn from_what_is_held(conn: &mut Conn, viewer: &Viewer) -> Result<Self> {
        let held = match viewer.account() {
            Some(account) => person::of_account(conn, viewer, account)?,
            None => None,
        };
        let Some(held) = held else {
            return Ok(Self::default());
        };
        let home = address::of_person(conn, held.key)?;
        Ok(Self {
            you: Some(YouForm::from_what_is_held(&held)),
            address: home.map(|home| AddressForm::from(&home.place)),
            ..Self::default()
        })
    }

    /// Keeps the answers; gives the form's key.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep(&self, act: &mut Act<'_>) -> Result<String> {
        let answers =
            serde_json::to_string(self).map_err(|cause| DbError::Corrupt(cause.to_string()))?;
        notification::keep_draft(act, &answers)
    }

    /// The notification these answers come to; nothing while one is missing or makes no sense any more.
    pub fn meaning(
        &self,
        form_key: &str,
        viewer: &Viewer,
        email: &str,
        today: NaiveDate,
    ) -> Option<Notification> {
        let you = self.you.as_ref()?;
        let contact = self.contact.as_ref()?;
        let children: Option<Vec<NotifiedChild>> = self
            .children
            .iter()
            .map(|child| child.meaning(today))
            .collect();
        Some(Notification {
            form_key: form_key.to_owned(),
            source: Source::Parent,
            parent: NotifyingParent {
                person: NewPerson {
                    account: viewer.account(),
                    particulars: PersonParticulars {
                        name: you.name.clone(),
                        email: EmailAddress::parse(email).ok(),
                        telephone: you.telephone(),
                        contact_preference: contact.preference.clone(),
                        confidentiality: Confidentiality::Normal,
                    },
                },
                home: self.address.as_ref()?.place()?,
            },
            children: children.filter(|children| !children.is_empty())?,
            message: contact.message.clone(),
        })
    }
}
