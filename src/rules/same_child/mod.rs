//! Who is the same child: what two records, rows or forms say of a child, fact by fact, and what follows. Every list, form and
//! page asks here. (That two rows of one list with other given names are meant as two children, a list says by itself.)
//!
//! | Facts | Then |
//! |---|---|
//! | name and date of birth the same, and nothing against it | the same child |
//! | those the same, and another postcode, another sex, or another UPN or NHS number | a question |
//! | one UPN or NHS number, name and date of birth the same but for a middle name that one of them lacks | the same child |
//! | one UPN or NHS number, and any of the names or the date of birth another | a question |
//! | one UPN or NHS number, and given names and date of birth another | another child, who has the number of this one |
//! | the date of birth the same, names alike: a middle name more, an initial, a nickname, another spelling or script, one letter, given and family name changed about, one name only | a question |
//! | the date of birth the same and the given names, and another family name | a question |
//! | the same with another family name, and another sex, UPN or NHS number | another child |
//! | the date of birth and the home or the old number the same, given names alike, and another family name | a question |
//! | names the same, day and month of birth changed about | a question |
//! | names the same, a date of birth that is one slip away, and nothing that says that they live apart | a question |
//! | names, home or old number the same, and another date of birth | a question |
//! | the date of birth the same, one letter of the given name another, and two numbers in the system that the list came from | another child |
//! | the date of birth alone, or with the family name (twins, cousins) | another child |
//!
//! A question is asked of a person; nothing is merged by itself, and no answer is guessed. A number in the system that a list
//! comes from is often a family's, so it supports a likeness and proves none.
//!
//! No law and no guidance says when two sayings are of one child: the table is Hearth's own, and unconfirmed.

mod birth;
mod names;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::NaiveDate;

use self::birth::Birth;
use self::names::{Likeness, Name, Names};
use super::codes::Sex;

/// What is said of a child by which they can be told from others.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// With the middle names.
    pub given_names: &'a str,
    pub family_name: &'a str,
    pub known_as: Option<&'a str>,
    pub date_of_birth: NaiveDate,
    pub sex: Sex,
    pub upn: Option<&'a str>,
    pub nhs_number: Option<&'a str>,
    /// The number in the system that a list came from.
    pub other_reference: Option<&'a str>,
    pub postcode: Option<&'a str>,
}

/// Whether two are one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Another,
    /// Somebody has to say.
    Perhaps,
    Same,
}

/// How two sayings of one fact stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Agrees,
    Disagrees,
    /// One of them does not say.
    Absent,
}

impl Fact {
    fn of<T: PartialEq>(one: Option<T>, other: Option<T>) -> Self {
        match (one, other) {
            (Some(one), Some(other)) if one == other => Self::Agrees,
            (Some(_), Some(_)) => Self::Disagrees,
            _ => Self::Absent,
        }
    }
}

/// Two sayings of a child, compared fact by fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    given: Name,
    family: Name,
    /// The given name of one is the family name of the other, and the other way about.
    changed_about: bool,
    birth: Birth,
    sex: Fact,
    upn: Fact,
    nhs_number: Fact,
    other_reference: Fact,
    postcode: Fact,
}

/// The names of a child as they are compared: to be folded once, where one is compared with many.
#[derive(Debug)]
pub struct FoldedNames(Names);

impl FoldedNames {
    /// Those of this child.
    #[must_use]
    pub fn of(identity: &Identity<'_>) -> Self {
        Self(Names::of(identity))
    }
}

/// Compares what is said of two children. The order does not matter.
#[must_use]
pub fn compare(one: &Identity<'_>, other: &Identity<'_>) -> Comparison {
    let (ours, theirs) = (FoldedNames::of(one), FoldedNames::of(other));
    compare_folded((one, &ours), (other, &theirs))
}

