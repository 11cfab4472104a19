//! Contract §3: `POST …/api-keys/{apiKeyId}/enable`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::bodiless;
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::envelope;

/// Switches a key on again.
pub(crate) async fn enable(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let change = bodiless::change(
        &request,
        &state,
        &context,
        async |keys, target| keys.enable(target).await,
        || envelope::success_without_data(&context),
    );
    change.await
}

#[cfg(test)]
mod tests;
