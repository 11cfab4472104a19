use actix_web::http::header::{self, HeaderMap, HeaderValue};
use keyward_domain::usecases::Precondition;

use crate::language::MessageId;
use crate::problem::Problem;

/// The versions of a key that the caller accepts (RFC 9110, section 13.1.1). Several fields form
/// one list. A weak tag, or one that we did not create, never matches.
///
/// actix's own `IfMatch` drops malformed tags and splits inside of quotation marks.
///
/// # Errors
/// The problem, when the header is neither `*` nor a list of entity tags.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Precondition, Problem> {
    let malformed = || Problem::new("If-Match", MessageId::IfMatchMalformed);
    let mut fields = headers.get_all(header::IF_MATCH).peekable();
    if fields.peek().is_none() {
        return Ok(Precondition::Anything);
    }
    let fields: Vec<&[u8]> = fields.map(HeaderValue::as_bytes).collect();
    let list = fields.join(b",".as_slice());
    if list.trim_ascii() == b"*" {
        return Ok(Precondition::Anything);
    }
    let mut tags = Vec::new();
    let mut rest = next_element(&list);
    while !rest.is_empty() {
        let (tag, behind) = entity_tag(rest).ok_or_else(malformed)?;
        tags.push(tag);
        rest = behind.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(b",") {
            return Err(malformed());
        }
        rest = next_element(rest);
    }
    if tags.is_empty() {
        return Err(malformed());
    }
    let versions = tags.into_iter().filter_map(EntityTag::version).collect();
    Ok(Precondition::Versions(versions))
}

/// An entity tag without its quotation marks (RFC 9110, section 8.8.3).
#[derive(Clone, Copy)]
struct EntityTag<'a> {
    is_weak: bool,
    opaque: &'a [u8],
}

impl EntityTag<'_> {
    /// The version of the tag, if it is a strong one in our format.
    fn version(self) -> Option<u32> {
        let digits = std::str::from_utf8(self.opaque).ok()?;
        let is_ours = !self.is_weak
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        digits.parse().ok().filter(|_| is_ours)
    }
}

/// The list from its next element on; elements may be empty (RFC 9110, section 5.6.1.2).
fn next_element(mut list: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b',', rest @ ..] = list {
        list = rest;
    }
    list
}

/// The entity tag at the beginning, and the text after it.
fn entity_tag(text: &[u8]) -> Option<(EntityTag<'_>, &[u8])> {
    let (is_weak, quoted) = match text.strip_prefix(b"W/") {
        Some(quoted) => (true, quoted),
        None => (false, text),
    };
    let inside = quoted.strip_prefix(b"\"")?;
    let end = inside.iter().position(|byte| *byte == b'"')?;
    let (opaque, behind) = inside.split_at_checked(end)?;
    let is_sound = opaque
        .iter()
        .all(|byte| matches!(byte, 0x21 | 0x23..=0x7E | 0x80..));
    let behind = behind.strip_prefix(b"\"")?;
    is_sound.then_some((EntityTag { is_weak, opaque }, behind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(fields: &[&[u8]]) -> Result<Precondition, Problem> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(header::IF_MATCH, HeaderValue::from_bytes(field).unwrap());
        }
        if_match(&headers)
    }

    #[test]
    fn nothing_and_a_star_ask_for_nothing() {
        assert_eq!(read(&[]), Ok(Precondition::Anything));
        assert_eq!(read(&[b"*"]), Ok(Precondition::Anything));
        assert_eq!(read(&[b" * "]), Ok(Precondition::Anything));
    }

    #[test]
    fn strong_tags_of_our_form_are_versions() {
        let check = |fields: &[&[u8]], versions: &[u32]| {
            let want = Ok(Precondition::Versions(versions.to_vec()));
            assert_eq!(read(fields), want, "{fields:?}");
        };
        check(&[b"\"1\""], &[1]);
        check(&[b"\"1\",\"4294967295\""], &[1, u32::MAX]);
        check(&[b" \"1\" ,, \t\"2\", "], &[1, 2]);
        check(&[b"\"1\"", b"\"2\", \"3\""], &[1, 2, 3]);
        check(&[b"W/\"1\", \"2\""], &[2]);
    }

    #[test]
    fn weak_and_foreign_tags_never_match() {
        for field in [
            b"W/\"1\"".as_slice(),
            b"\"\"",
            b"\"0\"",
            b"\"01\"",
            b"\"+1\"",
            b"\"-1\"",
            b"\"4294967296\"",
            b"\"a,b\"",
            b"\"*\"",
            b"\"W/1\"",
            b"\"\\\"",
            b"\"\xFF\"",
        ] {
            assert_eq!(
                read(&[field]),
                Ok(Precondition::Versions(vec![])),
                "{field:?}"
            );
        }
    }

    #[test]
    fn all_else_is_malformed() {
        let malformed: [&[&[u8]]; 17] = [
            &[b""],
            &[b","],
            &[b"1"],
            &[b"\"1"],
            &[b"1\""],
            &[b"\""],
            &[b"\"1\"\"2\""],
            &[b"\"1\" \"2\""],
            &[b"\"1\";\"2\""],
            &[b"\"1 2\""],
            &[b"w/\"1\""],
            &[b"W/1"],
            &[b"W/ \"1\""],
            &[b"*,\"1\""],
            &[b"**"],
            &[b"\"1\"", b"*"],
            &[b"*", b"*"],
        ];
        for fields in malformed {
            let problem = read(fields).unwrap_err();
            assert_eq!(problem.field, "If-Match", "{fields:?}");
        }
    }

    proptest! {
        #[test]
        fn any_field_is_read_without_panic(field in proptest::collection::vec(any::<u8>(), 0..40)) {
            if HeaderValue::from_bytes(&field).is_ok() {
                let _ = read(&[&field]);
            }
        }

        #[test]
        fn any_likely_list_is_read_without_panic(field in "(\"|W/|\\*|,| |[0-9]|\\\\|é){0,16}") {
            let _ = read(&[field.as_bytes()]);
        }

        #[test]
        fn every_list_of_our_tags_reads_back(
            versions in proptest::collection::vec(1..=u32::MAX, 1..8)
        ) {
            let tags: Vec<_> = versions.iter().map(|version| format!("\"{version}\"")).collect();
            prop_assert_eq!(read(&[tags.join(", ").as_bytes()]), Ok(Precondition::Versions(versions)));
        }
    }
}
