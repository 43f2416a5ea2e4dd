//! An invented family as the rooms of the register take it in: by the list the team kept before, or by a parent's
//! notification.

use chrono::NaiveDate;
use hearth::access::AccountKey;
use hearth::intake::notification::{Notification, NotifiedChild, NotifyingParent};
use hearth::register::bulk::{NewEntry, NewParent};
use hearth::register::child::{NewChild, Particulars};
use hearth::register::person::{NewPerson, NewRelation, PersonParticulars};
use hearth::register::registration::Registration;
use hearth::rules::codes::{ChildStatus, ClosureReason, Confidentiality, RegisterBasis, Source};
use hearth::rules::tier::Tier;

use super::families::{Adult, Child, Family};

impl Family {
    /// A child as it stands in the list that the team kept before; one who has left since is closed.
    pub fn entry(&self, child: &Child, left_on: Option<NaiveDate>) -> NewEntry {
        NewEntry {
            child: NewChild {
                particulars: Particulars {
                    given_names: child.given_names.clone(),
                    family_name: child.family_name.clone(),
                    known_as: None,
                    date_of_birth: child.date_of_birth,
                    sex: child.sex,
                    upn: child.upn.clone(),
                    nhs_number: child.nhs_number.clone(),
                    ethnicity: child.ethnicity,
                    language: None,
                    sen_provision: Some(child.sen),
                    sen_type: None,
                    second_sen_type: None,
                },
                other_reference: None,
                status: if left_on.is_some() {
                    ChildStatus::Closed
                } else {
                    ChildStatus::Active
                },
                registered_on: self.notified_on,
                tier: Tier::Green,
                last_seen_on: Some(self.last_seen_on),
                seen_recorded: true,
            },
            earlier: Vec::new(),
            registration: Registration {
                basis: RegisterBasis::Ehe,
                primary_reason: child.reason,
                secondary_reasons: Vec::new(),
                previous_setting: child.previous_setting,
                previous_school: child.previous_school.clone(),
                source: Source::Parent,
                started_on: self.notified_on,
                ended: left_on.map(|day| (day, ClosureReason::ReturnedToSchool)),
                evidence: String::new(),
            },
            home: Some(self.home.clone()),
            home_source: Source::Parent,
            parents: self.adults.iter().map(|adult| self.tied(adult)).collect(),
            tier_reasons: Vec::new(),
            next_check_on: None,
        }
    }

    fn tied(&self, adult: &Adult) -> NewParent {
        let person = NewPerson {
            account: None,
            particulars: adult.particulars(),
        };
        let relation = NewRelation {
            relationship: adult.relationship,
            parental_responsibility: Some(true),
            lives_with_child: Some(adult.elsewhere.is_none()),
            held_from: self.notified_on,
        };
        NewParent {
            person,
            relation,
            home: None,
        }
    }

    /// What one of the adults tells the authority; `account` is theirs, if they write by email.
    pub fn notification(
        &self,
        adult: &Adult,
        form_key: String,
        account: Option<AccountKey>,
        day: NaiveDate,
        message: &str,
    ) -> Notification {
        Notification {
            form_key,
            source: Source::Parent,
            parent: NotifyingParent {
                person: NewPerson {
                    account: adult.email.as_ref().and(account),
                    particulars: adult.particulars(),
                },
                home: self.home.clone(),
            },
            children: self
                .children
                .iter()
                .map(|child| notified(child, adult, day))
                .collect(),
            message: message.to_owned(),
        }
    }
}

fn notified(child: &Child, adult: &Adult, day: NaiveDate) -> NotifiedChild {
    NotifiedChild {
        given_names: child.given_names.clone(),
        family_name: child.family_name.clone(),
        known_as: None,
        date_of_birth: child.date_of_birth,
        sex: child.sex,
        relationship: adult.relationship,
        other_home: None,
        educated_at_home_since: Some(day),
        previous_setting: child.previous_setting,
        previous_school: child.previous_school.clone(),
        reason: child.reason,
    }
}

impl Adult {
    fn particulars(&self) -> PersonParticulars {
        PersonParticulars {
            name: self.name.clone(),
            email: self.email.clone(),
            telephone: self.telephone.clone(),
            contact_preference: String::new(),
            confidentiality: Confidentiality::Normal,
        }
    }
}
