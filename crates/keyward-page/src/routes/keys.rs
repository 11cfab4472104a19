use actix_web::web::{self, ServiceConfig};
use keyward_web::method_not_allowed;

use super::of_key;
use crate::pages::{actions, delete, edit, key, reveal, rotate};

/// The pages and actions of one key.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            of_key("")
                .route(web::get().to(key::overview::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/activity")
                .route(web::get().to(key::activity::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/history")
                .route(web::get().to(key::history::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/use")
                .route(web::get().to(key::use_it::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/secret")
                .route(web::get().to(reveal::shown_already))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/first-use")
                .route(web::get().to(reveal::first_use))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/edit")
                .route(web::get().to(edit::show))
                .route(web::post().to(edit::submit))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_key("/rotate")
                .route(web::get().to(rotate::show))
                .route(web::post().to(rotate::rotate))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_key("/delete")
                .route(web::get().to(delete::show))
                .route(web::post().to(delete::delete))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_key("/disable")
                .route(web::post().to(actions::disable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/enable")
                .route(web::post().to(actions::enable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/end-overlap")
                .route(web::post().to(actions::end_overlap))
                .default_service(method_not_allowed("POST")),
        );
}
