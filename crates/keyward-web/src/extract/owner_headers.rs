use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::IdempotencyKey;

use super::accept::accepts_json;
use super::bearer::X_CLIENT_HASH;
use super::once::{Once, visible_ascii};
use super::workspace_path::WorkspaceInPath;
use crate::error::Failure;
use crate::language::MessageId;
use crate::problem::Problem;

/// The most characters that `X-Client-Hash` may have.
pub(crate) const CLIENT_HASH_LENGTH_MAX: usize = 256;
const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

const X_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-workspace-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The headers that every owner's operation asks for, checked (contract §1). Only one of them says
/// anything that the operation doesn't know already.
#[derive(Debug)]
pub(crate) struct OwnerHeaders {
    /// How to tell that the request came before, when its client says so.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

impl OwnerHeaders {
    /// Checks all of them.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with every header that is wrong; [`Failure::NotAcceptable`] when they
    /// are right, but the caller doesn't take JSON.
    pub(crate) fn read(headers: &HeaderMap, workspace: &WorkspaceInPath) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        problems.extend(client_hash_problem(headers));
        problems.extend(workspace_problem(headers, workspace));
        let idempotency_key = idempotency_key(headers).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if !problems.is_empty() {
            return Err(Failure::Invalid(problems));
        }
        if !accepts_json(headers) {
            return Err(Failure::NotAcceptable);
        }
        Ok(Self { idempotency_key })
    }
}

fn client_hash_problem(headers: &HeaderMap) -> Option<Problem> {
    const FIELD: &str = "X-Client-Hash";
    match Once::of(headers, &X_CLIENT_HASH) {
        Once::Absent => Some(Problem::new(FIELD, MessageId::HeaderRequired)),
        Once::Repeated => Some(Problem::new(FIELD, MessageId::HeaderRepeated)),
        Once::Value(value) => match visible_ascii(value, CLIENT_HASH_LENGTH_MAX) {
            Some(_hash) => None,
            None => Some(invalid(FIELD, CLIENT_HASH_LENGTH_MAX)),
        },
    }
}

fn workspace_problem(headers: &HeaderMap, workspace: &WorkspaceInPath) -> Option<Problem> {
    const FIELD: &str = "X-Workspace-Id";
    match Once::of(headers, &X_WORKSPACE_ID) {
        Once::Absent => Some(Problem::new(FIELD, MessageId::HeaderRequired)),
        Once::Repeated => Some(Problem::new(FIELD, MessageId::HeaderRepeated)),
        Once::Value(value) => {
            let same = visible_ascii(value, usize::MAX)
                .is_some_and(|text| workspace.is_named_by(text.as_bytes()));
            (!same).then(|| Problem::new(FIELD, MessageId::HeaderWorkspaceMismatch))
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    const FIELD: &str = "Idempotency-Key";
    match Once::of(headers, &IDEMPOTENCY_KEY) {
        Once::Absent => Ok(None),
        Once::Repeated => Err(Problem::new(FIELD, MessageId::HeaderRepeated)),
        Once::Value(value) => value
            .to_str()
            .ok()
            .and_then(|text| IdempotencyKey::parse(text).ok())
            .map(Some)
            .ok_or_else(|| invalid(FIELD, IDEMPOTENCY_KEY_LENGTH_MAX)),
    }
}

fn invalid(field: &'static str, max: usize) -> Problem {
    Problem::with(
        field,
        MessageId::HeaderInvalid,
        vec![("max", max.to_string().into())],
    )
}
