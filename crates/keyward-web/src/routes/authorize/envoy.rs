//! `/internal/v1/authorize/envoy/{path}`: Envoy `ext_authz` over HTTP.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::authorize;
use crate::apps::InternalState;
use crate::edge::RequestContext;
use crate::extract;

/// Reads the client's address from `X-Forwarded-For`. Path and query are the client's own; what is
/// asked is in headers that Envoy sets.
pub(crate) async fn envoy(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let address = extract::forwarded_address(request.headers(), &state.trusted_proxies);
    let asked = extract::asked_by_headers(request.headers());
    authorize(&request, &state, &context, address, asked).await
}
