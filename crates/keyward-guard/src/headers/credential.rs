use subtle::ConstantTimeEq as _;

use super::fields::{FieldName, HeaderFields};
use super::single_header::SingleHeader;
use super::text::header_text;

/// Why a request has no bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerTokenError {
    /// There is none.
    #[error("no bearer token")]
    Missing,
    /// The credential is not exactly one token; the reason.
    #[error("the token is refused: {0}")]
    Refused(&'static str),
}

/// The bearer token of the request.
///
/// # Errors
/// [`BearerTokenError`].
pub fn bearer_token(headers: &impl HeaderFields) -> Result<&str, BearerTokenError> {
    let value = match SingleHeader::of(headers.fields(FieldName::Authorization)) {
        SingleHeader::Absent => return Err(BearerTokenError::Missing),
        SingleHeader::Repeated => {
            return Err(BearerTokenError::Refused(
                "more than one Authorization header",
            ));
        }
        SingleHeader::Value(value) => value,
    };
    let credentials = header_text(value).ok_or(BearerTokenError::Refused("not ASCII"))?;
    let (scheme, token) = credentials.split_once(' ').unwrap_or((credentials, ""));
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Err(BearerTokenError::Missing);
    }
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(token)
    } else {
        Err(BearerTokenError::Refused("more than one token"))
    }
}

/// The secret that a client presents (contract §4), as a bearer token or in `X-Api-Key`. Both may
/// be present if they are equal. Returns `None` when there is no secret, or more than one.
#[must_use]
pub fn presented_secret(headers: &impl HeaderFields) -> Option<&str> {
    let bearer = if headers.fields(FieldName::Authorization).next().is_some() {
        Some(bearer_token(headers).ok()?)
    } else {
        None
    };
    let api_key = match SingleHeader::of(headers.fields(FieldName::XApiKey)) {
        SingleHeader::Absent => None,
        SingleHeader::Repeated => return None,
        SingleHeader::Value(value) => Some(header_text(value)?),
    };
    match (bearer, api_key) {
        (Some(bearer), Some(api_key)) => {
            let are_alike: bool = bearer.as_bytes().ct_eq(api_key.as_bytes()).into();
            are_alike.then_some(bearer)
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Headers;

    const BEARER: FieldName = FieldName::Authorization;
    const API_KEY: FieldName = FieldName::XApiKey;

    fn token(fields: &[&[u8]]) -> Result<String, BearerTokenError> {
        let headers = Headers::of(fields.iter().map(|value| (BEARER, *value)));
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
            assert_eq!(refused, BearerTokenError::Missing, "{fields:?}");
        }
    }

    #[test]
    fn two_tokens_or_half_a_token_are_refused() {
        let wrong: [&[&[u8]]; 5] = [
            &[b"Bearer a.b.c", b"Bearer a.b.c"],
            &[b"Bearer a.b.c d.e.f"],
            &[b"Bearer a.b.c, Bearer a.b.c"],
            &[b"Bearer a\tb"],
            &[b"Bearer \xFF"],
        ];
        for fields in wrong {
            let refused = token(fields).unwrap_err();
            assert!(
                matches!(refused, BearerTokenError::Refused(_)),
                "{fields:?}: {refused:?}"
            );
        }
    }

    #[test]
    fn two_different_secrets_count_as_none() {
        let check = |fields: &[(FieldName, &str)], want: Option<&str>| {
            let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
            let headers = Headers::of(fields);
            assert_eq!(presented_secret(&headers), want, "{headers:?}");
        };
        check(&[(BEARER, "Bearer sk_1")], Some("sk_1"));
        check(&[(BEARER, "bearer sk_1")], Some("sk_1"));
        check(&[(API_KEY, "sk_1")], Some("sk_1"));
        check(&[(BEARER, "Bearer sk_1"), (API_KEY, "sk_1")], Some("sk_1"));
        check(&[], None);
        check(&[(BEARER, "Bearer sk_1"), (API_KEY, "sk_2")], None);
        check(&[(BEARER, "Bearer sk_1"), (API_KEY, "")], None);
        check(&[(BEARER, "Basic dTpw"), (API_KEY, "sk_1")], None);
        check(&[(BEARER, ""), (API_KEY, "sk_1")], None);
        check(&[(BEARER, "sk_1")], None);
        check(&[(BEARER, "Bearer sk_1"), (BEARER, "Bearer sk_1")], None);
        check(&[(API_KEY, "sk_1"), (API_KEY, "sk_1")], None);
        check(&[(FieldName::XRealIp, "sk_1")], None);
    }
}