/// As [`compare`], with the names folded before.
#[must_use]
pub fn compare_folded(
    (one, ours): (&Identity<'_>, &FoldedNames),
    (other, theirs): (&Identity<'_>, &FoldedNames),
) -> Comparison {
    let compared = names::compare(&ours.0, &theirs.0);
    Comparison {
        given: compared.given,
        family: compared.family,
        changed_about: compared.changed_about,
        birth: birth::compare(one.date_of_birth, other.date_of_birth),
        sex: Fact::of(known(one.sex), known(other.sex)),
        upn: Fact::of(one.upn, other.upn),
        nhs_number: Fact::of(one.nhs_number, other.nhs_number),
        other_reference: Fact::of(one.other_reference, other.other_reference),
        postcode: Fact::of(one.postcode, other.postcode),
    }
}

/// The days of birth under which somebody who was born on this one may be held.
pub fn days_of_birth(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let other = birth::changed_about(day).filter(|other| *other != day);
    std::iter::once(day).chain(other)
}

fn known(sex: Sex) -> Option<Sex> {
    (sex != Sex::Unknown).then_some(sex)
}

impl Comparison {
    /// Whether they are one child, by the table above.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.shares_number() {
            return self.with_one_number();
        }
        match self.birth {
            Birth::Same => self.born_on_one_day(),
            Birth::ChangedAbout => self.when(self.is_one_name() || self.is_near()),
            Birth::OneSlip => {
                self.when(self.is_one_name() && !self.lives_apart() && !self.has_other_number())
            }
            Birth::Another => self.when(self.is_one_name() && self.is_near()),
        }
    }

    /// Whether they have one UPN or NHS number.
    #[must_use]
    pub fn shares_number(&self) -> bool {
        self.shares_upn() || self.shares_nhs_number()
    }

    /// Whether they have one UPN.
    #[must_use]
    pub fn shares_upn(&self) -> bool {
        self.upn == Fact::Agrees
    }

    /// Whether they have one NHS number.
    #[must_use]
    pub fn shares_nhs_number(&self) -> bool {
        self.nhs_number == Fact::Agrees
    }

    /// Whether their given names are two children's, and not one name in two places.
    #[must_use]
    pub fn has_other_given_name(&self) -> bool {
        self.given == Name::Another && !self.changed_about
    }

    /// Whether they have two numbers in the system that a list came from: two cases, if it is one list.
    #[must_use]
    pub fn has_other_reference(&self) -> bool {
        self.other_reference == Fact::Disagrees
    }

    fn with_one_number(&self) -> Verdict {
        let is_one_name = self.is_one_name() || self.lacks_middle_name_only();
        let is_certain = is_one_name
            && self.birth == Birth::Same
            && self.sex != Fact::Disagrees
            && !self.has_other_number();
        match (is_certain, self.given, self.birth) {
            (true, _, _) => Verdict::Same,
            (false, Name::Another, Birth::Another) if !self.changed_about => Verdict::Another,
            _ => Verdict::Perhaps,
        }
    }

    fn born_on_one_day(&self) -> Verdict {
        if self.is_one_name() {
            let is_disputed =
                self.sex == Fact::Disagrees || self.lives_apart() || self.has_other_number();
            return match is_disputed {
                true => Verdict::Perhaps,
                false => Verdict::Same,
            };
        }
        if self.changed_about {
            return Verdict::Perhaps;
        }
        let is_against = self.sex == Fact::Disagrees || self.has_other_number();
        self.when(match (self.given, self.family) {
            (Name::Another, _) => false,
            (Name::Alike(Likeness::OneLetter), _) if self.has_other_reference() => false,
            (_, Name::Same | Name::Alike(_)) => true,
            // A changed family name.
            (Name::Same, Name::Another) => !is_against,
            (Name::Alike(_), Name::Another) => !is_against && self.is_near(),
        })
    }

    fn when(&self, is_question: bool) -> Verdict {
        match is_question {
            true => Verdict::Perhaps,
            false => Verdict::Another,
        }
    }

    fn is_one_name(&self) -> bool {
        self.given == Name::Same && self.family == Name::Same
    }

    fn lacks_middle_name_only(&self) -> bool {
        self.given == Name::Alike(Likeness::MiddleName) && self.family == Name::Same
    }

    /// Whether they have one home or one number in an old system, with names that are at least alike.
    fn is_near(&self) -> bool {
        let is_alike = self.given != Name::Another && self.family != Name::Another;
        let is_at_home = self.postcode == Fact::Agrees || self.other_reference == Fact::Agrees;
        is_at_home && (is_alike || self.birth == Birth::Same)
    }

    fn lives_apart(&self) -> bool {
        self.postcode == Fact::Disagrees && self.other_reference != Fact::Agrees
    }

    fn has_other_number(&self) -> bool {
        self.upn == Fact::Disagrees || self.nhs_number == Fact::Disagrees
    }

    /// What speaks for it and what against it, one sentence a fact, for the person who has to say.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::with_capacity(8);
        if self.changed_about {
            reasons.push(Reason::is(false, "given and family name are changed about"));
        } else {
            reasons.push(self.given.reason("given names"));
            reasons.push(self.family.reason("family name"));
        }
        reasons.push(self.birth.reason());
        let facts = [
            (self.upn, "UPN"),
            (self.nhs_number, "NHS number"),
            (self.other_reference, "number in the old system"),
            (self.postcode, "postcode"),
            (self.sex, "sex"),
        ];
        for (fact, what) in facts {
            match fact {
                Fact::Agrees => reasons.push(Reason::is(true, format!("the same {what}"))),
                Fact::Disagrees => reasons.push(Reason::is(false, format!("another {what}"))),
                Fact::Absent => {}
            }
        }
        reasons
    }

    /// The reasons on one line: "the same given names, another family name, the same date of birth".
    #[must_use]
    pub fn in_words(&self) -> String {
        let reasons: Vec<String> = self.reasons().iter().map(Reason::to_string).collect();
        reasons.join(", ")
    }
}

/// One fact in words, and whether it speaks for one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub speaks_for: bool,
    words: String,
}

impl Reason {
    fn is(speaks_for: bool, words: impl Into<String>) -> Self {
        Self {
            speaks_for,
            words: words.into(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}
