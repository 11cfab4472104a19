//! Contract §3: `PATCH …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::key_data;
use super::owner::Owner;
use super::propagation;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::error::Failure;
use crate::extract::{self, Heeded, Member};

/// Changes what is named of a key, and shows it as it is then.
pub(crate) async fn update(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    carry_out(&request, payload, &state, &context)
        .await
        .unwrap_or_else(|failure| failure.answer(&context))
}

async fn carry_out(
    request: &HttpRequest,
    payload: Payload,
    state: &PublicState,
    context: &RequestContext,
) -> Result<HttpResponse, Failure> {
    let owner = Owner::check(request, state, context, Heeded::IfMatch).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let update = extract::update(body.members);
    let updated = state.keys.update(owner.target(api_key_id), update).await;
    let key = updated.map_err(|error| Failure::of_change(error, Member::OF_UPDATE))?;
    Ok(propagation::told(state, key_data::answer(context, &key)).await)
}

#[cfg(test)]
mod tests;
