//! A batch of entries, each carried out by itself.

use keyward_domain::ApiKeyId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::Code;
use crate::envelope::{FieldError, field_errors};
use crate::error::RequestError;
use crate::language::message;
use crate::request_context::RequestContext;
use crate::schemas::FieldError as FieldFault;

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
    /// Only for keys: the key that has the secret.
    #[schema(nullable = false, example = "sk_live_0352LgEZNa95dBFUcIVbVc")]
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_id: Option<String>,
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
    /// What is wrong with which member of the entry.
    #[schema(value_type = Vec<FieldFault>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// The ids of an entry.
pub(super) struct Ids {
    pub(super) workspace_id: String,
    pub(super) user_id: Option<String>,
}

/// The outcome of an entry that was carried out.
pub(super) struct Done {
    outcome: &'static str,
    api_key_id: Option<ApiKeyId>,
}

impl Done {
    pub(super) fn of(outcome: &'static str) -> Self {
        let api_key_id = None;
        Self {
            outcome,
            api_key_id,
        }
    }

    pub(super) fn of_key(outcome: &'static str, id: ApiKeyId) -> Self {
        let api_key_id = Some(id);
        Self {
            outcome,
            api_key_id,
        }
    }
}

/// Carries out all entries, one by one. An entry that fails does not affect the others; but when
/// the store fails, the rest is not tried, so that the caller does not wait for each of them.
pub(super) async fn run<T>(
    context: &RequestContext,
    entries: &[T],
    ids: impl Fn(&T) -> Ids,
    put: impl AsyncFn(&T) -> Result<Done, RequestError>,
) -> ResultsData {
    let mut results = Vec::with_capacity(entries.len());
    let mut broken: Option<Code> = None;
    for entry in entries {
        let ids = ids(entry);
        results.push(match broken {
            Some(code) => failed(context, ids, code, Vec::new()),
            None => match put(entry).await {
                Ok(done) => carried_out(ids, &done),
                Err(failure) => {
                    failure.log(context);
                    let code = failure.code();
                    broken = Some(code).filter(|code| code.status().is_server_error());
                    let errors = field_errors(context.language, failure.problems());
                    failed(context, ids, code, errors)
                }
            },
        });
    }
    ResultsData { results }
}

fn carried_out(ids: Ids, done: &Done) -> ResultData {
    ResultData {
        workspace_id: ids.workspace_id,
        user_id: ids.user_id,
        api_key_id: done.api_key_id.map(|id| id.to_string()),
        code: SUCCESS_CODE,
        outcome: Some(done.outcome),
        message: None,
        errors: Vec::new(),
    }
}

fn failed(context: &RequestContext, ids: Ids, code: Code, errors: Vec<FieldError>) -> ResultData {
    ResultData {
        workspace_id: ids.workspace_id,
        user_id: ids.user_id,
        api_key_id: None,
        code: code.as_str(),
        outcome: None,
        message: Some(message(context.language, code.message(), &[])),
        errors,
    }
}
