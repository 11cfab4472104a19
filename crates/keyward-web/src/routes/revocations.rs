//! Contract §13: `POST /public/v1/revocations`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::SecretReport;
use keyward_domain::{Actor, CallerName, ExposureSource};
use serde::Serialize;
use utoipa::ToSchema;

use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::{ReportedSecrets, Success};
use crate::state::PublicState;

/// What was received.
#[derive(Serialize, ToSchema)]
#[schema(as = Received)]
struct ReceivedData {
    /// The number of secrets in the request, whether known or not.
    #[schema(minimum = 1, maximum = 1_000)]
    received: usize,
}

/// Ends secrets that someone has. Says nothing about them.
#[utoipa::path(
    post,
    path = "/public/v1/revocations",
    operation_id = "revokeSecrets",
    description = "Anyone who has a secret can end it: its key is disabled, or only the old secret of a rotation is ended. The owner learns it, and can enable the key again. The answer is the same for known and unknown secrets.",
    tag = "revocation",
    request_body = ReportedSecrets,
    responses((status = 202, description = "Received", body = Success<ReceivedData>))
)]
pub(crate) async fn revocations(
    request: HttpRequest,
    payload: Payload,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    state.secret_reports.admit(context.address)?;
    let body = extract::json_body(request.headers(), payload, state.body_deadline).await?;
    let secrets = extract::reported_secrets(body.members()?)?;
    let received = secrets.len();
    let report = SecretReport {
        actor: Actor::Service {
            name: CallerName::secret_holder(),
        },
        source: ExposureSource::Holder,
        origin: context.origin(),
    };
    state.secret_reports.end(secrets, report).await?;
    let data = ReceivedData { received };
    Ok(envelope::success(&context, StatusCode::ACCEPTED, &data))
}

#[cfg(test)]
mod tests;
