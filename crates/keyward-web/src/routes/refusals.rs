use std::future::ready;

use actix_web::{HttpResponse, Route, web};

use crate::error::RequestError;

/// The response to an unknown path.
pub(crate) async fn no_such_resource() -> Result<HttpResponse, RequestError> {
    Err(RequestError::NoSuchResource)
}

/// The response to a known path with another method than the allowed ones.
#[must_use]
pub fn method_not_allowed(allowed: &'static str) -> Route {
    web::to(move || {
        ready(Err::<HttpResponse, _>(RequestError::MethodNotAllowed(
            allowed,
        )))
    })
}
