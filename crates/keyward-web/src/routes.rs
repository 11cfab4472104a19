//! The routes of the API: one file per operation.

pub(crate) mod admin;
pub(crate) mod authorize;
mod bodiless;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod delete_named;
pub(crate) mod deployment_event_data;
pub(crate) mod disable;
pub(crate) mod enable;
pub(crate) mod end_overlap;
pub(crate) mod event_data;
pub(crate) mod events;
mod events_data;
pub(crate) mod get;
pub(crate) mod key_data;
pub(crate) mod key_lifetime_data;
pub(crate) mod leak_policy_data;
pub(crate) mod leaks;
pub(crate) mod limit_data;
pub(crate) mod list;
pub(crate) mod local_keys;
pub(crate) mod metrics;
mod owner;
mod page_data;
pub(crate) mod plan_data;
pub(crate) mod probes;
mod propagation;
pub(crate) mod published_event_data;
mod refusals;
pub(crate) mod revocations;
pub(crate) mod rotate;
pub(crate) mod scopes;
mod security_event_data;
pub(crate) mod update;
pub(crate) mod usage;
pub(crate) mod verify;
pub(crate) mod verify_batch;
pub(crate) mod webhooks;
pub(crate) mod workspace_events;

pub use self::{
    deployment_event_data::{DeploymentChangeData, DeploymentStateData},
    event_data::AuditedKeyData,
    key_data::{KeyData, SecretData},
    key_lifetime_data::KeyLifetimeData,
    leak_policy_data::LeakPolicyData,
    limit_data::LimitData,
    plan_data::PlanData,
    propagation::await_propagation,
    published_event_data::published_event_json,
    refusals::method_not_allowed,
};
pub(crate) use self::{
    published_event_data::{published_event_message, security_event_claims},
    webhooks::test_message,
};

use actix_web::Resource;
use actix_web::web::{self, ServiceConfig};

use crate::state::PublicState;

/// The routes of the public listener. GitHub's reports have one only where they can be checked.
pub(crate) fn public(config: &mut ServiceConfig, state: &PublicState) {
    if state.github_keys.is_some() {
        config.service(
            web::resource("/public/v1/leaks")
                .route(web::post().to(leaks::leaks))
                .default_service(method_not_allowed("POST")),
        );
    }
    config
        .service(
            web::resource("/web/v1/api-scopes")
                .route(web::get().to(scopes::scopes))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_workspace("")
                .route(web::get().to(list::list))
                .route(web::post().to(create::create))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        // Before the keys: this is not a valid key id.
        .service(
            of_workspace("/delete")
                .route(web::post().to(delete_named::delete_named))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("")
                .route(web::get().to(get::get))
                .route(web::patch().to(update::update))
                .route(web::delete().to(delete::delete))
                .default_service(method_not_allowed("GET, HEAD, PATCH, DELETE")),
        )
        .service(
            of_key("/disable")
                .route(web::post().to(disable::disable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/enable")
                .route(web::post().to(enable::enable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/rotate")
                .route(web::post().to(rotate::rotate))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/rotate/finish")
                .route(web::post().to(end_overlap::end_overlap))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            of_key("/events")
                .route(web::get().to(events::events))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            of_key("/usage")
                .route(web::get().to(usage::usage))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .configure(webhooks::configure)
        .service(
            web::resource("/web/v1/workspaces/{workspaceId}/events")
                .route(web::get().to(workspace_events::workspace_events))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/public/v1/revocations")
                .route(web::post().to(revocations::revocations))
                .default_service(method_not_allowed("POST")),
        )
        .default_service(web::to(refusals::no_such_resource));
}

/// A path below the keys of a workspace.
fn of_workspace(rest: &str) -> Resource {
    web::resource(format!("/web/v1/workspaces/{{workspaceId}}/api-keys{rest}"))
}

/// A path below a key.
fn of_key(rest: &str) -> Resource {
    of_workspace(&format!("/{{apiKeyId}}{rest}"))
}

/// The routes of the internal listener.
pub(crate) fn internal(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/internal/v1/api-keys/verify")
                .route(web::post().to(verify::verify))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            web::resource("/internal/v1/api-keys/verify/batch")
                .route(web::post().to(verify_batch::verify_batch))
                .default_service(method_not_allowed("POST")),
        )
        // Any method: some gateways ask with the client's own.
        .service(web::resource("/internal/v1/authorize/forwarded").to(authorize::forwarded))
        .service(web::resource("/internal/v1/authorize/nginx").to(authorize::nginx))
        .service(
            web::resource([
                "/internal/v1/authorize/envoy",
                "/internal/v1/authorize/envoy/{path:.*}",
            ])
            .to(authorize::envoy),
        )
        .configure(local_keys::configure)
        .configure(admin::configure)
        .service(
            web::resource("/healthz")
                .route(web::get().to(probes::healthz))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/metrics")
                .route(web::get().to(metrics::metrics))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            web::resource("/readyz")
                .route(web::get().to(probes::readyz))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .default_service(web::to(refusals::no_such_resource));
}

#[cfg(test)]
mod tests;
