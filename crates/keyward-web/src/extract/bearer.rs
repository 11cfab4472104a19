use actix_web::http::header::{HeaderMap, HeaderName};
use keyward_domain::WorkspaceId;
use keyward_guard::headers::{self, SingleHeader, visible_ascii};
use subtle::ConstantTimeEq as _;

use crate::auth::{Session, Sessions};
use crate::error::RequestError;

/// Identifies the caller's device; the portal sends it.
pub(crate) const X_CLIENT_HASH: HeaderName = HeaderName::from_static("x-client-hash");
/// The maximum length of `X-Client-Hash`.
pub(crate) const CLIENT_HASH_LENGTH_MAX: usize = 256;

/// The session of the caller (contract §1 and §7). There must be exactly one `Authorization` header
/// with one bearer token. The token must be valid, its session must not have ended, and it must not
/// be bound to another device. Tokens in other places are ignored. `workspace` is the workspace that the
/// request is about, as the caller wrote it.
///
/// # Errors
/// [`RequestError::TokenMissing`], [`RequestError::TokenRefused`],
/// [`RequestError::TokenKeysUnavailable`] or [`RequestError::Repository`].
pub(crate) async fn authenticate(
    headers: &HeaderMap,
    sessions: &Sessions,
    workspace: Option<&str>,
) -> Result<Session, RequestError> {
    // A text that is no id names no workspace: there is no role to ask for.
    let workspace_id = workspace.and_then(|text| WorkspaceId::parse(text).ok());
    let session = sessions.open(bearer_token(headers)?, workspace_id).await?;
    if let Some(expected) = &session.client_hash
        && let SingleHeader::Value(value) = SingleHeader::of(headers.get_all(X_CLIENT_HASH))
        && let Some(given) = visible_ascii(value.as_bytes(), CLIENT_HASH_LENGTH_MAX)
        && !bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
    {
        return Err(RequestError::TokenRefused("of another device"));
    }
    Ok(session)
}

/// The bearer token of the request.
///
/// # Errors
/// [`RequestError::TokenMissing`] or [`RequestError::TokenRefused`].
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<&str, RequestError> {
    Ok(headers::bearer_token(headers)?)
}
