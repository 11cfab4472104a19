//! The page for owners in a browser, at `/` of the public listener.
//!
//! Every page is complete HTML, rendered by the server from `templates/`. It works without scripts;
//! htmx and a few modules in `assets/` make it faster. All links are relative, so that it works
//! under any path prefix of a proxy.
//!
//! 1. `page_request`: one request of a browser: its language, its session, its proof of ownership.
//! 2. `page`: the common parts of all pages, and the headers of HTML responses.
//! 3. One file per page or action; each calls the same use cases as the API.

mod actions;
mod assets;
mod catalogue;
mod choose_language;
mod create;
mod delete;
mod detail;
mod edit;
mod error_page;
mod form;
mod key_form;
mod key_view;
mod links;
mod list;
mod moment;
mod notice;
mod page;
mod page_request;
mod preview;
mod respond;
mod reveal;
mod rotate;
mod sent_before;
mod session_cookie;
mod sign_in;
mod trail_view;
mod try_key;

use actix_web::Resource;
use actix_web::web::{self, ServiceConfig};

use crate::routes::refusals;

/// The routes of the page.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(read_only("/", web::get().to(sign_in::front_door)))
        .service(read_only(
            "/assets/{version}/{name}",
            web::get().to(assets::asset),
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
                .default_service(refusals::method_not_allowed("GET, HEAD")),
        )
        .service(
            of_workspace("/try")
                .route(web::get().to(try_key::show))
                .route(web::post().to(try_key::run))
                .default_service(refusals::method_not_allowed("GET, HEAD, POST")),
        )
        // Before the keys: these are not valid key ids.
        .service(
            of_workspace("/keys/new")
                .route(web::get().to(create::show))
                .default_service(refusals::method_not_allowed("GET, HEAD")),
        )
        // This path has as many segments as the path of the page that shows a secret, which
        // replaces it in the address bar. So relative links work in both.
        .service(
            of_workspace("/keys/new/secret")
                .route(web::get().to(create::begin_again))
                .route(web::post().to(create::create))
                .default_service(refusals::method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_workspace("/keys/preview")
                .route(web::post().to(preview::preview))
                .default_service(refusals::method_not_allowed("POST")),
        )
        .service(
            of_key("")
                .route(web::get().to(detail::show))
                .default_service(refusals::method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/secret")
                .route(web::get().to(reveal::shown_already))
                .default_service(refusals::method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/edit")
                .route(web::get().to(edit::show))
                .route(web::post().to(edit::submit))
                .default_service(refusals::method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_key("/rotate")
                .route(web::get().to(rotate::show))
                .route(web::post().to(rotate::rotate))
                .default_service(refusals::method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of_key("/delete")
                .route(web::get().to(delete::show))
                .route(web::post().to(delete::delete))
                .default_service(refusals::method_not_allowed("GET, HEAD, POST")),
        )
        .service(write_only(KEY_ACTION, web::post().to(actions::act)));
}

/// The actions without a form of their own: `disable`, `enable` and `end-overlap`.
const KEY_ACTION: &str =
    "/workspaces/{workspaceId}/keys/{apiKeyId}/{action:disable|enable|end-overlap}";

fn of_workspace(rest: &str) -> Resource {
    web::resource(format!("/workspaces/{{workspaceId}}{rest}"))
}

fn of_key(rest: &str) -> Resource {
    of_workspace(&format!("/keys/{{apiKeyId}}{rest}"))
}

fn read_only(path: &str, route: actix_web::Route) -> Resource {
    web::resource(path)
        .route(route)
        .default_service(refusals::method_not_allowed("GET, HEAD"))
}

fn write_only(path: &str, route: actix_web::Route) -> Resource {
    web::resource(path)
        .route(route)
        .default_service(refusals::method_not_allowed("POST"))
}

#[cfg(test)]
mod tests;
