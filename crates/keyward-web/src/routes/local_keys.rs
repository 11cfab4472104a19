//! Contract §10: for guards that keep keys in their memory.

pub(crate) mod changes;
mod event_stream;
pub(crate) mod heartbeats;
mod key_data;
pub(crate) mod lookup;
pub(crate) mod refills;
pub(crate) mod uses;

use actix_web::web::{self, ServiceConfig};

use super::refusals::method_not_allowed;

/// The routes for guards.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/internal/v1/lookup")
                .route(web::post().to(lookup::lookup))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            web::resource("/internal/v1/changes")
                .route(web::get().to(changes::changes))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/internal/v1/changes/heartbeats")
                .route(web::post().to(heartbeats::heartbeats))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            web::resource("/internal/v1/limits/refills")
                .route(web::post().to(refills::refills))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            web::resource("/internal/v1/uses")
                .route(web::post().to(uses::uses))
                .default_service(method_not_allowed("POST")),
        );
}

#[cfg(test)]
mod tests;
