//! Contract §3: `GET /web/v1/api-scopes`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Language;
use keyward_domain::ports::CatalogueEntry;
use serde::Serialize;
use utoipa::ToSchema;

use crate::envelope;
use crate::error::RequestError;
use crate::extract;
use crate::request_context::RequestContext;
use crate::schemas::Success;
use crate::state::PublicState;

#[derive(Serialize, ToSchema)]
#[schema(as = Scopes)]
struct ScopesData<'a> {
    items: Vec<ScopeData<'a>>,
}

/// The contract's members, in its order.
#[derive(Serialize, ToSchema)]
#[schema(as = Scope)]
struct ScopeData<'a> {
    #[schema(example = "payment:read")]
    code: &'a str,
    #[schema(example = "payment")]
    resource: &'a str,
    description: &'a str,
}

impl<'a> ScopeData<'a> {
    fn of(entry: &'a CatalogueEntry, language: Language) -> Self {
        Self {
            code: entry.scope.as_str(),
            resource: entry.scope.resource(),
            description: entry.description(language),
        }
    }
}

/// Lists all scopes that exist, sorted by code, with descriptions in the caller's language.
#[utoipa::path(
    get,
    path = "/web/v1/api-scopes",
    operation_id = "listApiScopes",
    description = "Any valid session can read them; no workspace is needed.",
    tag = "keys",
    responses((status = 200, description = "All scopes that exist", body = Success<ScopesData<'static>>))
)]
pub(crate) async fn scopes(
    request: HttpRequest,
    state: Data<PublicState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let headers = request.headers();
    let session = extract::authenticate(headers, &state.sessions, None).await;
    let _anybodys_session =
        session.inspect_err(|failure| failure.note_refused_token(&context, &state.metrics))?;
    extract::check_session_headers(headers)?;
    let entries = state.keys.scope_catalogue.list().await?;
    let items = entries.iter();
    let items = items.map(|entry| ScopeData::of(entry, context.language));
    let items = items.collect();
    let data = ScopesData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
