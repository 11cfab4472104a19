//! Enables a webhook that was disabled after failures.

use actix_web::HttpResponse;
use actix_web::web::Payload;
use keyward_domain::ports::Reach;

use super::Operations;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::see_other;
use crate::pages::respond::Call;
use crate::request::page_request::Owner;

/// `POST /workspaces/{workspaceId}/webhooks/{webhookId}/enable`.
pub(crate) async fn enable(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        let id = page_request.webhook_id()?;
        webhooks.enable(&caller, id).await?;
        // Servers ask the store for webhooks, and keep none.
        let notice = Notice::new(
            Done::WebhookEnabled,
            Reach::Everywhere,
            page_request.context.now(),
        );
        let url = page_request.links.webhook(owner.workspace_id(), id);
        Ok(see_other(&format!("{url}{}", notice.query())))
    })
    .await
}
