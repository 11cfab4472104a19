//! Sends a test message, and shows what came of it.

use actix_web::HttpResponse;
use actix_web::web::Payload;

use super::Operations;
use super::detail::{self, Told};
use crate::pages::respond::Call;
use crate::request::page_request::Owner;

/// `POST /workspaces/{workspaceId}/webhooks/{webhookId}/test`.
pub(crate) async fn send(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        let attempt = webhooks.test(&caller, page_request.webhook_id()?).await?;
        detail::page(page_request, owner, Told::Tested(&attempt)).await
    })
    .await
}
