//! In which order the pages come, and which of them may be opened yet.

use super::answers::Answers;
use super::step::{ChildQuestion, Step};

impl Answers {
    /// All pages of this notification, in their order; at least one child is asked about.
    fn steps(&self) -> Vec<Step> {
        let mut steps = vec![Step::You, Step::Address];
        for child in 0..self.children.len().max(1) {
            let asked = ChildQuestion::ALL
                .iter()
                .filter(|about| self.asks(child, **about));
            steps.extend(asked.map(|about| Step::Child(child, *about)));
        }
        steps.extend([Step::Children, Step::Contact, Step::Answers]);
        steps
    }

    /// The other address is asked for only where there is one.
    fn asks(&self, child: usize, about: ChildQuestion) -> bool {
        about != ChildQuestion::OtherHome
            || self
                .children
                .get(child)
                .is_some_and(|child| child.lives_elsewhere())
    }

    fn is_answered(&self, step: Step) -> bool {
        match step {
            Step::You => self.you.is_some(),
            Step::Address => self.address.is_some(),
            Step::Child(child, about) => self
                .children
                .get(child)
                .is_some_and(|child| child.has_answered(about)),
            Step::Children => self.all_named,
            Step::Contact => self.contact.is_some(),
            Step::Answers => false,
        }
    }

    /// The first page without an answer; the check of all answers when there is none.
    pub fn first_open(&self) -> Step {
        let mut steps = self.steps().into_iter();
        steps
            .find(|step| !self.is_answered(*step))
            .unwrap_or(Step::Answers)
    }

    /// Whether everything before this page is answered. One more child can be named once the others are complete.
    pub fn may_open(&self, step: Step) -> bool {
        let steps = self.steps();
        let place = |step| steps.iter().position(|known| *known == step);
        let open = place(self.first_open());
        let one_more = Step::Child(self.children.len(), ChildQuestion::Name);
        match place(step) {
            Some(place) => Some(place) <= open,
            None => step == one_more && open >= place(Step::Children),
        }
    }

    /// The page before this one.
    pub fn before(&self, step: Step) -> String {
        let steps = self.steps();
        let place = steps.iter().position(|known| *known == step);
        match place {
            Some(0) => "/family".to_owned(),
            Some(place) => steps
                .get(place - 1)
                .map_or_else(|| "/family".to_owned(), |step| step.path()),
            None => Step::Children.path(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::parent::notify::answers::ChildAnswers;

    #[test]
    fn nobody_gets_past_the_first_question_without_an_answer() {
        let answers = Answers::default();
        assert_eq!(answers.first_open(), Step::You);
        assert!(answers.may_open(Step::You));
        for step in [
            Step::Address,
            Step::Child(0, ChildQuestion::Name),
            Step::Child(7, ChildQuestion::Born),
            Step::Children,
            Step::Answers,
        ] {
            assert!(!answers.may_open(step), "{step:?}");
        }
    }

    #[test]
    fn the_first_child_is_asked_about_after_the_parent() {
        let answers = Answers {
            you: Some(Default::default()),
            address: Some(Default::default()),
            ..Answers::default()
        };
        assert_eq!(answers.first_open(), Step::Child(0, ChildQuestion::Name));
        assert!(answers.may_open(Step::Child(0, ChildQuestion::Name)));
        assert!(!answers.may_open(Step::Child(0, ChildQuestion::Born)));
        assert!(!answers.may_open(Step::Child(1, ChildQuestion::Name)));
    }

    #[test]
    fn another_child_can_be_named_when_the_first_is_complete() {
        let mut answers = Answers {
            you: Some(Default::default()),
            address: Some(Default::default()),
            children: vec![ChildAnswers::complete()],
            ..Answers::default()
        };
        assert_eq!(answers.first_open(), Step::Children);
        assert!(answers.may_open(Step::Child(1, ChildQuestion::Name)));
        assert!(!answers.may_open(Step::Child(1, ChildQuestion::Born)));
        answers.children.push(ChildAnswers::default());
        assert_eq!(answers.first_open(), Step::Child(1, ChildQuestion::Name));
        assert!(!answers.may_open(Step::Child(2, ChildQuestion::Name)));
        assert_eq!(
            answers.before(Step::Child(1, ChildQuestion::Name)),
            "/family/notify/children/1/reason"
        );
    }
}
