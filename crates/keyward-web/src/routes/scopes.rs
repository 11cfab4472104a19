//! Contract §3: `GET /web/v1/api-scopes`.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::CatalogueEntry;
use keyward_domain::{Language, Resource, ResourceName, ResourceNames};
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

/// The contract's members, in its order, and those that were added.
#[derive(Serialize, ToSchema)]
#[schema(as = Scope)]
#[serde(rename_all = "camelCase")]
struct ScopeData<'a> {
    #[schema(example = "payment:read")]
    code: &'a str,
    #[schema(example = "payment")]
    resource: &'a str,
    description: &'a str,
    /// The name of the resource; its code when it has no name.
    #[schema(example = "Payments")]
    resource_name: &'a str,
}

impl<'a> ScopeData<'a> {
    fn of(
        entry: &'a CatalogueEntry,
        all_names: &'a BTreeMap<Resource, ResourceNames>,
        language: Language,
    ) -> Self {
        let resource = entry.scope.resource();
        let names = all_names.get(resource);
        let name = names.and_then(|names| names.in_language(language));
        Self {
            code: entry.scope.as_str(),
            resource,
            description: entry.description(language),
            resource_name: name.map_or(resource, ResourceName::as_str),
        }
    }
}

/// Lists all scopes that exist, sorted by code, with descriptions and the names of
/// resources in the caller's language.
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
    let named = state.keys.scope_catalogue.resources().await?;
    let items = entries.iter();
    let items = items.map(|entry| ScopeData::of(entry, &named, context.language));
    let items = items.collect();
    let data = ScopesData { items };
    Ok(envelope::success(&context, StatusCode::OK, &data))
}

#[cfg(test)]
mod tests;
