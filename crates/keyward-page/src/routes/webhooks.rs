use actix_web::Resource;
use actix_web::web::{self, ServiceConfig};
use keyward_web::method_not_allowed;

use super::of_workspace;
use crate::pages::webhooks::{
    create, detail, enable, list, remove, replay, rotate, secret, test_message,
};

/// The pages about webhooks. An action that shows a page has an address that leads back to the
/// webhook when it is opened.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            of_workspace("/webhooks")
                .route(web::get().to(list::list))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        // Before the webhooks: this is not a valid id of one. The path has as many segments as the
        // one that replaces it in the address bar.
        .service(
            of_workspace("/webhooks/new/secret")
                .route(web::get().to(create::begin_again))
                .route(web::post().to(create::create))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_webhook("")
                .route(web::get().to(detail::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_webhook("/secret")
                .route(web::get().to(secret::shown_already))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_webhook("/rotate")
                .route(web::get().to(detail::return_to))
                .route(web::post().to(rotate::rotate))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_webhook("/test")
                .route(web::get().to(detail::return_to))
                .route(web::post().to(test_message::send))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_webhook("/replay")
                .route(web::get().to(detail::return_to))
                .route(web::post().to(replay::replay))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_webhook("/enable")
                .route(web::post().to(enable::enable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_webhook("/remove")
                .route(web::get().to(remove::show))
                .route(web::post().to(remove::remove))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        );
}

fn of_webhook(rest: &str) -> Resource {
    of_workspace(&format!("/webhooks/{{webhookId}}{rest}"))
}
