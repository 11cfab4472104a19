//! What needs no form of its own.

use actix_web::web::{Data, Path, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::Seen;

use super::error_page::error_page;
use super::form::Form;
use super::notice::{Done, Notice};
use super::page::see_other;
use super::visit::Visit;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::error::Failure;
use crate::routes::settled;

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/disable`, `/enable` and `/end-overlap`.
pub(super) async fn act(
    request: HttpRequest,
    payload: Payload,
    path: Path<(String, String, String)>,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let visit = Visit::begin(&request, &state, &context);
    carry_out(&visit, payload, &path.2)
        .await
        .unwrap_or_else(|failure| error_page(&visit, &failure))
}

/// Success is told only after the store has confirmed it.
async fn carry_out(
    visit: &Visit<'_>,
    payload: Payload,
    action: &str,
) -> Result<HttpResponse, Failure> {
    let state = visit.state;
    let form = Form::read(visit.request, payload, state.body_deadline).await?;
    let owner = visit.owner_of_form(&form).await?;
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
