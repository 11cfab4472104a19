use actix_web::http::header::{self, HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;

use crate::auth::{Session, Sessions};
use crate::error::RequestError;
use crate::headers::{SingleHeader, visible_ascii};

/// The caller's device, as the portal knows it.
pub(crate) const X_CLIENT_HASH: HeaderName = HeaderName::from_static("x-client-hash");
/// The most characters that `X-Client-Hash` may have.
pub(crate) const CLIENT_HASH_LENGTH_MAX: usize = 256;

/// Who asks: one `Authorization` header, of the scheme Bearer, with one token that is believed, whose
/// session was not ended, and that belongs to this device (contract §1 and §7). A token anywhere else is
/// not looked at.
///
/// # Errors
/// [`RequestError::TokenMissing`], [`RequestError::TokenRefused`], [`RequestError::TokenKeysUnavailable`] or
/// [`RequestError::Repository`].
pub(crate) async fn authenticate(
    headers: &HeaderMap,
    sessions: &Sessions,
) -> Result<Session, RequestError> {
    let session = sessions.open(bearer_token(headers)?).await?;
    if let Some(expected) = &session.client_hash
        && let SingleHeader::Value(value) = SingleHeader::of(headers, &X_CLIENT_HASH)
        && let Some(given) = visible_ascii(value, CLIENT_HASH_LENGTH_MAX)
        && !bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
    {
        return Err(RequestError::TokenRefused("of another device"));
    }
    Ok(session)
}

/// The one bearer token that is shown.
///
/// # Errors
/// [`RequestError::TokenMissing`] or [`RequestError::TokenRefused`].
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<&str, RequestError> {
    let value = match SingleHeader::of(headers, &header::AUTHORIZATION) {
        SingleHeader::Absent => return Err(RequestError::TokenMissing),
        SingleHeader::Repeated => {
            return Err(RequestError::TokenRefused(
                "more than one Authorization header",
            ));
        }
        SingleHeader::Value(value) => value,
    };
    let credentials = value
        .to_str()
        .map_err(|_not_ascii| RequestError::TokenRefused("not ASCII"))?;
    let (scheme, token) = credentials.split_once(' ').unwrap_or((credentials, ""));
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Err(RequestError::TokenMissing);
    }
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(token)
    } else {
        Err(RequestError::TokenRefused("more than one token"))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token(fields: &[&[u8]]) -> Result<String, RequestError> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(
                header::AUTHORIZATION,
                HeaderValue::from_bytes(field).unwrap(),
            );
        }
        bearer_token(&headers).map(str::to_owned)
    }

    #[test]
    fn one_bearer_token_is_taken() {
        for field in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c"] {
            assert_eq!(token(&[field.as_bytes()]).unwrap(), "a.b.c", "{field}");
        }
    }

    #[test]
    fn no_bearer_token_is_missing() {
        let without: [&[&[u8]]; 6] = [
            &[],
            &[b""],
            &[b"Bearer"],
            &[b"Bearer "],
            &[b"Basic dTpw"],
            &[b"a.b.c"],
        ];
        for fields in without {
            let refused = token(fields).unwrap_err();
            assert!(
                matches!(refused, RequestError::TokenMissing),
                "{fields:?}: {refused:?}"
            );
        }
    }

    #[test]
    fn two_tokens_or_half_a_token_are_refused() {
        let wrong: [&[&[u8]]; 4] = [
            &[b"Bearer a.b.c", b"Bearer a.b.c"],
            &[b"Bearer a.b.c d.e.f"],
            &[b"Bearer a\tb"],
            &[b"Bearer \xFF"],
        ];
        for fields in wrong {
            let refused = token(fields).unwrap_err();
            assert!(
                matches!(refused, RequestError::TokenRefused(_)),
                "{fields:?}: {refused:?}"
            );
        }
    }
}
