//! The actions without a form of their own.

use actix_web::HttpResponse;
use actix_web::web::Payload;
use keyward_domain::usecases::{ChangeError, ManageApiKeys, Precondition, Target};
use keyward_web::{Proof, RequestError, await_propagation};

use super::respond::Call;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::see_other;
use crate::request::page_request::{Owner, PageRequest, Supervisor, User};

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/disable`.
pub(crate) async fn disable(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, user: &Supervisor, _form| {
        act(page_request, user, Done::Disabled, async |keys, target| {
            keys.disable(target).await
        })
        .await
    })
    .await
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/enable`.
pub(crate) async fn enable(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        act(page_request, owner, Done::Enabled, async |keys, target| {
            keys.enable(target).await
        })
        .await
    })
    .await
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/end-overlap`.
pub(crate) async fn end_overlap(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, _form| {
        act(
            page_request,
            owner,
            Done::OverlapEnded,
            async |keys, target| keys.end_overlap(target).await,
        )
        .await
    })
    .await
}

/// Reports success only after the store has confirmed it.
async fn act<W: Proof>(
    page_request: &PageRequest<'_>,
    user: &User<W>,
    done: Done,
    change: impl AsyncFnOnce(&ManageApiKeys, Target<'_, W>) -> Result<(), ChangeError>,
) -> Result<HttpResponse, RequestError> {
    let state = page_request.state;
    let api_key_id = page_request.api_key_id()?;
    let target = user.target(api_key_id, &Precondition::Anything);
    let changed = change(&state.api.keys, target).await;
    changed.map_err(|error| RequestError::of_change(error, &[]))?;
    let notice = Notice::new(
        done,
        await_propagation(&state.api).await,
        page_request.context.now(),
    );
    let url = page_request.links.key(user.workspace_id(), api_key_id);
    Ok(see_other(&format!("{url}{}", notice.query())))
}
