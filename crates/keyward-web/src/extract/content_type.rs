use actix_web::http::header::{self, HeaderMap};
use keyward_guard::headers::SingleHeader;

use crate::headers::split_unquoted;

/// Whether the body is sent as `application/json`: one content type, no charset or UTF-8, and no
/// content encoding (contract §1).
pub(crate) fn is_plain_json(headers: &HeaderMap) -> bool {
    let is_json = match SingleHeader::of(headers.get_all(header::CONTENT_TYPE)) {
        SingleHeader::Value(value) => value.to_str().is_ok_and(names_json),
        SingleHeader::Absent | SingleHeader::Repeated => false,
    };
    let is_plain = headers
        .get_all(header::CONTENT_ENCODING)
        .all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    is_json && is_plain
}

fn names_json(content_type: &str) -> bool {
    if content_type == "application/json" {
        return true;
    }
    let mut parts = split_unquoted(content_type, ';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let mut parameters = parts.filter(|parameter| !parameter.is_empty());
    let is_utf_8 = parameters.next().is_none_or(is_charset_utf_8);
    is_json && is_utf_8 && parameters.next().is_none()
}

fn is_charset_utf_8(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        let unquoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        name.eq_ignore_ascii_case("charset")
            && unquoted.unwrap_or(value).eq_ignore_ascii_case("utf-8")
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn is_json(fields: &[(HeaderName, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        is_plain_json(&headers)
    }

    #[test]
    fn json_in_utf_8_is_json() {
        for value in [
            "application/json",
            "Application/JSON",
            "application/json;",
            "application/json;charset=UTF-8",
            "application/json ; charset=\"utf-8\"",
        ] {
            assert!(is_json(&[(header::CONTENT_TYPE, value)]), "{value}");
        }
        assert!(is_json(&[
            (header::CONTENT_TYPE, "application/json"),
            (header::CONTENT_ENCODING, "Identity"),
        ]));
    }

    #[test]
    fn all_else_is_not() {
        assert!(!is_json(&[]));
        for value in [
            "",
            "json",
            "text/json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "image/svg+json",
            "application/json5",
            "application/merge-patch+json",
            "application/json; charset=utf-16",
            "application/json; charset=\"utf-8",
            "application/json; charset",
            "application/json; charset=utf-8; charset=utf-16",
            "application/json; boundary=x",
            "application/json, application/json",
        ] {
            assert!(!is_json(&[(header::CONTENT_TYPE, value)]), "{value}");
        }
        let json = (header::CONTENT_TYPE, "application/json");
        assert!(!is_json(&[json.clone(), json.clone()]));
        for encoding in ["gzip", "", "identity, gzip"] {
            let encoded = (header::CONTENT_ENCODING, encoding);
            assert!(!is_json(&[json.clone(), encoded]), "{encoding}");
        }
    }
}
