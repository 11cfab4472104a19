use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;

/// A header value from visible ASCII. All callers only pass such texts; any other text becomes an
/// empty value instead of a panic.
pub(crate) fn ascii_header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_not_ascii| HeaderValue::from_static(""))
}

/// Most values fit together.
const VALUES_CAPACITY: usize = 256;

/// The same for several values, which share one piece of memory. Each writer writes one value.
pub(crate) fn ascii_header_values<const N: usize>(
    writers: [&dyn Fn(&mut String); N],
) -> [HeaderValue; N] {
    let mut text = String::with_capacity(VALUES_CAPACITY);
    let ranges = writers.map(|write| {
        let begin = text.len();
        write(&mut text);
        begin..text.len()
    });
    let text = Bytes::from(text);
    ranges.map(|range| {
        HeaderValue::from_maybe_shared(text.slice(range))
            .unwrap_or_else(|_not_ascii| HeaderValue::from_static(""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_one_piece_of_memory_are_apart() {
        let values = ascii_header_values([
            &|text| text.push_str("one"),
            &|_text| {},
            &|text| text.push_str("a\nb"),
            &|text| text.push_str("last"),
        ]);
        assert_eq!(values, ["one", "", "", "last"]);
    }
}
