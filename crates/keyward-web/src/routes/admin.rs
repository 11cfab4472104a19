//! Contract §9: the administration of workspaces, members, plans, scopes and keys by services. One
//! file per operation.

mod batch;
mod caller;
pub(crate) mod create_key;
mod data;
pub(crate) mod delete_key;
pub(crate) mod delete_member;
pub(crate) mod delete_plan;
pub(crate) mod delete_scope;
pub(crate) mod delete_workspace;
pub(crate) mod disable_key;
pub(crate) mod disable_keys;
pub(crate) mod find_keys;
pub(crate) mod get_key;
pub(crate) mod get_member;
pub(crate) mod get_plan;
pub(crate) mod get_scope;
pub(crate) mod get_workspace;
pub(crate) mod import_keys;
pub(crate) mod list_events;
pub(crate) mod list_keys;
pub(crate) mod list_members;
pub(crate) mod list_plans;
pub(crate) mod list_scopes;
pub(crate) mod list_workspaces;
pub(crate) mod put_member;
pub(crate) mod put_members;
pub(crate) mod put_plan;
pub(crate) mod put_resource;
pub(crate) mod put_scope;
pub(crate) mod put_workspace;
pub(crate) mod put_workspaces;
pub(crate) mod report_leaks;

use actix_web::Resource;
use actix_web::web::{self, ServiceConfig};

use super::refusals::method_not_allowed;

/// The routes of the administration.
pub(super) fn configure(config: &mut ServiceConfig) {
    configure_workspaces(config);
    config
        .service(
            of("/events")
                .route(web::get().to(list_events::list_events))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/leaks")
                .route(web::post().to(report_leaks::report_leaks))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of("/plans")
                .route(web::get().to(list_plans::list_plans))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/plans/{name}")
                .route(web::get().to(get_plan::get_plan))
                .route(web::put().to(put_plan::put_plan))
                .route(web::delete().to(delete_plan::delete_plan))
                .default_service(method_not_allowed("GET, HEAD, PUT, DELETE")),
        )
        .service(
            of("/scopes")
                .route(web::get().to(list_scopes::list_scopes))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/scopes/{code}")
                .route(web::get().to(get_scope::get_scope))
                .route(web::put().to(put_scope::put_scope))
                .route(web::delete().to(delete_scope::delete_scope))
                .default_service(method_not_allowed("GET, HEAD, PUT, DELETE")),
        )
        .service(
            of("/resources/{code}")
                .route(web::put().to(put_resource::put_resource))
                .default_service(method_not_allowed("PUT")),
        )
        .service(
            of("/workspaces/{workspaceId}/api-keys")
                .route(web::get().to(list_keys::list_keys))
                .route(web::post().to(create_key::create_key))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            of("/workspaces/{workspaceId}/api-keys/{apiKeyId}")
                .route(web::get().to(get_key::get_key))
                .route(web::delete().to(delete_key::delete_key))
                .default_service(method_not_allowed("GET, HEAD, DELETE")),
        )
        .service(
            of("/workspaces/{workspaceId}/api-keys/{apiKeyId}/disable")
                .route(web::post().to(disable_key::disable_key))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of("/api-keys")
                .route(web::get().to(find_keys::find_keys))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/api-keys:import")
                .route(web::post().to(import_keys::import_keys))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of("/api-keys:disable")
                .route(web::post().to(disable_keys::disable_keys))
                .default_service(method_not_allowed("POST")),
        );
}

/// The routes of workspaces and their members.
fn configure_workspaces(config: &mut ServiceConfig) {
    config
        .service(
            of("/workspaces")
                .route(web::get().to(list_workspaces::list_workspaces))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/workspaces:batch")
                .route(web::post().to(put_workspaces::put_workspaces))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of("/members:batch")
                .route(web::post().to(put_members::put_members))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of("/workspaces/{workspaceId}")
                .route(web::get().to(get_workspace::get_workspace))
                .route(web::put().to(put_workspace::put_workspace))
                .route(web::delete().to(delete_workspace::delete_workspace))
                .default_service(method_not_allowed("GET, HEAD, PUT, DELETE")),
        )
        .service(
            of("/workspaces/{workspaceId}/members")
                .route(web::get().to(list_members::list_members))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of("/workspaces/{workspaceId}/members/{userId}")
                .route(web::get().to(get_member::get_member))
                .route(web::put().to(put_member::put_member))
                .route(web::delete().to(delete_member::delete_member))
                .default_service(method_not_allowed("GET, HEAD, PUT, DELETE")),
        );
}

fn of(path: &str) -> Resource {
    web::resource(format!("/internal/v1/admin{path}"))
}

#[cfg(test)]
mod tests;
