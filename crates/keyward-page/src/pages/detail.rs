//! One key: its fields, its secrets, its actions and its history.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_domain::{ApiKey, Pagination, Status};
use keyward_web::{RequestError, extract};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::{Page, html};
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::catalogue::Catalogue;
use crate::views::key_view::KeyView;
use crate::views::trail_view::EventView;

#[derive(Template)]
#[template(path = "detail.html")]
struct DetailPage {
    page: Page,
    key: KeyView,
    events: Vec<EventView>,
    newer_url: Option<String>,
    older_url: Option<String>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let (context, state) = (&page_request.context, page_request.state);
    let key = page_request.key(user).await?;
    let asked = asked_page(page_request.request.query_string())?;
    let catalogue =
        Catalogue::read(state.api.keys.scope_catalogue.as_ref(), context.language).await?;
    let trail = state
        .api
        .keys
        .events(&user.workspace, key.id(), asked)
        .await?;
    let trail = trail.ok_or(RequestError::ApiKeyNotFound)?;
    let events = trail.items.iter();
    let events = events.map(|event| EventView::of(event, &catalogue, context.language));
    let url = page_request.links.key(user.workspace_id(), key.id());
    let of_page = |number: u32| format!("{url}?page={number}");
    let shown = asked.offset() + u64::from(asked.size());
    let mut page = Page::new(page_request, key.fields().name.as_str().to_owned());
    if !is_true_of(page_request, &key) {
        page.notice = None;
    }
    let template = DetailPage {
        page,
        events: events.collect(),
        newer_url: asked.number().checked_sub(1).map(of_page),
        older_url: (shown < trail.total).then(|| of_page(asked.number().saturating_add(1))),
        key: KeyView::of(&key, url, &catalogue, (context.language, context.now())),
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

/// Whether the key still is as the notice says; someone may have changed it since.
fn is_true_of(page_request: &PageRequest<'_>, key: &ApiKey) -> bool {
    let now = page_request.context.now();
    let notice = Notice::of_query(page_request.request.query_string());
    notice.is_none_or(|notice| match notice.done() {
        Done::Disabled => key.status(now) == Status::Disabled,
        Done::Enabled => key.status(now) != Status::Disabled,
        Done::OverlapEnded => key.fields().live_previous_secret(now).is_none(),
        Done::Saved | Done::Deleted | Done::WebhookEnabled | Done::WebhookRemoved => true,
    })
}

/// The page of the history. Otherwise the query contains a notice.
fn asked_page(query: &str) -> Result<Pagination, RequestError> {
    let is_page = query.starts_with("page=");
    extract::page(if is_page { query } else { "" })
}
