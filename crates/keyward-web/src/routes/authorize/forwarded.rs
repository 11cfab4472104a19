//! `/internal/v1/authorize/forwarded`: Traefik `forwardAuth`, Caddy `forward_auth`, APISIX `forward-auth`
//! and `HAProxy`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::authorize;
use crate::apps::InternalState;
use crate::edge::RequestContext;
use crate::extract;

/// Reads the client's address from `X-Forwarded-For`, and what is asked from the query.
pub(crate) async fn forwarded(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let address = extract::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_query(request.query_string());
    authorize(&request, &state, &context, address, asked).await
}
