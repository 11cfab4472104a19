use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::future::LocalBoxFuture;
use keyward_domain::{Mode, Question, Scope};

use super::{Guard, Verdict};
use crate::extract::presented_secret;
use crate::headers::client_address;
use crate::routes::denied;

/// Lets pass whose key can do all that is required; the handlers behind it may take a
/// [`Caller`](super::Caller). Denies with 401 or 403 as gateways are answered (contract §4), and with
/// 503 when nobody can decide.
#[derive(Clone)]
pub struct Require {
    guard: Guard,
    scopes: Vec<Scope>,
    mode: Option<Mode>,
}

impl Require {
    pub(super) fn new(guard: Guard, scopes: Vec<Scope>) -> Self {
        Self {
            guard,
            scopes,
            mode: None,
        }
    }

    /// Only keys of this mode pass.
    #[must_use]
    pub fn mode(self, mode: Mode) -> Self {
        Self {
            mode: Some(mode),
            ..self
        }
    }

    /// What the call is allowed or denied with.
    async fn decide(&self, request: &ServiceRequest) -> Result<super::Caller, HttpResponse> {
        let peer = request.head().peer_addr;
        let question = Question {
            address: client_address(peer, request.headers(), &self.guard.trusted_proxies),
            scopes: self.scopes.clone(),
            mode: self.mode,
        };
        // No secret, or two, is none that a key can have.
        let secret = presented_secret(request.headers()).unwrap_or_default();
        match self.guard.verifier.verify(secret, &question).await {
            Ok(Verdict::Allowed(caller)) => Ok(caller),
            Ok(Verdict::Denied(decision)) => Err(denied(&decision)),
            Err(undecided) => {
                let undecided: &dyn std::error::Error = &undecided;
                tracing::error!(undecided, "guard.undecided");
                Err(HttpResponse::ServiceUnavailable()
                    .insert_header((header::RETRY_AFTER, "1"))
                    .json(serde_json::json!({ "valid": false })))
            }
        }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Guarded {
            require: Rc::new(self.clone()),
            service: Rc::new(service),
        }))
    }
}

/// A service behind a [`Require`].
pub struct Guarded<S> {
    require: Rc<Require>,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (require, service) = (Rc::clone(&self.require), Rc::clone(&self.service));
        Box::pin(async move {
            match require.decide(&request).await {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    let response = service.call(request).await?;
                    Ok(response.map_into_left_body())
                }
                Err(denial) => Ok(request.into_response(denial).map_into_right_body()),
            }
        })
    }
}
