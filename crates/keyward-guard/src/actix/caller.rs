use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::ErrorInternalServerError;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use crate::caller::Caller;

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    /// Fails with 500 when the handler is not behind a guard: there is no caller then.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| {
            tracing::error!("guard.missing: a handler takes a Caller but is not behind a guard");
            ErrorInternalServerError("no guard")
        }))
    }
}
