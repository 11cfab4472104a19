//! Contract §3: `DELETE …/api-keys/{apiKeyId}`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::envelope;

/// Deletes a key, for good.
pub(crate) async fn delete(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.delete(target).await,
        envelope::no_content,
    );
    change.await
}

#[cfg(test)]
mod tests;
