//! What was changed of a key, by whom and from where.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use keyward_web::{RequestError, extract};

use super::KeyPage;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::pages::respond::Call;
use crate::request::page_request::{PageRequest, Supervisor};
use crate::views::key_view::KeyView;
use crate::views::trail_view::EventView;

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    page: Page,
    key: KeyView,
    tab: &'static str,
    events: Vec<EventView>,
    newer_url: Option<String>,
    older_url: Option<String>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/history`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    user: &Supervisor,
) -> Result<HttpResponse, RequestError> {
    let language = page_request.context.language;
    let asked = extract::page(&page_request.query())?;
    let of_key = KeyPage::read(page_request, user).await?;
    let keys = &page_request.state.api.keys;
    let trail = keys.events(&user.workspace, of_key.key.id(), asked).await?;
    let trail = trail.ok_or(RequestError::ApiKeyNotFound)?;
    let events = trail.items.iter();
    let events = events.map(|event| EventView::of(event, &of_key.catalogue, language));
    let url = &of_key.view.url;
    let of_page = |number: u32| format!("{url}/history?page={number}");
    let shown = asked.offset() + u64::from(asked.size());
    let template = HistoryPage {
        events: events.collect(),
        newer_url: asked.number().checked_sub(1).map(of_page),
        older_url: (shown < trail.total).then(|| of_page(asked.number().saturating_add(1))),
        page: of_key.page,
        key: of_key.view,
        tab: "history",
    };
    Ok(html(page_request, StatusCode::OK, &template))
}
