mod keys;
mod webhooks;

use actix_web::Resource;
use actix_web::web::{self, Data, ServiceConfig};
use keyward_web::method_not_allowed;

use crate::pages::{
    asset, choose_language, create, find, list, preview, settings, several, sign_in, try_key,
};
use crate::request::page_state::PageState;

/// The routes of the page. Without webhooks, it has no pages about them.
pub fn configure(state: &PageState, config: &mut ServiceConfig) {
    config
        .app_data(Data::new(state.clone()))
        .service(read_only("/", web::get().to(sign_in::front_door)))
        .service(read_only(
            "/assets/{version}/{name}",
            web::get().to(asset::asset),
        ))
        .service(read_only(
            "/sign-in",
            web::get().to(sign_in::by_one_time_link),
        ))
        .service(write_only("/session", web::post().to(sign_in::sign_in)))
        .service(write_only("/sign-out", web::post().to(sign_in::sign_out)))
        .service(write_only(
            "/language",
            web::post().to(choose_language::choose),
        ))
        .service(
            of_workspace("/keys")
                .route(web::get().to(list::list))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_workspace("/try")
                .route(web::get().to(try_key::show))
                .route(web::post().to(try_key::run))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/settings")
                .route(web::get().to(settings::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        // Before the keys: these are not valid key ids.
        .service(
            of_workspace("/keys/new")
                .route(web::get().to(create::show))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        // This path has as many segments as the path of the page that shows a secret, which
        // replaces it in the address bar. So relative links work in both.
        .service(
            of_workspace("/keys/new/secret")
                .route(web::get().to(create::begin_again))
                .route(web::post().to(create::create))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/keys/several/disable")
                .route(web::get().to(several::begin_again))
                .route(web::post().to(several::disable))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/keys/several/expire")
                .route(web::get().to(several::begin_again))
                .route(web::post().to(several::expire))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/keys/find")
                .route(web::get().to(find::search_again))
                .route(web::post().to(find::find))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/keys/preview")
                .route(web::post().to(preview::preview))
                .default_service(method_not_allowed("POST")),
        );
    keys::configure(config);
    if state.api.webhooks.is_some() {
        webhooks::configure(config);
    }
}

fn of_workspace(rest: &str) -> Resource {
    web::resource(format!("/workspaces/{{workspaceId}}{rest}"))
}

fn of_key(rest: &str) -> Resource {
    of_workspace(&format!("/keys/{{apiKeyId}}{rest}"))
}

fn read_only(path: &str, route: actix_web::Route) -> Resource {
    web::resource(path)
        .route(route)
        .default_service(method_not_allowed("GET, HEAD"))
}

fn write_only(path: &str, route: actix_web::Route) -> Resource {
    web::resource(path)
        .route(route)
        .default_service(method_not_allowed("POST"))
}
