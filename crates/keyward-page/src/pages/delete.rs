//! Deletes a key permanently.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::Precondition;
use keyward_domain::{ApiKey, Timestamp};
use keyward_web::{RequestError, await_propagation};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::{Page, html, see_other};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::catalogue::Catalogue;
use crate::views::key_view::KeyView;

/// Deleting a key that was used within this time needs an additional confirmation.
const LATELY_SECONDS: i64 = 7 * 24 * 60 * 60;

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    page: Page,
    key: KeyView,
    /// Whether the user must type the key's name.
    was_used_lately: bool,
    problem: Option<String>,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/delete`: explains the effect.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let key = page_request.key(owner).await?;
        ask(page_request, owner, &key, None).await
    })
    .await
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/delete`.
pub(crate) async fn delete(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let state = page_request.state;
    let key = page_request.key(owner).await?;
    let is_confirmed = form.text("name").trim() == key.fields().name.as_str();
    if was_used_lately(&key, page_request.context.now()) && !is_confirmed {
        return ask(page_request, owner, &key, Some(M::NameDiffers)).await;
    }
    let target = owner.target(key.id(), &Precondition::Anything);
    let deleted = state.api.keys.delete(target).await;
    deleted.map_err(|error| RequestError::of_change(error, &[]))?;
    let notice = Notice::new(
        Done::Deleted,
        await_propagation(&state.api).await,
        page_request.context.now(),
    );
    let keys = page_request.links.keys(owner.workspace_id());
    Ok(see_other(&format!("{keys}{}", notice.query())))
}

async fn ask(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    key: &ApiKey,
    problem: Option<M>,
) -> Result<HttpResponse, RequestError> {
    let context = &page_request.context;
    let catalogue = page_request.state.api.keys.scope_catalogue.as_ref();
    let catalogue = Catalogue::read(catalogue, context.language).await?;
    let now = context.now();
    let page = Page::titled(page_request, M::DeleteKey);
    let url = page_request.links.key(owner.workspace_id(), key.id());
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let template = DeletePage {
        problem: problem.map(|id| page.say(id)),
        page,
        key: KeyView::of(key, url, &catalogue, (context.language, now)),
        was_used_lately: was_used_lately(key, now),
    };
    Ok(html(page_request, status, &template))
}

fn was_used_lately(key: &ApiKey, now: Timestamp) -> bool {
    let last = key.fields().last_used_at;
    last.is_some_and(|last| now.unix_seconds() - last.unix_seconds() < LATELY_SECONDS)
}
