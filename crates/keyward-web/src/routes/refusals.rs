use actix_web::web::ReqData;
use actix_web::{HttpResponse, Route, web};

use crate::error::RequestError;
use crate::request_context::RequestContext;

/// Nothing is at this path.
pub(crate) async fn no_such_resource(context: ReqData<RequestContext>) -> HttpResponse {
    RequestError::NoSuchResource.answer(&context)
}

/// Something is at this path, for the allowed methods only.
#[must_use]
pub fn method_not_allowed(allowed: &'static str) -> Route {
    web::to(move |context: ReqData<RequestContext>| async move {
        RequestError::MethodNotAllowed(allowed).answer(&context)
    })
}
