//! Contract §13: `POST /internal/v1/admin/leaks`.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::ports::RepositoryError;
use keyward_domain::usecases::{ChangeError, ReportSecrets, SecretReport};
use keyward_domain::{ExposureSource, Permission};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::propagation::with_propagation_of_service;
use super::caller::AdminCaller;
use crate::envelope;
use crate::error::RequestError;
use crate::extract::{BatchLeak, batch_body, leaks_batch};
use crate::request_context::RequestContext;
use crate::schemas::{Leaks, Success};
use crate::secret_reports::find;
use crate::state::InternalState;

/// What was done about leaked secrets.
#[derive(Serialize, ToSchema)]
#[schema(as = LeakReport)]
#[serde(rename_all = "camelCase")]
struct LeakReportData {
    /// The secrets that keys have, in the order of the request.
    items: Vec<ReportedData>,
    /// The number of secrets that no key has.
    unknown: usize,
    /// The number of secrets whose key can't be read; it is denied at verification.
    unreadable: usize,
}

/// A secret that a key has.
#[derive(Serialize, ToSchema)]
#[schema(as = ReportedSecret)]
#[serde(rename_all = "camelCase")]
struct ReportedData {
    /// Its position in the request, from 0.
    index: usize,
    #[schema(example = "ws_1")]
    workspace_id: String,
    #[schema(
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$",
        example = "sk_live_0352LgEZNa95dBFUcIVbVc"
    )]
    api_key_id: String,
    /// `NONE` if the secret was not valid.
    #[schema(pattern = "^(NONE|NOTIFIED|DISABLED|EXPIRING|PREVIOUS_SECRET_ENDED)$")]
    reaction: &'static str,
}

/// Ends secrets that a scanner has found.
#[utoipa::path(
    post,
    path = "/internal/v1/admin/leaks",
    operation_id = "reportLeaks",
    description = "At most 1,000 secrets, each with the place where it was found. The policy of the workspace decides what happens to the key of a current secret; of the old secret of a rotation, only that one is ended. After a failure, repeat the request.",
    tag = "administration",
    request_body = Leaks,
    responses((status = 200, description = "What was done", body = Success<LeakReportData>))
)]
pub(crate) async fn report_leaks(
    request: HttpRequest,
    payload: Payload,
    state: Data<InternalState>,
    context: ReqData<RequestContext>,
) -> Result<HttpResponse, RequestError> {
    let caller = AdminCaller::check(&request, &state, &context, Permission::LeaksReport).await?;
    let body = batch_body(request.headers(), payload, state.body_deadline).await?;
    let leaks = leaks_batch(body.members()?)?;
    let report = SecretReport {
        actor: caller.author(&context).actor,
        source: ExposureSource::Scanner,
        origin: caller.origin().clone(),
    };
    let reports = state.admin.secret_reports.clone();
    // In a task of its own, because a caller that goes away must not leave secrets of its report valid.
    let ending = actix_web::rt::spawn(async move { end_all(&reports, leaks, &report).await });
    let data = ending.await.map_err(|_panicked| RequestError::Panicked)??;
    let answer = envelope::success(&context, StatusCode::OK, &data);
    Ok(with_propagation_of_service(&state, answer).await)
}

/// Ends the secrets that keys have, each once, with all places where it was found.
async fn end_all(
    reports: &ReportSecrets,
    leaks: Vec<BatchLeak>,
    report: &SecretReport,
) -> Result<LeakReportData, RequestError> {
    let found = find(reports, leaks).await?;
    let mut data = LeakReportData {
        items: Vec::new(),
        unknown: found
            .are_known
            .iter()
            .filter(|is_known| !**is_known)
            .count(),
        unreadable: found.unreadable.len(),
    };
    for mut ending in found.endings {
        let ended = reports.end(&mut ending, report).await;
        let indexes = ending.indexes();
        match ended {
            Err(ChangeError::Repository(RepositoryError::Corrupt(_))) => {
                data.unreadable += indexes.len();
            }
            Err(error) => return Err(RequestError::of_change(error, &[])),
            Ok(None) => data.unknown += indexes.len(),
            Ok(Some(reaction)) => {
                let secret = ending.secret();
                data.items.extend(indexes.iter().map(|index| ReportedData {
                    index: *index,
                    workspace_id: secret.workspace_id().to_string(),
                    api_key_id: secret.api_key_id().to_string(),
                    reaction: reaction.as_str(),
                }));
            }
        }
    }
    data.items.sort_by_key(|item| item.index);
    Ok(data)
}
