//! Contract §4: may this call pass? Gateways ask by headers, one path a family, so that a client
//! can't choose which header is believed.

pub(crate) mod envoy;
pub(crate) mod forwarded;
pub(crate) mod nginx;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::Verified;
use keyward_domain::{ApiKeyFields, ClientAddress, Decision, Question, Scope};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

pub(crate) use self::{envoy::envoy, forwarded::forwarded, nginx::nginx};
use super::verify::missing_scopes;
use crate::error::RequestError;
use crate::extract::{self, Asked};
use crate::headers::ascii_header_value;
use crate::internal_callers::ShownIn;
use crate::request_context::RequestContext;
use crate::schemas::decisions;
use crate::state::InternalState;

const X_AUTH_KEY_ID: HeaderName = HeaderName::from_static("x-auth-key-id");
const X_AUTH_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-auth-workspace-id");
const X_AUTH_MODE: HeaderName = HeaderName::from_static("x-auth-mode");
const X_AUTH_SCOPES: HeaderName = HeaderName::from_static("x-auth-scopes");
const X_AUTH_DECISION: HeaderName = HeaderName::from_static("x-auth-decision");

/// What a denied client is told, where its gateway passes that on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Denial<'a> {
    valid: bool,
    #[schema(schema_with = decisions)]
    decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing_scopes: Option<Vec<&'a str>>,
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
    Unknown(Denial<'static>),
    /// Known, but may not.
    #[response(status = 403, headers(("X-Auth-Decision" = String, description = "Why")))]
    Refused(Denial<'static>),
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
        let secret = extract::presented_secret(request.headers()).unwrap_or_default();
        state.decide(request, secret, &question).await
    };
    match decide().await {
        Ok(Verified { decision, key }) => match key.filter(|_| decision == Decision::Valid) {
            Some(key) => allowed(key.fields()),
            None => denied(&decision),
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

/// 401 to who is nobody, 403 to who may not.
pub(crate) fn denied(decision: &Decision) -> HttpResponse {
    let status = status(decision);
    let mut response = HttpResponse::build(status);
    response
        .insert_header((X_AUTH_DECISION, decision.as_str()))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    response.json(Denial {
        valid: false,
        decision: decision.as_str(),
        missing_scopes: missing_scopes(decision),
    })
}

fn status(decision: &Decision) -> StatusCode {
    match decision {
        Decision::Malformed | Decision::Unknown | Decision::Disabled | Decision::Expired => {
            StatusCode::UNAUTHORIZED
        }
        // Without its key not even a right decision opens anything.
        Decision::Valid
        | Decision::WrongMode
        | Decision::IpNotAllowed
        | Decision::NoScopes
        | Decision::InsufficientScope { .. } => StatusCode::FORBIDDEN,
    }
}
