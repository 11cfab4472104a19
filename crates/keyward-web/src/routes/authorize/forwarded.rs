//! `/internal/v1/authorize/forwarded`: Traefik `forwardAuth`, Caddy `forward_auth`, APISIX `forward-auth`
//! and `HAProxy`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::{Denial, authorize};
use crate::apps::InternalState;
use crate::edge::RequestContext;
use crate::extract;

/// Reads the client's address from `X-Forwarded-For`, and what is asked from the query.
#[utoipa::path(
    get,
    path = "/internal/v1/authorize/forwarded",
    operation_id = "authorizeForwarded",
    description = "For Traefik, Caddy and APISIX: the address is read from X-Forwarded-For. Any method will do. The key comes in Authorization or X-Api-Key.",
    tag = "gateways",
    params(
        ("scope" = Vec<String>, Query, description = "All that the call needs to be allowed; may be repeated"),
        ("mode" = Option<String>, Query, description = "LIVE or TEST")
    ),
    responses(
        (status = 200, description = "The call may pass", headers(
            ("X-Auth-Key-Id" = String, description = "Which key"),
            ("X-Auth-Workspace-Id" = String, description = "Whose key"),
            ("X-Auth-Mode" = String, description = "LIVE or TEST"),
            ("X-Auth-Scopes" = String, description = "All of the key's scopes, with spaces between them")
        )),
        (status = 401, description = "Nobody who is known", body = Denial<'static>, headers(
            ("X-Auth-Decision" = String, description = "Why"),
            ("WWW-Authenticate" = String, description = "Bearer")
        )),
        (status = 403, description = "Known, but may not", body = Denial<'static>, headers(
            ("X-Auth-Decision" = String, description = "Why")
        ))
    )
)]
pub(crate) async fn forwarded(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let address = extract::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_query(request.query_string());
    authorize(&request, &state, &context, address, asked).await
}
