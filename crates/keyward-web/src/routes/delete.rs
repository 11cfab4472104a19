//! Contract §3: `DELETE …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::owner::Owner;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::envelope;
use crate::error::Failure;
use crate::extract::{self, Heeded};

/// Deletes a key, for good.
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    carry_out(&request, &state, &context)
        .await
        .unwrap_or_else(|failure| failure.answer(&context))
}

async fn carry_out(
    request: &HttpRequest,
    state: &PublicState,
    context: &RequestContext,
) -> Result<HttpResponse, Failure> {
    let owner = Owner::check(request, state, context, Heeded::IfMatch).await?;
    let api_key_id = extract::api_key_id(request.uri().path())?;
    let deleted = state.keys.delete(owner.target(api_key_id)).await;
    deleted.map_err(|error| Failure::of_change(error, &[]))?;
    Ok(envelope::no_content())
}

#[cfg(test)]
mod tests;
