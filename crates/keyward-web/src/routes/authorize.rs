//! Contract §4: may this call pass? Gateways ask by headers, one path a family, so that a client
//! can't choose which header is believed.

pub(crate) mod envoy;
pub(crate) mod forwarded;
pub(crate) mod nginx;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::Verified;
use keyward_domain::{ApiKeyFields, ClientAddress, Decision, Question, Scope};
use keyward_guard::Answer;
use keyward_guard::headers::presented_secret;
use utoipa::{IntoResponses, ToSchema};

pub(crate) use self::{envoy::envoy, forwarded::forwarded, nginx::nginx};
use crate::error::RequestError;
use crate::extract::Asked;
use crate::headers::ascii_header_value;
use crate::internal_callers::ShownIn;
use crate::request_context::RequestContext;
use crate::schemas::decisions;
use crate::state::InternalState;

const X_AUTH_KEY_ID: HeaderName = HeaderName::from_static("x-auth-key-id");
const X_AUTH_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-auth-workspace-id");
const X_AUTH_MODE: HeaderName = HeaderName::from_static("x-auth-mode");
const X_AUTH_SCOPES: HeaderName = HeaderName::from_static("x-auth-scopes");

/// What a denied client is told, where its gateway passes that on.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes, and is never made")]
pub(crate) struct Denial {
    valid: bool,
    #[schema(schema_with = decisions)]
    decision: String,
    #[schema(nullable = false)]
    missing_scopes: Option<Vec<String>>,
}

/// What a gateway is answered, for the description.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes, and is never made")]
enum Authorized {
    /// The call may pass.
    #[response(status = 200, headers(
        ("X-Auth-Key-Id" = String, description = "Which key"),
        ("X-Auth-Workspace-Id" = String, description = "Whose key"),
        ("X-Auth-Mode" = String, description = "LIVE or TEST"),
        ("X-Auth-Scopes" = String, description = "All of the key's scopes, with spaces between them")
    ))]
    Allowed,
    /// Nobody who is known.
    #[response(status = 401, headers(
        ("X-Auth-Decision" = String, description = "Why"),
        ("WWW-Authenticate" = String, description = "Bearer")
    ))]
    Unknown(Denial),
    /// Known, but may not.
    #[response(status = 403, headers(("X-Auth-Decision" = String, description = "Why")))]
    Refused(Denial),
}

/// Decides about a call that is described by what the family reads.
async fn authorize(
    request: &HttpRequest,
    state: &InternalState,
    context: &RequestContext,
    address: Option<ClientAddress>,
    asked: Result<Asked, RequestError>,
) -> HttpResponse {
    let decide = async || {
        state.admit(request, ShownIn::InternalTokenHeader)?;
        let Asked { scopes, mode } = asked?;
        let question = Question {
            address,
            scopes,
            mode,
        };
        // No secret, or two, is none that a key can have.
        let secret = presented_secret(request.headers()).unwrap_or_default();
        state.decide(request, secret, &question).await
    };
    match decide().await {
        Ok(Verified { decision, key }) => match key.filter(|_| decision == Decision::Valid) {
            Some(key) => allowed(key.fields()),
            None => HttpResponse::from(Answer::denied(&decision)),
        },
        Err(failure) => failure.answer(context),
    }
}

/// Exactly 200, with all of the identity, so that nothing that a client says of itself is left.
fn allowed(key: &ApiKeyFields) -> HttpResponse {
    let scopes: Vec<&str> = key.scopes.as_slice().iter().map(Scope::as_str).collect();
    HttpResponse::Ok()
        .insert_header((X_AUTH_KEY_ID, ascii_header_value(&key.id.to_string())))
        .insert_header((
            X_AUTH_WORKSPACE_ID,
            ascii_header_value(key.workspace_id.as_str()),
        ))
        .insert_header((
            X_AUTH_MODE,
            HeaderValue::from_static(key.id.mode().as_str()),
        ))
        .insert_header((X_AUTH_SCOPES, ascii_header_value(&scopes.join(" "))))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
