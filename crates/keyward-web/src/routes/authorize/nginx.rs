//! `/internal/v1/authorize/nginx`: nginx `auth_request`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use keyward_guard::headers;

use super::{Authorized, authorize};
use crate::error::RequestError;
use crate::extract;
use crate::state::InternalState;

/// Reads the client's address from `X-Real-IP`, and the requirements from the query.
#[utoipa::path(
    get,
    path = "/internal/v1/authorize/nginx",
    operation_id = "authorizeNginx",
    description = "For auth_request: the address is read from X-Real-IP. Accepts any method. The key comes in Authorization or X-Api-Key.",
    tag = "gateways",
    params(
        ("scope" = Option<Vec<String>>, Query, description = "The scopes that the call needs; may be repeated"),
        ("mode" = Option<String>, Query, description = "LIVE or TEST"),
        ("cost" = Option<Vec<String>>, Query, description = "What the call costs of a limit, such as tokens:250; may be repeated. Other limits cost one unit"),
        ("X-Real-IP" = Option<String>, Header, description = "The address of the client, set by nginx")
    ),
    responses(Authorized)
)]
pub(crate) async fn nginx(
    request: HttpRequest,
    state: Data<InternalState>,
) -> Result<HttpResponse, RequestError> {
    let address = headers::real_ip(request.headers());
    let asked = extract::asked_by_query(request.query_string());
    authorize(&request, &state, address, asked).await
}
