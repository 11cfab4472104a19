use actix_web::web::ReqData;
use actix_web::{HttpResponse, Route, web};

use crate::edge::RequestContext;
use crate::error::Failure;

/// Nothing is at this path.
pub(crate) async fn no_such_resource(context: ReqData<RequestContext>) -> HttpResponse {
    Failure::NoSuchResource.answer(&context)
}

/// Something is at this path, for the allowed methods only.
pub(crate) fn only(allowed: &'static str) -> Route {
    web::to(move |context: ReqData<RequestContext>| async move {
        Failure::MethodNotAllowed(allowed).answer(&context)
    })
}
