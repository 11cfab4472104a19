//! `/internal/v1/authorize/forwarded`: Traefik `forwardAuth`, Caddy `forward_auth`, APISIX `forward-auth`
//! and `HAProxy`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use keyward_guard::headers;

use super::{Authorized, authorize};
use crate::error::RequestError;
use crate::extract;
use crate::state::InternalState;

/// Reads the client's address from `X-Forwarded-For`, and the requirements from the query.
#[utoipa::path(
    get,
    path = "/internal/v1/authorize/forwarded",
    operation_id = "authorizeForwarded",
    description = "For Traefik, Caddy, APISIX and HAProxy: the address is read from X-Forwarded-For. Accepts any method. The key comes in Authorization or X-Api-Key.",
    tag = "gateways",
    params(
        ("scope" = Option<Vec<String>>, Query, description = "The scopes that the call needs; may be repeated"),
        ("mode" = Option<String>, Query, description = "LIVE or TEST"),
        ("cost" = Option<Vec<String>>, Query, description = "What the call costs of a limit, such as tokens:250; may be repeated. Other limits cost one unit"),
        ("X-Forwarded-For" = Option<String>, Header, description = "The client's address is the last hop that is not in KEYWARD_TRUSTED_PROXIES")
    ),
    responses(Authorized)
)]
pub(crate) async fn forwarded(
    request: HttpRequest,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    let address = headers::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_query(request.query_string());
    authorize(&request, &state, address, asked).await
}
