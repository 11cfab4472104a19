//! A batch of entries, each carried out by itself.

use keyward_domain::{UserId, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::Code;
use crate::error::RequestError;
use crate::language::message;
use crate::request_context::RequestContext;

pub(super) const ADDED: &str = "ADDED";
pub(super) const CHANGED: &str = "CHANGED";
pub(super) const UNCHANGED: &str = "UNCHANGED";

const SUCCESS_CODE: &str = "2000";

/// The results of a batch, in the order of its entries.
#[derive(Serialize, ToSchema)]
#[schema(as = Results)]
pub(super) struct ResultsData {
    results: Vec<ResultData>,
}

/// The result of one entry.
#[derive(Serialize, ToSchema)]
#[schema(as = EntryResult)]
#[serde(rename_all = "camelCase")]
struct ResultData {
    #[schema(example = "ws_1")]
    workspace_id: String,
    /// Only for members.
    #[schema(nullable = false, example = "user_1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// `2000`, or the code of a failed request.
    #[schema(example = "2000")]
    code: &'static str,
    /// `ADDED`, `CHANGED` or `UNCHANGED`; absent when the entry has failed.
    #[schema(nullable = false, example = "ADDED")]
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    /// Why the entry has failed, in the caller's language.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Carries out all entries, one by one. An entry that fails does not affect the others; but when
/// the store fails, the rest is not tried, so that the caller does not wait for each of them.
pub(super) async fn run<T>(
    context: &RequestContext,
    entries: &[T],
    ids: impl Fn(&T) -> (&WorkspaceId, Option<&UserId>),
    put: impl AsyncFn(&T) -> Result<&'static str, RequestError>,
) -> ResultsData {
    let mut results = Vec::with_capacity(entries.len());
    let mut broken: Option<Code> = None;
    for entry in entries {
        let outcome = match broken {
            Some(code) => Err(code),
            None => put(entry).await.map_err(|failure| {
                failure.log(context);
                let code = failure.code();
                broken = Some(code).filter(|code| code.status().is_server_error());
                code
            }),
        };
        let (workspace_id, user_id) = ids(entry);
        results.push(ResultData {
            workspace_id: workspace_id.to_string(),
            user_id: user_id.map(UserId::to_string),
            code: outcome.map_or_else(Code::as_str, |_outcome| SUCCESS_CODE),
            outcome: outcome.ok(),
            message: outcome
                .err()
                .map(|code| message(context.language, code.message(), &[])),
        });
    }
    ResultsData { results }
}
