//! What is asked about a child. Only the name, the date of birth, the tie to the parent and where the child lives
//! cannot be left out.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::answers::{Answers, ChildAnswers};
use super::forms::address::AddressForm;
use super::forms::child::{BornForm, HomeForm, NameForm, ReasonForm, SchoolForm, SexForm, TieForm};
use super::question::{Asking, Question, question_page};
use super::step::{ChildQuestion, Step};
use crate::web::error::WebError;

/// So many children are enough for one form; whoever has more sends a second.
const MOST_CHILDREN: usize = 20;

question_page!(NamePage, NameForm, "parent/notify/child_name.html");
question_page!(BornPage, BornForm, "parent/notify/child_born.html");
question_page!(SexPage, SexForm, "parent/notify/child_sex.html");
question_page!(TiePage, TieForm, "parent/notify/child_tie.html");
question_page!(HomePage, HomeForm, "parent/notify/child_home.html");
question_page!(
    OtherHomePage,
    AddressForm,
    "parent/notify/child_address.html"
);
question_page!(SchoolPage, SchoolForm, "parent/notify/child_school.html");
question_page!(ReasonPage, ReasonForm, "parent/notify/child_reason.html");

/// "The child's name": the first question about a child, with which one more comes into the notification.
pub struct Name;

impl Question for Name {
    type Form = NameForm;

    fn step(child: usize) -> Step {
        Step::Child(child, ChildQuestion::Name)
    }

    fn slot(answers: &mut Answers, child: usize) -> Option<&mut Option<NameForm>> {
        if child == answers.children.len() && child < MOST_CHILDREN {
            answers.children.push(ChildAnswers::default());
            answers.all_named = false;
        }
        answers.children.get_mut(child).map(|child| &mut child.name)
    }

    fn page(status: StatusCode, asked: Asking<NameForm>) -> Result<HttpResponse, WebError> {
        NamePage::answer(status, asked)
    }
}

/// Declares a question about a child: its answer's place, its form and its page.
macro_rules! about_a_child {
    ($(#[$about:meta])* $question:ident, $form:ty, $step:ident, $slot:ident, $page:ident) => {
        $(#[$about])*
        pub struct $question;

        impl Question for $question {
            type Form = $form;

            fn step(child: usize) -> Step {
                Step::Child(child, ChildQuestion::$step)
            }

            fn slot(answers: &mut Answers, child: usize) -> Option<&mut Option<$form>> {
                answers.children.get_mut(child).map(|child| &mut child.$slot)
            }

            fn page(status: StatusCode, asked: Asking<$form>) -> Result<HttpResponse, WebError> {
                $page::answer(status, asked)
            }
        }
    };
}

about_a_child!(
    /// "When were they born?"
    Born, BornForm, Born, born, BornPage
);
about_a_child!(
    /// "What is their sex?"
    ChildSex, SexForm, Sex, sex, SexPage
);
about_a_child!(
    /// "What are you to them?"
    Tie, TieForm, Tie, tie, TiePage
);
about_a_child!(
    /// "Where do they live?"
    Home, HomeForm, Home, home, HomePage
);
about_a_child!(
    /// "What is their address?"
    OtherHome, AddressForm, OtherHome, other_home, OtherHomePage
);
about_a_child!(
    /// "What was their last school?"
    School, SchoolForm, School, school, SchoolPage
);
about_a_child!(
    /// "Why do you educate them at home?"
    Reason, ReasonForm, Reason, reason, ReasonPage
);
