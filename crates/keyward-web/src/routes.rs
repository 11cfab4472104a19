//! One file an operation, and which path and methods lead there.

mod create;
mod probes;
mod refusals;

use actix_web::web::{self, ServiceConfig};

/// The paths of the public listener.
pub(crate) fn public(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/web/v1/workspaces/{workspaceId}/api-keys")
                .route(web::post().to(create::create))
                .default_service(refusals::only("POST")),
        )
        .default_service(web::to(refusals::no_such_resource));
}

/// The paths of the internal listener.
pub(crate) fn internal(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/healthz")
                .route(web::get().to(probes::healthz))
                .route(web::head().to(probes::healthz))
                .default_service(refusals::only("GET, HEAD")),
        )
        .service(
            web::resource("/readyz")
                .route(web::get().to(probes::readyz))
                .route(web::head().to(probes::readyz))
                .default_service(refusals::only("GET, HEAD")),
        )
        .default_service(web::to(refusals::no_such_resource));
}
