//! The actions without a form of their own.

use actix_web::HttpResponse;
use actix_web::web::{Path, Payload};
use keyward_domain::usecases::Precondition;
use keyward_web::{RequestError, await_propagation};

use super::respond::Call;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::see_other;
use crate::request::page_request::{Owner, PageRequest};

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/disable`, `/enable` and `/end-overlap`.
pub(crate) async fn act(
    call: Call,
    payload: Payload,
    path: Path<(String, String, String)>,
) -> HttpResponse {
    let (_workspace, _key, action) = path.into_inner();
    call.submit(payload, async |page_request, owner, _form| {
        carry_out(page_request, owner, &action).await
    })
    .await
}

/// Reports success only after the store has confirmed it.
async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    action: &str,
) -> Result<HttpResponse, RequestError> {
    let state = page_request.state;
    let api_key_id = page_request.api_key_id()?;
    let target = owner.target(api_key_id, &Precondition::Anything);
    let (changed, done) = match action {
        "disable" => (state.api.keys.disable(target).await, Done::Disabled),
        "enable" => (state.api.keys.enable(target).await, Done::Enabled),
        "end-overlap" => (state.api.keys.end_overlap(target).await, Done::OverlapEnded),
        _ => return Err(RequestError::NoSuchResource),
    };
    changed.map_err(|error| RequestError::of_change(error, &[]))?;
    let notice = Notice::new(done, await_propagation(&state.api).await);
    let url = page_request.links.key(owner.workspace_id(), api_key_id);
    Ok(see_other(&format!("{url}{}", notice.query())))
}
