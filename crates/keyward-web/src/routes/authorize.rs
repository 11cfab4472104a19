//! Contract §4: verification for gateways, with headers. Each family of gateways has its own path,
//! so that a client can't choose which header is trusted.

pub(crate) mod envoy;
pub(crate) mod forwarded;
pub(crate) mod nginx;

use std::fmt::Write as _;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::usecases::Verified;
use keyward_domain::{
    ApiKeyId, ClientAddress, Decision, ExternalId, LimitState, Permission, Scope, VerificationKey,
};
use keyward_guard::Answer;
use keyward_guard::headers::{presented_secret, write_rate_limit, write_rate_limit_policy};
use utoipa::{IntoResponses, ToSchema};

pub(crate) use self::{envoy::envoy, forwarded::forwarded, nginx::nginx};
use crate::envelope::NO_STORE;
use crate::error::RequestError;
use crate::extract::Asked;
use crate::headers::ascii_header_values;
use crate::internal_callers::ShownIn;
use crate::schemas::decisions;
use crate::state::InternalState;

const X_AUTH_KEY_ID: HeaderName = HeaderName::from_static("x-auth-key-id");
const X_AUTH_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-auth-workspace-id");
const X_AUTH_MODE: HeaderName = HeaderName::from_static("x-auth-mode");
const X_AUTH_SCOPES: HeaderName = HeaderName::from_static("x-auth-scopes");
const X_AUTH_EXTERNAL_ID: HeaderName = HeaderName::from_static("x-auth-external-id");
const X_AUTH_STALE: HeaderName = HeaderName::from_static("x-auth-stale");
const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The body for a denied client, if its gateway passes it on; only for the description.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only for the description")]
pub(crate) struct Denial {
    valid: bool,
    #[schema(schema_with = decisions)]
    decision: String,
    #[schema(nullable = false)]
    missing_scopes: Option<Vec<String>>,
}

/// The responses to a gateway, for the description.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only for the description")]
enum Authorized {
    /// The call is allowed.
    #[response(status = 200, headers(
        ("X-Auth-Key-Id" = String, description = "The key id"),
        ("X-Auth-Workspace-Id" = String, description = "The workspace of the key"),
        ("X-Auth-Mode" = String, description = "LIVE or TEST"),
        ("X-Auth-Scopes" = String, description = "All scopes of the key, separated by spaces"),
        ("X-Auth-External-Id" = String, description = "The external id of the key; empty when it has none"),
        ("X-Auth-Stale" = String, description = "true when changes of the key may have been missed for a second or longer; else there is none"),
        ("RateLimit" = String, description = "What is left of each limit, such as \"requests\";r=87;t=42; only for a limited key"),
        ("RateLimit-Policy" = String, description = "The limits, such as \"requests\";q=100;w=60; only for a limited key")
    ))]
    Allowed,
    /// The key is missing, unknown, disabled or expired.
    #[response(status = 401, headers(
        ("X-Auth-Decision" = String, description = "The reason"),
        ("WWW-Authenticate" = String, description = "Bearer")
    ))]
    Unknown(Denial),
    /// The key is known, but may not make this call.
    #[response(status = 403, headers(("X-Auth-Decision" = String, description = "The reason")))]
    Refused(Denial),
    /// A limit of the key is reached.
    #[response(status = 429, headers(
        ("X-Auth-Decision" = String, description = "RATE_LIMITED or QUOTA_EXCEEDED"),
        ("Retry-After" = String, description = "Seconds"),
        ("RateLimit" = String, description = "What is left of the limit, such as \"requests\";r=0;t=12"),
        ("RateLimit-Policy" = String, description = "The limit, such as \"requests\";q=100;w=60")
    ))]
    Limited(Denial),
}

/// Decides about a call.
async fn authorize(
    request: &HttpRequest,
    state: &InternalState,
    address: Option<ClientAddress>,
    asked: Result<Asked, RequestError>,
) -> Result<HttpResponse, RequestError> {
    state
        .admit(
            request,
            ShownIn::InternalTokenHeader,
            Permission::KeysVerify,
        )
        .await?;
    let question = asked?.by(address);
    // A missing or repeated secret is treated like an invalid one.
    let secret = presented_secret(request.headers()).unwrap_or_default();
    Ok(answer(&state.decide(request, secret, &question).await?))
}

/// The answer to a gateway.
pub(crate) fn answer(verified: &Verified) -> HttpResponse {
    let Verified {
        decision,
        key,
        limits,
        is_stale,
    } = verified;
    let mut response = match key.as_ref().filter(|_| *decision == Decision::Valid) {
        Some(key) if limits.is_empty() => allowed(key),
        Some(key) => with_limits(allowed(key), limits),
        None => HttpResponse::from(Answer::denied(decision)),
    };
    if *is_stale {
        let headers = response.headers_mut();
        headers.insert(X_AUTH_STALE, HeaderValue::from_static("true"));
    }
    response
}

/// Exactly 200, with all identity headers, so that none of the client's own copies remain. Without an
/// external id, its header is empty.
fn allowed(key: &VerificationKey) -> HttpResponse {
    let external_id = key.external_id().map_or("", ExternalId::as_str);
    let [id, workspace_id, scopes, external_id] = ascii_header_values([
        &|text| write_id(key.id, text),
        &|text| text.push_str(key.workspace_id.as_str()),
        &|text| write_scopes(key.scopes.as_slice(), text),
        &|text| text.push_str(external_id),
    ]);
    HttpResponse::Ok()
        .insert_header((X_AUTH_KEY_ID, id))
        .insert_header((X_AUTH_WORKSPACE_ID, workspace_id))
        .insert_header((X_AUTH_MODE, HeaderValue::from_static(key.mode().as_str())))
        .insert_header((X_AUTH_SCOPES, scopes))
        .insert_header((X_AUTH_EXTERNAL_ID, external_id))
        .insert_header(NO_STORE)
        .finish()
}

/// With what is left of the limits, for gateways that tell their clients.
fn with_limits(mut response: HttpResponse, limits: &[LimitState]) -> HttpResponse {
    let [left, policy] = ascii_header_values([
        &|text: &mut String| write_rate_limit(limits, text),
        &|text: &mut String| write_rate_limit_policy(limits, text),
    ]);
    let headers = response.headers_mut();
    headers.insert(RATELIMIT, left);
    headers.insert(RATELIMIT_POLICY, policy);
    response
}

/// The codes with spaces between them.
fn write_scopes(scopes: &[Scope], text: &mut String) {
    for (at, scope) in scopes.iter().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(scope.as_str());
    }
}

fn write_id(id: ApiKeyId, text: &mut String) {
    // Writing to a text never fails.
    let _written = write!(text, "{id}");
}

#[cfg(test)]
mod tests;
