//! The envelope of every JSON response of the public listener (contract §1 and §2).

use std::borrow::Cow;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use keyward_domain::{Language, Timestamp};
use serde::Serialize;

use crate::codes::Code;
use crate::language::message;
use crate::problem::Problem;
use crate::request_context::RequestContext;

const VERSION: &str = "1.3.0";
const SUCCESS_CODE: &str = "2000";
/// The same in every language.
const SUCCESS_MESSAGE: &str = "SUCCESS";
/// Most responses fit.
const BODY_CAPACITY: usize = 512;

const JSON: (HeaderName, HeaderValue) = (
    header::CONTENT_TYPE,
    HeaderValue::from_static("application/json"),
);
/// No response may be stored: the next one may differ.
pub(crate) const NO_STORE: (HeaderName, HeaderValue) =
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The contract's members, in its order.
#[derive(Serialize)]
struct Envelope<'a, T> {
    version: &'static str,
    /// Milliseconds since the Unix epoch.
    timestamp: i64,
    success: bool,
    code: &'static str,
    message: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a T>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// One entry of `errors`.
#[derive(Serialize)]
pub(crate) struct FieldError {
    field: String,
    message: String,
}

/// A response with `data`.
pub(crate) fn success<T: Serialize>(
    context: &RequestContext,
    status: StatusCode,
    data: &T,
) -> HttpResponse {
    let envelope = Envelope {
        version: VERSION,
        timestamp: context.now().unix_millis(),
        success: true,
        code: SUCCESS_CODE,
        message: SUCCESS_MESSAGE.into(),
        data: Some(data),
        errors: &[],
    };
    write(context, status, &envelope)
}

/// A response with `data` that is the same in every language.
pub(crate) fn in_no_language<T: Serialize>(now: Timestamp, data: &T) -> HttpResponse {
    let written = body(&Envelope {
        version: VERSION,
        timestamp: now.unix_millis(),
        success: true,
        code: SUCCESS_CODE,
        message: SUCCESS_MESSAGE.into(),
        data: Some(data),
        errors: &[],
    });
    match written {
        Ok(body) => HttpResponse::Ok()
            .insert_header(JSON)
            .insert_header(NO_STORE)
            .body(body),
        Err(error) => unwritable(&error),
    }
}

/// A response for a successful operation without a result: `data` is null.
pub(crate) fn success_without_data(context: &RequestContext) -> HttpResponse {
    success(context, StatusCode::OK, &())
}

/// A response without a body, after a deletion.
pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().insert_header(NO_STORE).finish()
}

/// The entries of `errors` in a language.
pub(crate) fn field_errors(language: Language, problems: &[Problem]) -> Vec<FieldError> {
    let problems = problems.iter();
    let error = |problem: &Problem| FieldError {
        field: problem.field.to_string(),
        message: message(language, problem.message, &problem.args),
    };
    problems.map(error).collect()
}

/// A response about a failure, in the caller's language.
pub(crate) fn failure<T: Serialize>(
    context: &RequestContext,
    code: Code,
    data: Option<&T>,
    problems: &[Problem],
) -> HttpResponse {
    let errors = field_errors(context.language, problems);
    let envelope = Envelope {
        version: VERSION,
        timestamp: context.now().unix_millis(),
        success: false,
        code: code.as_str(),
        message: message(context.language, code.message(), &[]).into(),
        data,
        errors: &errors,
    };
    write(context, code.status(), &envelope)
}

fn write<T: Serialize>(
    context: &RequestContext,
    status: StatusCode,
    envelope: &Envelope<'_, T>,
) -> HttpResponse {
    match body(envelope) {
        Ok(body) => HttpResponse::build(status)
            .insert_header(JSON)
            .insert_header((header::CONTENT_LANGUAGE, context.language.tag()))
            .insert_header((header::VARY, "Accept-Language"))
            .insert_header(NO_STORE)
            .body(body),
        Err(error) => unwritable(&error),
    }
}

fn body<T: Serialize>(envelope: &Envelope<'_, T>) -> serde_json::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(BODY_CAPACITY);
    serde_json::to_writer(&mut body, envelope)?;
    Ok(body)
}

fn unwritable(error: &serde_json::Error) -> HttpResponse {
    tracing::error!(%error, "answer.unwritable");
    HttpResponse::InternalServerError().finish()
}
