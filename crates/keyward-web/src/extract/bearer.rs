use actix_web::http::header::{HeaderMap, HeaderName};
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
/// be bound to another device. Tokens in other places are ignored.
///
/// # Errors
/// [`RequestError::TokenMissing`], [`RequestError::TokenRefused`],
/// [`RequestError::TokenKeysUnavailable`] or [`RequestError::Repository`].
pub(crate) async fn authenticate(
    headers: &HeaderMap,
    sessions: &Sessions,
) -> Result<Session, RequestError> {
    let session = sessions.open(bearer_token(headers)?).await?;
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
