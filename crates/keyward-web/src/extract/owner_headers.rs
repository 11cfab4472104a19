use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::IdempotencyKey;
use keyward_domain::usecases::Seen;

use super::accept::accepts_json;
use super::bearer::X_CLIENT_HASH;
use super::if_match::if_match;
use super::once::{Once, visible_ascii};
use super::path_segment::PathSegment;
use crate::error::Failure;
use crate::language::MessageId;
use crate::problem::Problem;

/// The most characters that `X-Client-Hash` may have.
pub(crate) const CLIENT_HASH_LENGTH_MAX: usize = 256;
const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

const X_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-workspace-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Which of the headers that not every operation knows an operation heeds. The others are not
/// looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heeded {
    /// None of them.
    Neither,
    /// `Idempotency-Key`.
    IdempotencyKey,
    /// `If-Match`.
    IfMatch,
    /// Both of them.
    Both,
}

/// The headers that an owner's operation asks for, checked (contract §1 and §3): what they say that
/// the operation doesn't know already.
#[derive(Debug)]
pub(crate) struct OwnerHeaders {
    /// How to tell that the request came before, when its client says so.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    /// Which versions of the key the caller has seen.
    pub(crate) seen: Seen,
}

impl OwnerHeaders {
    /// Checks all of them.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with every header that is wrong; [`Failure::NotAcceptable`] when they
    /// are right, but the caller doesn't take JSON.
    pub(crate) fn read(
        headers: &HeaderMap,
        workspace: &PathSegment,
        heeded: Heeded,
    ) -> Result<Self, Failure> {
        let (heeds_idempotency_key, heeds_if_match) = match heeded {
            Heeded::Neither => (false, false),
            Heeded::IdempotencyKey => (true, false),
            Heeded::IfMatch => (false, true),
            Heeded::Both => (true, true),
        };
        let mut problems = Vec::new();
        problems.extend(client_hash_problem(headers));
        problems.extend(workspace_problem(headers, workspace));
        let mut idempotency_key = None;
        if heeds_idempotency_key {
            match read_idempotency_key(headers) {
                Ok(read) => idempotency_key = read,
                Err(problem) => problems.push(problem),
            }
        }
        let mut seen = Seen::Anything;
        if heeds_if_match {
            match if_match(headers) {
                Ok(read) => seen = read,
                Err(problem) => problems.push(problem),
            }
        }
        accept(headers, problems)?;
        Ok(Self {
            idempotency_key,
            seen,
        })
    }
}

/// Checks the headers of an operation that is about no workspace: the caller's device and what the
/// caller takes.
///
/// # Errors
/// As [`OwnerHeaders::read`].
pub(crate) fn check_session_headers(headers: &HeaderMap) -> Result<(), Failure> {
    accept(headers, client_hash_problem(headers).into_iter().collect())
}

/// What is wrong with the other headers is told before what the caller takes.
fn accept(headers: &HeaderMap, problems: Vec<Problem>) -> Result<(), Failure> {
    if !problems.is_empty() {
        Err(Failure::Invalid(problems))
    } else if accepts_json(headers) {
        Ok(())
    } else {
        Err(Failure::NotAcceptable)
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

fn workspace_problem(headers: &HeaderMap, workspace: &PathSegment) -> Option<Problem> {
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

fn read_idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
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
