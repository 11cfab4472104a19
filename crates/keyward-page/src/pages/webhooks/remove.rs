//! Removes a webhook, with its deliveries.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::ports::Reach;

use super::{Operations, view};
use crate::language::MessageId as M;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::{Page, html, see_other};
use crate::pages::respond::Call;
use crate::request::page_request::Owner;
use crate::views::webhook_view::WebhookView;

#[derive(Template)]
#[template(path = "webhook_remove.html")]
struct RemovePage {
    page: Page,
    webhook: WebhookView,
}

/// `GET /workspaces/{workspaceId}/webhooks/{webhookId}/remove`: explains the effect.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        let webhook = webhooks.get(&caller, page_request.webhook_id()?).await?;
        let template = RemovePage {
            page: Page::titled(page_request, M::RemoveWebhook),
            webhook: view(page_request, owner, &webhook),
        };
        Ok(html(page_request, StatusCode::OK, &template))
    })
    .await
}

/// `POST /workspaces/{workspaceId}/webhooks/{webhookId}/remove`.
pub(crate) async fn remove(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        webhooks.remove(&caller, page_request.webhook_id()?).await?;
        // Servers ask the store for webhooks, and keep none.
        let notice = Notice::new(
            Done::WebhookRemoved,
            Reach::Everywhere,
            page_request.context.now(),
        );
        let url = page_request.links.webhooks(owner.workspace_id());
        Ok(see_other(&format!("{url}{}", notice.query())))
    })
    .await
}
