//! Contract §3: `POST …/api-keys/{apiKeyId}/disable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::owner::Owner;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::envelope;
use crate::error::Failure;
use crate::extract::{self, Heeded};

/// Switches a key off.
pub(crate) async fn disable(
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
    let done = state.keys.disable(owner.target(api_key_id)).await;
    done.map_err(|error| Failure::of_change(error, &[]))?;
    Ok(envelope::success_without_data(context))
}

#[cfg(test)]
mod tests;
