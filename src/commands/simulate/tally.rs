//! What happened in a simulation, counted: a run in which something never happened has proved nothing about it.

use std::collections::BTreeMap;

/// Makes the happenings with their words, in the order in which the report names them.
macro_rules! happenings {
    ($($name:ident = $words:literal;)*) => {
        /// Something that the world does to the register, or the register's people do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Happening {
            $($name,)*
        }

        impl Happening {
            const ALL: &[Self] = &[$(Self::$name,)*];

            const fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

happenings! {
    Notified = "notifications received";
    NotifiedAgain = "of them by a family that had notified before or stood on a list";
    CameBack = "children who came back after they had left";
    Moved = "children whose new address somebody told";
    BookedElsewhere = "visits booked for another address than the child's, told to whoever booked them";
    LapseCarriedOver = "lapses that a failed visit left open for the next attempt";
    AddressSettled = "addresses that two sources told differently, settled";
    AnotherServiceBegan = "children with whom another service began to work";
    Rested = "children whose checks rested while social care led";
    Lost = "children of whom nobody knew where they were";
    Found = "children found again by asking";
    Attended = "children who left: attends a school";
    LeftSchoolAge = "children who left: no longer of compulsory school age";
    MovedAway = "children who left: moved, and acknowledged there";
    Emigrated = "children who left: moved abroad";
    Died = "children who left: died";
    Arranged = "children who left: education arranged by the authority";
    Ineligible = "children who left: should not have been on the register";
    Duplicate = "children who left: duplicate of another record";
    DoorShut = "closures refused for want of evidence, day or rank";
    TierDecided = "tiers decided by a manager";
    TierGivenBack = "tiers given back to the rules";
    Spread = "checks brought forward when a backlog was spread";
    ReturnPlanned = "lapses of a census return answered with a plan";
    ReturnSent = "census returns sent";
    ReturnSentLate = "of them after their day";
    PolicyChanged = "values of the policy changed";
    ListSent = "lists of children sent, or the rows of one that were mended";
    ListSentAgain = "of them a list that was sent before";
    ListCutOff = "lists cut off because the program was killed";
    ListCutOffNoted = "of them noted by a manager as sent again";
    SentNew = "rows sent: a child who is new";
    SentHeld = "rows sent: a child whom the town holds";
    SentElsewhere = "rows sent: a child whom the town holds, with another address";
    SentSpell = "rows sent: a time that is over or one that lasts, of one child";
    SentClosed = "rows sent: a case that is closed";
    SentBack = "rows sent: a closed record named as current";
    SentEnded = "rows sent: an open record named as closed";
    SentTwin = "rows sent: a twin under the other's NHS number";
    SentMiddleName = "rows sent: with a middle name that is not held";
    SentNickname = "rows sent: with a nickname";
    SentSwapped = "rows sent: with day and month the wrong way round";
    SentBroken = "rows sent: with letters lost or broken";
    SentNoSuchDay = "rows sent: with a day of birth that there is not";
    SentHidden = "rows sent: a restricted child";
    RowNew = "rows that became: new on the register";
    RowChanged = "rows that became: changed";
    RowKnown = "rows that became: known";
    RowClosed = "rows that became: a closed record";
    RowToLookAt = "rows that became: to look at";
    RowRefused = "rows that became: refused";
    RowSameChild = "rows answered: a child who is held";
    RowAnotherChild = "rows answered: another child";
    RowBack = "rows answered: on the register again";
    RowMended = "rows answered: mended and sent again";
    RowDealtWith = "rows answered: dealt with otherwise";
    RowAskedAgain = "answers that led to another question";
    RowAnsweredLate = "rows answered only after it had lapsed";
    OfficerLeft = "officers who left";
    HolderLeft = "posts whose holder left";
    WentAway = "absences recorded with somebody to cover";
    CameHomeEarly = "absences ended early";
    BouncedForGood = "mails that came back for good";
    BouncedForNow = "mails given up after they were taken";
    RefusedForContent = "mails refused for their content after they were taken";
    OurFault = "mails that came back by our own fault, and went again";
    ReportedInWords = "mails that a report in words alone said were lost";
    MessagePlaced = "messages that nobody could place, read by an administrator";
    AddressCorrected = "failing addresses corrected";
    Retried = "dead mails that somebody tried again";
    SecondProgram = "times a second program ran the jobs while the first waited for an answer";
}

/// How often each happened.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<Happening, usize>);

impl Tally {
    pub fn add(&mut self, what: Happening, times: usize) {
        *self.0.entry(what).or_default() += times;
    }

    /// Once, if it was done.
    pub fn once<T>(&mut self, what: Happening, done: &Option<T>) {
        self.add(what, usize::from(done.is_some()));
    }

    /// A line for each, whether it happened or not.
    pub fn lines(&self) -> Vec<String> {
        let count = |what| self.0.get(what).copied().unwrap_or_default();
        Happening::ALL
            .iter()
            .map(|what| format!("{:>8} {}", count(what), what.words()))
            .collect()
    }
}
