//! `/internal/v1/authorize/envoy/{path}`: Envoy `ext_authz` over HTTP.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_guard::headers;

use super::{Authorized, authorize};
use crate::extract;
use crate::request_context::RequestContext;
use crate::state::InternalState;

/// Reads the client's address from `X-Forwarded-For`. Path and query are the client's own; what is
/// asked is in headers that Envoy sets.
#[utoipa::path(
    get,
    path = "/internal/v1/authorize/envoy/{path}",
    operation_id = "authorizeEnvoy",
    description = "For ext_authz over HTTP. Any method will do: path and query are the client's own. The key comes in Authorization or X-Api-Key.",
    tag = "gateways",
    params(
        ("path" = String, Path, description = "The client's own path, which is not looked at"),
        ("X-Keyward-Scopes" = Option<String>, Header, description = "All that the call needs to be allowed, as Envoy sets it"),
        ("X-Keyward-Mode" = Option<String>, Header, description = "LIVE or TEST, as Envoy sets it"),
        ("X-Forwarded-For" = Option<String>, Header, description = "The client is its last hop that is not in KEYWARD_TRUSTED_PROXIES")
    ),
    responses(Authorized)
)]
pub(crate) async fn envoy(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let address = headers::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_headers(request.headers());
    authorize(&request, &state, &context, address, asked).await
}
