//! Contract §4: `POST /internal/v1/api-keys/verify/batch`.

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::join_all;
use serde::Serialize;

use super::verify::{Answer, VerifiedData};
use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{Questions, Success, Verdicts};
use crate::state::InternalState;

#[derive(Serialize)]
struct BatchData<'a> {
    answers: Vec<OneData<'a>>,
}

/// One answer of a batch, the same as for a single question.
#[derive(Serialize)]
#[serde(untagged)]
enum OneData<'a> {
    Decided(Box<VerifiedData<'a>>),
    Undecided(UndecidedData),
}

/// A question that can't be decided now. It is not allowed, and does not affect the others.
#[derive(Serialize)]
struct UndecidedData {
    valid: bool,
    code: &'static str,
}

impl<'a> OneData<'a> {
    fn of(answer: &'a Result<Answer, RequestError>) -> Self {
        match answer {
            Ok(answer) => Self::Decided(Box::new(VerifiedData::of(answer))),
            Err(failure) => Self::Undecided(UndecidedData {
                valid: false,
                code: failure.code().as_str(),
            }),
        }
    }
}

/// Answers up to 100 questions, in their order.
#[utoipa::path(
    post,
    path = "/internal/v1/api-keys/verify/batch",
    operation_id = "verifyApiKeys",
    description = "Up to 100 questions. A question that can't be decided now gets a code instead of a decision and does not affect the others.",
    tag = "verification",
    params(("explain" = Option<bool>, Query, description = "Returns every check with its outcome, records no use, and costs nothing")),
    request_body = Questions,
    responses((status = 200, description = "The decisions, in the order of the questions", body = Success<Verdicts>))
)]
pub(crate) async fn verify_batch(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let is_explained = extract::explain(request.query_string())?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let questions = extract::questions(body.members()?).map_err(RequestError::Invalid)?;
    let answers = questions
        .iter()
        .map(|(secret, question)| Answer::to(&state, &request, secret, question, is_explained));
    let answers = join_all(answers).await;
    for failure in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        failure.log(&context);
    }
    let data = BatchData {
        answers: answers.iter().map(OneData::of).collect(),
    };
    Ok(envelope::in_no_language(context.now(), &data))
}
