use actix_web::http::header::HeaderValue;

/// A header value from visible ASCII. All callers only pass such texts; any other text becomes an
/// empty value instead of a panic.
pub(crate) fn ascii_header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_not_ascii| HeaderValue::from_static(""))
}
