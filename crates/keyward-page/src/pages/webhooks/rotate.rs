//! Gives a webhook new keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;

use super::{Operations, secret};
use crate::language::MessageId as M;
use crate::pages::respond::Call;
use crate::request::page_request::Owner;

/// `POST /workspaces/{workspaceId}/webhooks/{webhookId}/rotate`: shows the new secret once.
pub(crate) async fn rotate(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        let rotated = webhooks.rotate(&caller, page_request.webhook_id()?).await?;
        let title = (StatusCode::OK, M::WebhookRotated);
        Ok(secret::reveal(page_request, owner, title, &rotated))
    })
    .await
}
