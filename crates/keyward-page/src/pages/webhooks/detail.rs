//! One webhook: its settings, its actions and its deliveries.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::Attempt;
use keyward_web::extract::{self, DeliveriesQuery};
use keyward_web::{RequestError, message};

use super::{Operations, view};
use crate::language::MessageId as M;
use crate::layout::notice::Notice;
use crate::layout::page::{Page, html_with_secret, see_other};
use crate::pages::respond::Call;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::attempt_view::AttemptView;
use crate::views::delivery_view::DeliveryView;
use crate::views::webhook_view::WebhookView;

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    page: Page,
    webhook: WebhookView,
    /// What came of a test message.
    tested: Option<AttemptView>,
    /// The text that is no sequence, when one was submitted.
    no_sequence: Option<String>,
    /// The latest event first.
    deliveries: Vec<DeliveryView>,
    latest_url: Option<String>,
    older_url: Option<String>,
}

/// What the page tells about an action.
pub(super) enum Told<'a> {
    /// There was none.
    Nothing,
    /// What came of a test message.
    Tested(&'a Attempt),
    /// So many events are sent again.
    SentAgain(u64),
    /// Nothing is sent again: the text is no sequence.
    NoSequence(&'a str),
}

/// `GET /workspaces/{workspaceId}/webhooks/{webhookId}`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| page(page_request, owner, Told::Nothing).await)
        .await
}

/// Opening the address of an action has no form data: leads to the webhook.
pub(crate) async fn return_to(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let id = page_request.webhook_id()?;
        let url = page_request.links.webhook(owner.workspace_id(), id);
        Ok(see_other(&url))
    })
    .await
}

/// The page, with what it tells about an action.
pub(super) async fn page(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    told: Told<'_>,
) -> Result<HttpResponse, RequestError> {
    let language = page_request.context.language;
    let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
    let id = page_request.webhook_id()?;
    let part = asked_part(page_request.request.query_string())?;
    let found = webhooks.get(&caller, id).await?;
    // With one more, to know whether there are older ones.
    let limit = part.size.saturating_add(1);
    let deliveries = webhooks.deliveries(&caller, id, part.before, limit).await?;
    let size = usize::try_from(part.size).unwrap_or(usize::MAX);
    let shown = deliveries.get(..size).unwrap_or(&deliveries);
    let has_older = shown.len() < deliveries.len();
    let oldest = shown.last().and_then(|delivery| delivery.sequence);

    let webhook = view(page_request, owner, &found);
    let older_url = oldest.filter(|_sequence| has_older);
    let older_url = older_url.map(|sequence| format!("{}?before={sequence}", webhook.url));
    let mut template = WebhookPage {
        page: Page::new(page_request, webhook.address.clone()),
        latest_url: part.before.map(|_sequence| webhook.url.clone()),
        webhook,
        tested: None,
        no_sequence: None,
        deliveries: shown
            .iter()
            .map(|delivery| DeliveryView::of(delivery, language))
            .collect(),
        older_url,
    };
    let mut status = StatusCode::OK;
    match told {
        Told::Nothing => {}
        Told::Tested(attempt) => template.tested = Some(AttemptView::of(attempt, language)),
        Told::SentAgain(count) => {
            let count = [("count", count.to_string().into())];
            template.page.notice = Some(message(language, M::SentAgain, &count));
        }
        Told::NoSequence(text) => {
            template.no_sequence = Some(text.to_owned());
            status = StatusCode::BAD_REQUEST;
        }
    }
    // Receivers put passwords into the query of their URL.
    Ok(html_with_secret(page_request, status, &template))
}

/// The part of the deliveries. Otherwise the query contains a notice.
fn asked_part(query: &str) -> Result<DeliveriesQuery, RequestError> {
    let is_notice = Notice::of_query(query).is_some();
    extract::deliveries_query(if is_notice { "" } else { query })
}
