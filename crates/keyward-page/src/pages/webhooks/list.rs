//! The list of a workspace's webhooks, with the form that adds one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_web::{Problem, RequestError};

use super::{Operations, view};
use crate::language::MessageId as M;
use crate::layout::page::{Page, html_with_secret};
use crate::pages::respond::Call;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::webhook_form::{WebhookForm, WebhookFormView};
use crate::views::webhook_view::WebhookView;

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    page: Page,
    /// The oldest first.
    webhooks: Vec<WebhookView>,
    form: WebhookFormView,
}

/// `GET /workspaces/{workspaceId}/webhooks`.
pub(crate) async fn list(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        page(page_request, owner, (&WebhookForm::default(), &[])).await
    })
    .await
}

/// The list, and the form with the submitted values and their problems.
pub(super) async fn page(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    (filled, problems): (&WebhookForm, &[Problem]),
) -> Result<HttpResponse, RequestError> {
    let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
    let found = webhooks.list(&caller).await?;
    let found = found
        .iter()
        .map(|webhook| view(page_request, owner, webhook));
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let template = WebhooksPage {
        page: Page::titled(page_request, M::Webhooks),
        webhooks: found.collect(),
        form: WebhookFormView::new(filled, problems, page_request.context.language),
    };
    // Receivers put passwords into the query of their URL, which the form may have.
    Ok(html_with_secret(page_request, status, &template))
}
