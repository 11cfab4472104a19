use actix_web::HttpResponse;
use askama::Template;
use keyward_web::{Code, RequestError, message};

use super::sign_in;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::form::Form;
use crate::request::kept_form::KeptForm;
use crate::request::page_request::PageRequest;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    /// Advice for the user.
    advice: Option<String>,
    /// The problems with their fields, if any.
    problems: Vec<(String, String)>,
    request_id: String,
}

/// Advice by code, where there is any.
const ADVICE: [(Code, M); 7] = [
    (Code::NotOwner, M::NotOwnerAdvice),
    (Code::ApiKeyNotFound, M::NotFoundAdvice),
    (Code::WebhookNotFound, M::NotFoundAdvice),
    (Code::WrongState, M::WrongStateAdvice),
    (Code::LimitReached, M::LimitReachedAdvice),
    (Code::Unavailable, M::UnavailableAdvice),
    (Code::InternalError, M::UnavailableAdvice),
];

/// The page for a failure. Without a session it asks the user to sign in.
pub(crate) fn error_page(page_request: &PageRequest<'_>, failure: &RequestError) -> HttpResponse {
    let advice = ADVICE.iter().find(|(of, _)| *of == failure.code());
    error_page_with(page_request, failure, advice.map(|(_, id)| *id))
}

/// The page for a failure of a form. When the session has ended, the form's input is kept.
pub(crate) fn error_page_of_form(
    page_request: &PageRequest<'_>,
    failure: &RequestError,
    form: &Form,
) -> HttpResponse {
    if failure.code() == Code::InvalidToken {
        failure.log(&page_request.context);
        return sign_in::asked_again(page_request, KeptForm::of(page_request, form));
    }
    error_page(page_request, failure)
}

/// The same with specific advice.
pub(crate) fn error_page_with(
    page_request: &PageRequest<'_>,
    failure: &RequestError,
    advice: Option<M>,
) -> HttpResponse {
    if failure.code() == Code::InvalidToken {
        failure.log(&page_request.context);
        return sign_in::asked_again(page_request, None);
    }
    let context = &page_request.context;
    let language = context.language;
    failure.log(context);
    let code = failure.code();
    let title = if matches!(failure, RequestError::ForeignForm) {
        message(language, M::ForeignForm, &[])
    } else {
        message(language, code.message(), &[])
    };
    let problems = failure.problems().iter().map(|problem| {
        let words = message(language, problem.message, &problem.args);
        (problem.field.to_string(), words)
    });
    let template = ErrorPage {
        page: Page::new(page_request, title),
        advice: advice.map(|id| message(language, id, &[])),
        problems: problems.collect(),
        request_id: context.request_id.as_str().to_owned(),
    };
    let mut answer = html(page_request, code.status(), &template);
    if let Some((name, value)) = failure.header() {
        answer.headers_mut().insert(name, value);
    }
    answer
}
