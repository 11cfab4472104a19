//! The API description (`OpenAPI` 3.1). It is generated from the handlers, their responses and the
//! table of codes, stored in `docs/api/openapi.json`, and served.

mod complete;
mod pages;

use utoipa::OpenApi;

use self::complete::Complete;
#[cfg(test)]
pub(crate) use self::pages::DOCS;
pub use self::pages::configure;
use crate::{routes, schemas};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Keyward",
        description = "The self-hosted API-key service of a platform. The first section is for the front end of a portal, with its user's token. The others are on the internal listener, for gateways, back-ends and operators. Every GET operation also supports HEAD.",
        contact(name = "Keyward", url = "https://github.com/keyward/keyward"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "keys", description = "A workspace's keys, managed by its owner"),
        (name = "events", description = "What happened to a workspace's keys, in one order, each event once"),
        (name = "webhooks", description = "Where the events of a workspace are sent; only if the operator has configured a key for webhooks"),
        (name = "revocation", description = "For anyone who has a secret and wants it to end"),
        (name = "verification", description = "May the holder of this secret make this call from this address now?"),
        (name = "guards", description = "For services that keep keys in their memory and decide by themselves"),
        (name = "gateways", description = "The same for gateways, with headers; one path per family of gateways"),
        (name = "administration", description = "Workspaces, members, plans, scopes and keys for the platform's services; each needs a service token with the permission that belongs to the operation"),
        (name = "operations", description = "For orchestrators and monitoring")
    ),
    paths(
        routes::create::create,
        routes::list::list,
        routes::get::get,
        routes::update::update,
        routes::delete::delete,
        routes::delete_named::delete_named,
        routes::disable::disable,
        routes::enable::enable,
        routes::rotate::rotate,
        routes::end_overlap::end_overlap,
        routes::events::events,
        routes::usage::usage,
        routes::workspace_events::workspace_events,
        routes::webhooks::list::list,
        routes::webhooks::create::create,
        routes::webhooks::get::get,
        routes::webhooks::delete::delete,
        routes::webhooks::enable::enable,
        routes::webhooks::rotate::rotate,
        routes::webhooks::test_delivery::test_delivery,
        routes::webhooks::replay::replay,
        routes::webhooks::deliveries::deliveries,
        routes::scopes::scopes,
        routes::revocations::revocations,
        routes::leaks::leaks,
        routes::verify::verify,
        routes::verify_batch::verify_batch,
        routes::local_keys::lookup::lookup,
        routes::local_keys::changes::changes,
        routes::local_keys::heartbeats::heartbeats,
        routes::local_keys::uses::uses,
        routes::local_keys::refills::refills,
        routes::authorize::forwarded::forwarded,
        routes::authorize::nginx::nginx,
        routes::authorize::envoy::envoy,
        routes::admin::list_workspaces::list_workspaces,
        routes::admin::get_workspace::get_workspace,
        routes::admin::put_workspace::put_workspace,
        routes::admin::delete_workspace::delete_workspace,
        routes::admin::put_workspaces::put_workspaces,
        routes::admin::list_members::list_members,
        routes::admin::get_member::get_member,
        routes::admin::put_member::put_member,
        routes::admin::delete_member::delete_member,
        routes::admin::put_members::put_members,
        routes::admin::list_events::list_events,
        routes::admin::list_plans::list_plans,
        routes::admin::get_plan::get_plan,
        routes::admin::put_plan::put_plan,
        routes::admin::delete_plan::delete_plan,
        routes::admin::list_scopes::list_scopes,
        routes::admin::get_scope::get_scope,
        routes::admin::put_scope::put_scope,
        routes::admin::delete_scope::delete_scope,
        routes::admin::put_resource::put_resource,
        routes::admin::list_keys::list_keys,
        routes::admin::create_key::create_key,
        routes::admin::import_keys::import_keys,
        routes::admin::get_key::get_key,
        routes::admin::disable_key::disable_key,
        routes::admin::delete_key::delete_key,
        routes::admin::find_keys::find_keys,
        routes::admin::disable_keys::disable_keys,
        routes::admin::report_leaks::report_leaks,
        routes::probes::healthz,
        routes::probes::readyz,
        routes::metrics::metrics,
    ),
    components(schemas(schemas::Refusal, routes::authorize::Denial)),
    modifiers(&Complete)
)]
struct Description;

/// The description, as it is stored and served.
#[must_use]
pub fn openapi_json() -> String {
    // Serializing it can't fail.
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
