//! Contract §10: `POST /internal/v1/uses`.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::{KeyDenials, ScopeUse, SecretUse};

use crate::envelope;
use crate::error::RequestError;
use crate::extract::{self, ReportedUses};
use crate::schemas::UseReport;
use crate::state::InternalState;

/// Records the uses, denials and uses of scopes of a guard, like those of this node.
#[utoipa::path(
    post,
    path = "/internal/v1/uses",
    operation_id = "reportUses",
    description = "Up to 1,024 entries of each kind. An answer with a status below 500 is definite: 204 has recorded all, any other none. After anything else do not send the counts again.",
    tag = "guards",
    request_body = UseReport,
    responses((status = 204, description = "Recorded"))
)]
pub(crate) async fn uses(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    state.admit_verifier(&request).await?;
    let body = extract::batch_body(request.headers(), payload, state.body_deadline).await?;
    let ReportedUses {
        uses,
        denials,
        scope_uses,
    } = extract::reported_uses(body.members()?)?;
    // The clock of a guard may be ahead, and a last use never moves back.
    let now = state.clock.now();
    let recorder = &state.verify.usage_recorder;
    for used in uses {
        let last_used_at = used.last_used_at.min(now);
        recorder.add_uses(SecretUse {
            last_used_at,
            ..used
        });
    }
    for denied in denials {
        let last_denied_at = denied.last_denied_at.min(now);
        recorder.add_denials(KeyDenials {
            last_denied_at,
            ..denied
        });
    }
    for used in scope_uses {
        let last_used_on = used.last_used_on.min(now.truncated_to_days());
        recorder.add_scope_use(ScopeUse {
            last_used_on,
            ..used
        });
    }
    Ok(envelope::no_content())
}
