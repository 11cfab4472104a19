//! Shows the secret of a webhook once, on its own page. Its address contains nothing secret.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::usecases::WebhookWithKeys;

use super::{Operations, view};
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, html_with_secret};
use crate::pages::respond::Call;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::webhook_view::WebhookView;

#[derive(Template)]
#[template(path = "webhook_secret.html")]
struct SecretPage<'a> {
    page: Page,
    webhook: WebhookView,
    secret: &'a str,
}

#[derive(Template)]
#[template(path = "webhook_shown_already.html")]
struct ShownAlreadyPage {
    page: Page,
    webhook: WebhookView,
}

/// The response to a form that gave a webhook its keys.
pub(super) fn reveal(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    (status, title): (StatusCode, M),
    webhook: &WebhookWithKeys,
) -> HttpResponse {
    let template = SecretPage {
        page: Page::titled(page_request, title),
        webhook: view(page_request, owner, webhook),
        secret: &webhook.keys.secret,
    };
    html_with_secret(page_request, status, &template)
}

/// `GET /workspaces/{workspaceId}/webhooks/{webhookId}/secret`: shown when the page with the secret is
/// reloaded.
pub(crate) async fn shown_already(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
        let webhook = webhooks.get(&caller, page_request.webhook_id()?).await?;
        let template = ShownAlreadyPage {
            page: Page::titled(page_request, M::ShownAlready),
            webhook: view(page_request, owner, &webhook),
        };
        Ok(html(page_request, StatusCode::OK, &template))
    })
    .await
}
