use actix_web::http::header::{self, HeaderMap};

use crate::headers::{self, split_unquoted};

/// Whether the caller accepts JSON (contract §1): no `Accept` at all, or a range that covers
/// `application/json` with a quality above 0. Several fields form one list, and the most specific
/// range decides (RFC 9110, section 12.5.1).
pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all(header::ACCEPT).peekable();
    if fields.peek().is_none() {
        return true;
    }
    fields
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| split_unquoted(field, ','))
        .filter_map(judge)
        .max()
        .is_some_and(|(_specificity, quality)| quality > 0)
}

/// How specifically a media range matches JSON, and its quality in thousandths; `None` when it does
/// not match or is malformed.
fn judge(range: &str) -> Option<(u8, u16)> {
    let mut parts = split_unquoted(range, ';').map(str::trim);
    let name = parts.next()?.to_ascii_lowercase();
    let specificity = match name.as_str() {
        "application/json" => 2,
        "application/*" => 1,
        "*/*" => 0,
        _ => return None,
    };
    let mut quality = headers::QUALITY_MAX;
    for parameter in parts {
        if let Some((name, value)) = parameter.split_once('=')
            && name.eq_ignore_ascii_case("q")
        {
            quality = headers::quality(value)?;
        }
    }
    Some((specificity, quality))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn accepting(fields: &[&[u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(header::ACCEPT, HeaderValue::from_bytes(field).unwrap());
        }
        accepts_json(&headers)
    }

    #[test]
    fn a_range_that_covers_json_is_enough() {
        assert!(accepting(&[]));
        for field in [
            "*/*",
            "application/*",
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;q=0.001",
            "text/html, */*;q=0.1",
            "text/html;title=\"a,b\" , application/json",
            "application/json, application/json;q=0",
            "*/*;q=0, application/json",
        ] {
            assert!(accepting(&[field.as_bytes()]), "{field}");
        }
        assert!(accepting(&[b"text/html", b"application/json"]));
        assert!(accepting(&[b"\xFF", b"application/json"]));
    }

    #[test]
    fn what_does_not_cover_json_refuses_it() {
        for field in [
            "",
            "text/html",
            "text/*",
            "*",
            "application",
            "application/xml",
            "application/json+x",
            "application/json;q=0",
            "application/json;q=0.000",
            "application/json;q=0, */*",
            "image/*, text/html;q=0.9",
            "*/*;q=0",
            "*/*;q=nonsense",
            "*/*;q=1.1",
            "*/*;q=0.1234",
            "text/html;title=\", */*\"",
        ] {
            assert!(!accepting(&[field.as_bytes()]), "{field}");
        }
        assert!(!accepting(&[b"\xFF"]));
    }

    proptest! {
        #[test]
        fn any_field_is_read_without_panic(field in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(value) = HeaderValue::from_bytes(&field) {
                let mut headers = HeaderMap::new();
                headers.append(header::ACCEPT, value);
                accepts_json(&headers);
            }
        }

        #[test]
        fn any_list_of_likely_parts_is_read_without_panic(
            field in "(application/|json|\\*/\\*|[;,= \"\\\\]|q=|0|1|\\.|[0-9]){0,20}"
        ) {
            accepting(&[field.as_bytes()]);
        }
    }
}
