use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, Error};

use crate::middleware::{CrossOrigin, Listener, Middleware, answer_failures};
use crate::routes;
use crate::state::{InternalState, PublicState};

/// The public listener: `/web/v1/**` (contract §1 and §3) and the page; 404 or 405 for everything
/// else.
pub fn public_app(
    state: &PublicState,
    configure: &dyn Fn(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let middleware = Middleware::new(
        Listener::Public,
        &state.metrics,
        &state.clock,
        &state.trusted_proxies,
    );
    App::new()
        .app_data(web::Data::new(state.clone()))
        .configure(configure)
        .configure(|config| routes::public(config, state))
        .wrap(from_fn(answer_failures))
        // Outside the net, so that a page of an allowed origin can read a 500 too.
        .wrap(CrossOrigin::new(&state.allowed_origins))
        .wrap(from_fn(move |request: ServiceRequest, next: Next<_>| {
            middleware.clone().pass(request, next)
        }))
}

/// The internal listener: verification (contract §4) and the probes; 404 or 405 for everything
/// else. It trusts no `X-Forwarded-For`.
pub fn internal_app(
    state: &InternalState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let middleware = Middleware::new(
        Listener::Internal,
        &state.metrics,
        &state.clock,
        &Arc::default(),
    );
    App::new()
        .app_data(web::Data::new(state.clone()))
        .configure(routes::internal)
        .wrap(from_fn(answer_failures))
        .wrap(from_fn(move |request: ServiceRequest, next: Next<_>| {
            middleware.clone().pass(request, next)
        }))
}
