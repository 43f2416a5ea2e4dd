//! What all question pages have in common: show the question with the answer so far, take the answer, keep it, lead on.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::answers::Answers;
use super::step::Step;
use crate::db::DbError;
use crate::web::answer as answers_page;
use crate::web::caller::Caller;
use crate::web::error::WebError;
use crate::web::form::{Form, FormErrors, Refused, Submitted};
use crate::web::page::Page;

/// A question of the notification.
pub trait Question: 'static {
    /// What is typed; kept as it is when it makes sense.
    type Form: Form<Parsed = Self::Form> + Clone + Default + Send + 'static;

    /// Which page it is; `child` counts from 0 and says nothing where no child is asked about.
    fn step(child: usize) -> Step;

    /// Where its answer is kept, if there is such a child.
    fn slot(answers: &mut Answers, child: usize) -> Option<&mut Option<Self::Form>>;

    /// The page.
    ///
    /// # Errors
    /// When it cannot be shown.
    fn page(status: StatusCode, asked: Asking<Self::Form>) -> Result<HttpResponse, WebError>;
}

/// A question as it is asked.
pub struct Asking<F> {
    pub page: Page,
    pub back: String,
    /// Where the answer goes.
    pub action: String,
    /// What the child is called; empty where no child is asked about.
    pub child: String,
    /// The answer so far.
    pub form: F,
    /// What is wrong with it.
    pub errors: FormErrors,
}

impl<F> Asking<F> {
    fn new(caller: &Caller, answers: &Answers, step: Step, form: F, errors: FormErrors) -> Self {
        let child = match step {
            Step::Child(child, _) => answers.children.get(child),
            _ => None,
        };
        Self {
            page: caller.page("/family"),
            back: answers.before(step),
            action: step.path(),
            child: child
                .map(super::answers::ChildAnswers::called)
                .unwrap_or_default(),
            form,
            errors,
        }
    }
}

/// Declares the template of a question and how it is filled in.
macro_rules! question_page {
    ($page:ident, $form:ty, $template:literal) => {
        #[derive(askama::Template)]
        #[template(path = $template)]
        struct $page {
            page: $crate::web::page::Page,
            back: String,
            action: String,
            child: String,
            form: $form,
            errors: $crate::web::form::FormErrors,
        }

        impl $page {
            fn answer(
                status: actix_web::http::StatusCode,
                asked: $crate::web::parent::notify::question::Asking<$form>,
            ) -> Result<actix_web::HttpResponse, $crate::web::error::WebError> {
                let page = Self {
                    page: asked.page,
                    back: asked.back,
                    action: asked.action,
                    child: asked.child,
                    form: asked.form,
                    errors: asked.errors,
                };
                $crate::web::answer::with_status(status, &page)
            }
        }
    };
}
pub(super) use question_page;

/// The child that the address names, counted from 0.
#[derive(Clone, Copy, Debug)]
pub struct WhichChild(pub usize);

impl FromRequest for WhichChild {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let Some(named) = request.match_info().get("child") else {
            return ready(Ok(Self(0)));
        };
        let number = named.parse::<usize>().ok();
        let index = number.and_then(|number| number.checked_sub(1));
        ready(index.map(Self).ok_or(WebError::NotFound))
    }
}

/// Asks a question, unless one before it is still open.
///
/// # Errors
/// When the database does not answer.
pub async fn show<Q: Question>(
    caller: Caller,
    WhichChild(child): WhichChild,
) -> Result<HttpResponse, WebError> {
    let mut answers = caller.read(Answers::load).await?;
    let step = Q::step(child);
    if !answers.may_open(step) {
        return Ok(answers_page::see_other(&answers.first_open().path()));
    }
    let form = Q::slot(&mut answers, child)
        .and_then(|kept| kept.clone())
        .unwrap_or_default();
    let asking = Asking::new(&caller, &answers, step, form, FormErrors::default());
    Q::page(StatusCode::OK, asking)
}

/// Takes an answer and leads to the first question that is still open.
///
/// # Errors
/// When the database does not answer.
pub async fn answer<Q: Question>(
    caller: Caller,
    WhichChild(child): WhichChild,
    submitted: Submitted<Q::Form>,
) -> Result<HttpResponse, WebError> {
    let step = Q::step(child);
    let form = match submitted.check(caller.today()) {
        Ok(form) => form,
        Err(Refused { form, errors }) => {
            let answers = caller.read(Answers::load).await?;
            if !answers.may_open(step) {
                return Ok(answers_page::see_other(&answers.first_open().path()));
            }
            let asking = Asking::new(&caller, &answers, step, form, errors);
            return Q::page(StatusCode::UNPROCESSABLE_ENTITY, asking);
        }
    };
    let next = caller
        .act(move |act| {
            let mut answers = Answers::load(act.tx, act.viewer)?;
            if answers.may_open(step) {
                if let Some(slot) = Q::slot(&mut answers, child) {
                    *slot = Some(form.clone());
                }
                answers.keep(act)?;
            }
            Ok::<_, DbError>(answers.first_open())
        })
        .await??;
    Ok(answers_page::see_other(&next.path()))
}
