use actix_web::http::header::{self, HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;

use super::bearer::bearer_token;
use crate::headers::SingleHeader;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The secret that a client presents to a gateway (contract §4): as a bearer token or as
/// `X-Api-Key`, or as both alike. `None` when there is none, or when there are several opinions.
pub(crate) fn presented_secret(headers: &HeaderMap) -> Option<&str> {
    let bearer = if headers.contains_key(header::AUTHORIZATION) {
        Some(bearer_token(headers).ok()?)
    } else {
        None
    };
    let api_key = match SingleHeader::of(headers, &X_API_KEY) {
        SingleHeader::Absent => None,
        SingleHeader::Repeated => return None,
        SingleHeader::Value(value) => Some(value.to_str().ok()?),
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
    use actix_web::http::header::HeaderValue;

    use super::*;

    const BEARER: &str = "authorization";
    const API_KEY: &str = "x-api-key";

    #[test]
    fn one_secret_is_taken_and_no_second_opinion() {
        let check = |fields: &[(&'static str, &'static str)], want: Option<&str>| {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            assert_eq!(presented_secret(&headers), want, "{fields:?}");
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
        check(&[("x_api_key", "sk_1")], None);
    }
}
