/// The value if it is ASCII without control characters other than the tab.
#[must_use]
pub fn header_text(value: &[u8]) -> Option<&str> {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
    let text = std::str::from_utf8(value).ok();
    text.filter(|_| value.iter().all(is_text))
}

/// The value if it has 1 to `max` characters, all visible ASCII.
#[must_use]
pub fn visible_ascii(value: &[u8], max: usize) -> Option<&str> {
    let fits = (1..=max).contains(&value.len());
    let is_visible = value.iter().all(u8::is_ascii_graphic);
    let text = std::str::from_utf8(value).ok();
    text.filter(|_| fits && is_visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_ascii_without_control_characters() {
        for text in ["", "a", " a\tb ", "~"] {
            assert_eq!(header_text(text.as_bytes()), Some(text));
        }
        for other in [&b"\xFF"[..], "é".as_bytes(), b"a\nb", b"\0", b"\x7F"] {
            assert_eq!(header_text(other), None, "{other:?}");
        }
    }

    #[test]
    fn visible_ascii_has_no_blanks_and_a_length() {
        assert_eq!(visible_ascii(b"abc", 3), Some("abc"));
        for other in [&b""[..], b"abcd", b"a b", b"a\tb", b"\x7F", b"\xFF"] {
            assert_eq!(visible_ascii(other, 3), None, "{other:?}");
        }
    }
}
