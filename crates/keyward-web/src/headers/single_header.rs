use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// A header that must not be repeated: two values are two opinions, and neither is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SingleHeader<'a> {
    /// Not there.
    Absent,
    /// There more than once.
    Repeated,
    /// There once, with whatever value.
    Value(&'a HeaderValue),
}

impl<'a> SingleHeader<'a> {
    /// Looks for the header.
    pub(crate) fn of(headers: &'a HeaderMap, name: &HeaderName) -> Self {
        let mut values = headers.get_all(name);
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => Self::Value(value),
            (Some(_), Some(_)) => Self::Repeated,
        }
    }
}

/// The value when it is `1..=max` visible ASCII characters.
pub(crate) fn visible_ascii(value: &HeaderValue, max: usize) -> Option<&str> {
    let fits = (1..=max).contains(&value.len());
    let visible = value.as_bytes().iter().all(u8::is_ascii_graphic);
    value.to_str().ok().filter(|_| fits && visible)
}
