//! What needs no form of its own.

use actix_web::HttpResponse;
use actix_web::web::{Path, Payload};
use keyward_domain::usecases::Seen;

use super::notice::{Done, Notice};
use super::page::see_other;
use super::respond::Call;
use super::visit::{Owner, Visit};
use crate::error::Failure;
use crate::routes::settled;

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/disable`, `/enable` and `/end-overlap`.
pub(super) async fn act(
    call: Call,
    payload: Payload,
    path: Path<(String, String, String)>,
) -> HttpResponse {
    let (_workspace, _key, action) = path.into_inner();
    call.submit(payload, async |visit, owner, _form| {
        carry_out(visit, owner, &action).await
    })
    .await
}

/// Success is told only after the store has confirmed it.
async fn carry_out(
    visit: &Visit<'_>,
    owner: &Owner,
    action: &str,
) -> Result<HttpResponse, Failure> {
    let state = visit.state;
    let api_key_id = visit.api_key_id()?;
    let target = owner.target(api_key_id, &Seen::Anything);
    let (changed, done) = match action {
        "disable" => (state.keys.disable(target).await, Done::Disabled),
        "enable" => (state.keys.enable(target).await, Done::Enabled),
        "end-overlap" => (state.keys.end_overlap(target).await, Done::OverlapEnded),
        _ => return Err(Failure::NoSuchResource),
    };
    changed.map_err(|error| Failure::of_change(error, &[]))?;
    let notice = Notice::new(done, settled(state).await);
    let url = visit.links.key(owner.workspace_id(), api_key_id);
    Ok(see_other(&format!("{url}{}", notice.query())))
}
