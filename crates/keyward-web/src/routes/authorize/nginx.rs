//! `/internal/v1/authorize/nginx`: nginx `auth_request`.

use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};

use super::authorize;
use crate::apps::InternalState;
use crate::edge::RequestContext;
use crate::extract;

/// Reads the client's address from `X-Real-IP`, and what is asked from the query.
pub(crate) async fn nginx(
    request: HttpRequest,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let address = extract::real_ip(request.headers());
    let asked = extract::asked_by_query(request.query_string());
    authorize(&request, &state, &context, address, asked).await
}
