use actix_web::web::ReqData;
use actix_web::{HttpResponse, Route, web};

use crate::error::RequestError;
use crate::request_context::RequestContext;

/// The path does not exist.
pub(crate) async fn no_such_resource(context: ReqData<RequestContext>) -> HttpResponse {
    RequestError::NoSuchResource.answer(&context)
}

/// The path only supports the allowed methods.
#[must_use]
pub fn method_not_allowed(allowed: &'static str) -> Route {
    web::to(move |context: ReqData<RequestContext>| async move {
        RequestError::MethodNotAllowed(allowed).answer(&context)
    })
}
