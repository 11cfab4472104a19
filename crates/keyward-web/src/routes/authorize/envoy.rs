//! `/internal/v1/authorize/envoy/{path}`: Envoy `ext_authz` over HTTP.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use keyward_guard::headers;

use super::{Authorized, authorize};
use crate::error::RequestError;
use crate::extract;
use crate::state::InternalState;

/// Reads the client's address from `X-Forwarded-For`. Path and query come from the client, so the
/// requirements are in headers that Envoy sets.
#[utoipa::path(
    get,
    path = "/internal/v1/authorize/envoy/{path}",
    operation_id = "authorizeEnvoy",
    description = "For ext_authz over HTTP. Accepts any method. Path and query come from the client. The key comes in Authorization or X-Api-Key.",
    tag = "gateways",
    params(
        ("path" = String, Path, description = "The client's path; it is ignored"),
        ("X-Keyward-Scopes" = Option<String>, Header, description = "All scopes that the call needs, set by Envoy"),
        ("X-Keyward-Mode" = Option<String>, Header, description = "LIVE or TEST, set by Envoy"),
        ("X-Keyward-Cost" = Option<String>, Header, description = "What the call costs of limits, such as tokens:250, separated by spaces; set by Envoy. Other limits cost one unit"),
        ("X-Forwarded-For" = Option<String>, Header, description = "The client's address is the last hop that is not in KEYWARD_TRUSTED_PROXIES")
    ),
    responses(Authorized)
)]
pub(crate) async fn envoy(
    request: HttpRequest,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    let address = headers::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_headers(request.headers());
    authorize(&request, &state, address, asked).await
}
