/// Splits a header value at the separators outside quotation marks (RFC 9110, section 5.6.4).
pub(crate) fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        if escaped {
            escaped = false;
            return false;
        }
        match character {
            '"' => quoted = !quoted,
            '\\' => escaped = quoted,
            _ => {}
        }
        character == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_quotation_marks_separate_nothing() {
        let check = |text: &str, parts: &[&str]| {
            assert_eq!(
                split_unquoted(text, ',').collect::<Vec<_>>(),
                parts,
                "{text}"
            );
        };
        check("", &[""]);
        check("a,b", &["a", "b"]);
        check(r#"a;t="x,y",b"#, &[r#"a;t="x,y""#, "b"]);
        check(r#""\",",b"#, &[r#""\",""#, "b"]);
        check(r#""a,b"#, &[r#""a,b"#]);
        check(r"\,a", &[r"\", "a"]);
    }
}
