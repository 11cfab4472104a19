//! Contract §9: `POST /internal/v1/admin/api-keys:import`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Permission;
use keyward_domain::usecases::{CreateError, FirstTime};

use super::batch::{self, Done, Ids, ResultsData};
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{BatchImport, batch_body, imports_batch};
use crate::members;
use crate::request_context::RequestContext;
use crate::schemas::{Imports, Success};
use crate::state::InternalState;

/// Imports up to 1,000 keys whose secrets were made elsewhere, by the hashes of the secrets.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/api-keys:import",
    operation_id = "importKeys",
    description = "Into any workspaces. Each key is checked and created by itself, in order, and has its own result. Repeating the batch has no further effect. With `dryRun`, nothing changes.",
    tag = "administration",
    request_body = Imports,
    responses((status = 200, description = "The result of each entry, in order", body = Success<ResultsData>))
)]
pub(crate) async fn import_keys(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::KeysCreate).await?;
    let body = batch_body(request.headers(), payload, state.body_deadline).await?;
    let imports = imports_batch(body.members()?)?;
    let keys = &state.admin.keys;
    let put = async |entry: &BatchImport| {
        let workspace = caller.workspace(&state, &entry.workspace_id).await?;
        let import = entry.import.clone();
        let imported = if imports.is_dry_run {
            let checked = keys.check_import(&workspace, import).await;
            checked.map(|()| Done::of(batch::ADDED))
        } else {
            let origin = caller.origin().clone();
            let imported = keys.import(&workspace, import, origin, FirstTime::WITHOUT_KEY);
            imported.await.map(|key| {
                state.metrics.created();
                Done::of_key(batch::ADDED, key.id())
            })
        };
        match imported {
            Ok(done) => Ok(done),
            // An earlier attempt has imported it.
            Err(CreateError::SecretTaken(Some(id))) => Ok(Done::of_key(batch::UNCHANGED, id)),
            Err(error) => Err(RequestError::of_create(error, members::IMPORT)),
        }
    };
    let ids = |entry: &BatchImport| Ids {
        workspace_id: entry.workspace_id.to_string(),
        user_id: None,
    };
    let data = batch::run(&context, &imports.entries, ids, put).await;
    Ok(envelope::success(&context, StatusCode::OK, &data))
}
