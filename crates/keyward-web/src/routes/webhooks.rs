//! The webhooks of a workspace (contract §14): one file per operation.

pub(crate) mod create;
mod data;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod enable;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod replay;
pub(crate) mod rotate;
pub(crate) mod test_delivery;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Resource};
use keyward_domain::usecases::{ManageWebhooks, WebhookCaller, WebhookError};
use keyward_domain::{Timestamp, Webhook, WebhookId};
use serde_json::json;

use super::method_not_allowed;
use super::owner::Owner;
use crate::error::RequestError;
use crate::extract::{OptionalHeaders, PathSegment};
use crate::members;
use crate::request_context::RequestContext;
use crate::state::PublicState;

/// The position of the webhook in `/web/v1/workspaces/{workspaceId}/webhooks/{webhookId}/…`.
const WEBHOOK: usize = 6;

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            resource("")
                .route(web::get().to(list::list))
                .route(web::post().to(create::create))
                .default_service(method_not_allowed("GET, HEAD, POST")),
        )
        .service(
            resource("/{webhookId}")
                .route(web::get().to(get::get))
                .route(web::delete().to(delete::delete))
                .default_service(method_not_allowed("GET, HEAD, DELETE")),
        )
        .service(
            resource("/{webhookId}/deliveries")
                .route(web::get().to(deliveries::deliveries))
                .default_service(method_not_allowed("GET, HEAD")),
        )
        .service(
            resource("/{webhookId}/enable")
                .route(web::post().to(enable::enable))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            resource("/{webhookId}/rotate")
                .route(web::post().to(rotate::rotate))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            resource("/{webhookId}/replay")
                .route(web::post().to(replay::replay))
                .default_service(method_not_allowed("POST")),
        )
        .service(
            resource("/{webhookId}/test")
                .route(web::post().to(test_delivery::test_delivery))
                .default_service(method_not_allowed("POST")),
        );
}

fn resource(rest: &str) -> Resource {
    web::resource(format!("/web/v1/workspaces/{{workspaceId}}/webhooks{rest}"))
}

/// A request of an owner about webhooks, after the first checks.
struct Asked<'a> {
    webhooks: &'a ManageWebhooks,
    caller: WebhookCaller,
}

impl<'a> Asked<'a> {
    /// # Errors
    /// [`RequestError::NoSuchResource`] when the deployment has no webhooks, or the first check that
    /// fails.
    async fn check(
        request: &HttpRequest,
        state: &'a PublicState,
        context: &RequestContext,
    ) -> Result<Self, RequestError> {
        let webhooks = state
            .webhooks
            .as_ref()
            .ok_or(RequestError::NoSuchResource)?;
        let owner = Owner::check(request, state, context, OptionalHeaders::NONE).await?;
        let caller = WebhookCaller::owner(&owner.workspace, owner.origin);
        Ok(Self { webhooks, caller })
    }
}

/// The webhook in the path.
fn webhook_id(request: &HttpRequest) -> Result<WebhookId, RequestError> {
    WebhookId::parse(PathSegment::nth(request.uri().path(), WEBHOOK).as_str())
        .map_err(|_nobody_has_it| RequestError::WebhookNotFound)
}

impl From<WebhookError> for RequestError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(violations) => Self::invalid(&violations, members::WEBHOOK),
            WebhookError::NotFound => Self::WebhookNotFound,
            WebhookError::UnknownWorkspace => Self::WorkspaceNotFound,
            WebhookError::LimitReached => Self::TooManyWebhooks,
            WebhookError::Repository(error) => Self::Repository(error),
            WebhookError::Entropy(error) => Self::Entropy(error),
        }
    }
}

/// A message that says that a webhook works.
pub(crate) fn test_message(id: &str, webhook: &Webhook, at: Timestamp) -> String {
    let message = json!({
        "id": id,
        "type": "webhook.test",
        "timestamp": at.to_string(),
        "data": { "webhookId": webhook.id.to_string() }
    });
    message.to_string()
}

#[cfg(test)]
mod tests;
