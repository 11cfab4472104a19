use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::IdempotencyKey;
use keyward_domain::usecases::Precondition;
use keyward_guard::headers::{SingleHeader, visible_ascii};

use super::accept::accepts_json;
use super::bearer::{CLIENT_HASH_LENGTH_MAX, X_CLIENT_HASH};
use super::if_match::if_match;
use super::path_segment::PathSegment;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

const X_WORKSPACE_ID: HeaderName = HeaderName::from_static("x-workspace-id");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The optional headers that an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OptionalHeaders {
    /// `Idempotency-Key`.
    pub(crate) idempotency_key: bool,
    /// `If-Match`.
    pub(crate) if_match: bool,
}

impl OptionalHeaders {
    pub(crate) const NONE: Self = Self {
        idempotency_key: false,
        if_match: false,
    };
    pub(crate) const IDEMPOTENCY_KEY: Self = Self {
        idempotency_key: true,
        ..Self::NONE
    };
    pub(crate) const IF_MATCH: Self = Self {
        if_match: true,
        ..Self::NONE
    };
    pub(crate) const BOTH: Self = Self {
        idempotency_key: true,
        if_match: true,
    };
}

/// The checked headers of an owner's operation (contract §1 and §3), as far as the operation needs
/// their values.
#[derive(Debug)]
pub(crate) struct OwnerHeaders {
    /// The idempotency key, if the client sent one.
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    /// The versions of the key that the change may be based on.
    pub(crate) precondition: Precondition,
}

impl OwnerHeaders {
    /// Checks all headers.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] with every invalid header; [`RequestError::NotAcceptable`] when
    /// all are valid, but the caller does not accept JSON.
    pub(crate) fn read(
        headers: &HeaderMap,
        workspace: &PathSegment,
        optional: OptionalHeaders,
    ) -> Result<Self, RequestError> {
        let mut problems = Vec::new();
        problems.extend(client_hash_problem(headers));
        problems.extend(workspace_problem(headers, workspace));
        let mut idempotency_key = None;
        if optional.idempotency_key {
            match read_idempotency_key(headers) {
                Ok(read) => idempotency_key = read,
                Err(problem) => problems.push(problem),
            }
        }
        let mut precondition = Precondition::Anything;
        if optional.if_match {
            match if_match(headers) {
                Ok(read) => precondition = read,
                Err(problem) => problems.push(problem),
            }
        }
        accept(headers, problems)?;
        Ok(Self {
            idempotency_key,
            precondition,
        })
    }
}

/// Checks the headers of an operation without a workspace: the caller's device, and whether it
/// accepts JSON.
///
/// # Errors
/// As [`OwnerHeaders::read`].
pub(crate) fn check_session_headers(headers: &HeaderMap) -> Result<(), RequestError> {
    accept(headers, client_hash_problem(headers).into_iter().collect())
}

/// Problems of other headers come before `Accept`.
fn accept(headers: &HeaderMap, problems: Vec<Problem>) -> Result<(), RequestError> {
    if !problems.is_empty() {
        Err(RequestError::Invalid(problems))
    } else if accepts_json(headers) {
        Ok(())
    } else {
        Err(RequestError::NotAcceptable)
    }
}

fn client_hash_problem(headers: &HeaderMap) -> Option<Problem> {
    const FIELD: &str = "X-Client-Hash";
    match SingleHeader::of(headers.get_all(X_CLIENT_HASH)) {
        SingleHeader::Absent => Some(Problem::new(FIELD, MessageId::HeaderRequired)),
        SingleHeader::Repeated => Some(Problem::new(FIELD, MessageId::HeaderRepeated)),
        SingleHeader::Value(value) => match visible_ascii(value.as_bytes(), CLIENT_HASH_LENGTH_MAX)
        {
            Some(_hash) => None,
            None => Some(invalid(FIELD, CLIENT_HASH_LENGTH_MAX)),
        },
    }
}

