//! Contract §3: `POST …/api-keys/{apiKeyId}/rotate/finish`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::envelope;

/// Ends the old secret that lives on from a rotation.
pub(crate) async fn end_overlap(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.end_overlap(target).await,
        || envelope::success_without_data(&context),
    );
    change.await
}

#[cfg(test)]
mod tests;
