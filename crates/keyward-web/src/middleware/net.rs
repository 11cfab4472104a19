use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::middleware::Next;
use actix_web::web::ReqData;
use futures_util::FutureExt as _;

use crate::error::RequestError;
use crate::request_context::RequestContext;

/// The innermost middleware: creates the response to the failure of a handler, and turns a panic and an error of the
/// framework into a 500.
///
/// # Errors
/// An `Err` contains the whole response: when a handler fails, the request that `ServiceResponse`
/// needs is gone.
pub(crate) async fn answer_failures(
    context: ReqData<RequestContext>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answered = AssertUnwindSafe(async { next.call(request).await })
        .catch_unwind()
        .await;
    let failure = match answered {
        Ok(Ok(response)) => return Ok(answered_failure(response, &context)),
        Ok(Err(error)) => RequestError::Framework(error),
        Err(_what_it_said_may_hold_anything) => RequestError::Panicked,
    };
    Err(InternalError::from_response("answered", failure.answer(&context)).into())
}

/// The response to the failure of a handler, if it has failed.
fn answered_failure(
    response: ServiceResponse<BoxBody>,
    context: &RequestContext,
) -> ServiceResponse<BoxBody> {
    let error = response.response().error();
    let failure = error.and_then(Error::as_error::<RequestError>);
    match failure.map(|failure| failure.answer(context)) {
        Some(answer) => response.into_response(answer),
        None => response,
    }
}