fn workspace_problem(headers: &HeaderMap, workspace: &PathSegment) -> Option<Problem> {
    const FIELD: &str = "X-Workspace-Id";
    match SingleHeader::of(headers.get_all(X_WORKSPACE_ID)) {
        SingleHeader::Absent => Some(Problem::new(FIELD, MessageId::HeaderRequired)),
        SingleHeader::Repeated => Some(Problem::new(FIELD, MessageId::HeaderRepeated)),
        SingleHeader::Value(value) => {
            let same = visible_ascii(value.as_bytes(), usize::MAX)
                .is_some_and(|text| workspace.is_named_by(text.as_bytes()));
            (!same).then(|| Problem::new(FIELD, MessageId::HeaderWorkspaceMismatch))
        }
    }
}

/// The idempotency key of an operation without other special headers, if the client sent one.
///
/// # Errors
/// [`RequestError::Invalid`].
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, RequestError> {
    read_idempotency_key(headers).map_err(|problem| RequestError::Invalid(vec![problem]))
}

fn read_idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    const FIELD: &str = "Idempotency-Key";
    match SingleHeader::of(headers.get_all(IDEMPOTENCY_KEY)) {
        SingleHeader::Absent => Ok(None),
        SingleHeader::Repeated => Err(Problem::new(FIELD, MessageId::HeaderRepeated)),
        SingleHeader::Value(value) => value
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

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    /// The fields that are wrong when this header has these values, and all others are right.
    fn problems_with(name: &HeaderName, values: &[&[u8]]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(X_CLIENT_HASH, HeaderValue::from_static("device-1"));
        headers.insert(X_WORKSPACE_ID, HeaderValue::from_static("ws_1"));
        headers.remove(name);
        for value in values {
            headers.append(name.clone(), HeaderValue::from_bytes(value).unwrap());
        }
        let workspace = PathSegment::workspace("/web/v1/workspaces/ws_1/api-keys");
        let read = OwnerHeaders::read(&headers, &workspace, OptionalHeaders::IDEMPOTENCY_KEY);
        match read {
            Ok(_) => Vec::new(),
            Err(RequestError::Invalid(problems)) => problems
                .into_iter()
                .map(|problem| problem.field.into_owned())
                .collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn check(name: &HeaderName, field: &str, right: &[&[&[u8]]], wrong: &[&[&[u8]]]) {
        for values in right {
            let problems = problems_with(name, values);
            assert!(problems.is_empty(), "{values:?}: {problems:?}");
        }
        for values in wrong {
            assert_eq!(problems_with(name, values), [field], "{values:?}");
        }
    }

    #[test]
    fn x_client_hash_is_required_once_as_1_to_256_visible_ascii() {
        check(
            &X_CLIENT_HASH,
            "X-Client-Hash",
            &[&[b"d"], &[&[b'h'; 256]]],
            &[
                &[],
                &[b""],
                &[b"device-1", b"device-1"],
                &[&[b'h'; 257]],
                &[b"a b"],
                &["é".as_bytes()],
                &[b"\xFF"],
            ],
        );
    }

    #[test]
    fn x_workspace_id_is_required_once_and_equals_the_path() {
        check(
            &X_WORKSPACE_ID,
            "X-Workspace-Id",
            &[&[b"ws_1"]],
            &[
                &[],
                &[b""],
                &[b"ws_1", b"ws_1"],
                &[b"ws_2"],
                &[b"WS_1"],
                &[b"ws_"],
                &[&[b'w'; 1_000]],
                &["wś_1".as_bytes()],
            ],
        );
    }

    #[test]
    fn idempotency_key_is_at_most_once_1_to_255_visible_ascii() {
        check(
            &IDEMPOTENCY_KEY,
            "Idempotency-Key",
            &[&[], &[b"k"], &[&[b'k'; 255]]],
            &[
                &[b""],
                &[&[b'k'; 256]],
                &[b"a", b"a"],
                &[b"a b"],
                &["é".as_bytes()],
            ],
        );
    }
}
