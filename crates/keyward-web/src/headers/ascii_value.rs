use actix_web::http::header::HeaderValue;

/// A header's value from visible ASCII, which every caller has by construction. Anything else
/// would be an empty value, never a panic.
pub(crate) fn ascii_header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_not_ascii| HeaderValue::from_static(""))
}
