//! What is asked about the parent who writes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::answers::Answers;
use super::forms::address::AddressForm;
use super::forms::you::{ContactForm, YouForm};
use super::question::{Asking, Question, question_page};
use super::step::Step;
use crate::web::error::WebError;

question_page!(YouPage, YouForm, "parent/notify/you.html");
question_page!(AddressPage, AddressForm, "parent/notify/address.html");
question_page!(ContactPage, ContactForm, "parent/notify/contact.html");

/// "Your name".
pub struct You;

impl Question for You {
    type Form = YouForm;

    fn step(_child: usize) -> Step {
        Step::You
    }

    fn slot(answers: &mut Answers, _child: usize) -> Option<&mut Option<YouForm>> {
        Some(&mut answers.you)
    }

    fn page(status: StatusCode, asked: Asking<YouForm>) -> Result<HttpResponse, WebError> {
        YouPage::answer(status, asked)
    }
}

/// "Your address".
pub struct Address;

impl Question for Address {
    type Form = AddressForm;

    fn step(_child: usize) -> Step {
        Step::Address
    }

    fn slot(answers: &mut Answers, _child: usize) -> Option<&mut Option<AddressForm>> {
        Some(&mut answers.address)
    }

    fn page(status: StatusCode, asked: Asking<AddressForm>) -> Result<HttpResponse, WebError> {
        AddressPage::answer(status, asked)
    }
}

/// "How to be in touch".
pub struct Contact;

impl Question for Contact {
    type Form = ContactForm;

    fn step(_child: usize) -> Step {
        Step::Contact
    }

    fn slot(answers: &mut Answers, _child: usize) -> Option<&mut Option<ContactForm>> {
        Some(&mut answers.contact)
    }

    fn page(status: StatusCode, asked: Asking<ContactForm>) -> Result<HttpResponse, WebError> {
        ContactPage::answer(status, asked)
    }
}
