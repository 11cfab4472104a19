use crate::headers::{QUALITY_MAX, quality};

/// The maximum size of an `Accept-Language` header that is parsed.
pub(super) const ACCEPT_LANGUAGE_LENGTH_MAX: usize = 1_024;

/// One element of an `Accept-Language` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Preference<'a> {
    /// A language tag, or `*`.
    pub(super) range: &'a str,
    /// Its quality value in thousandths: 0 (not acceptable) to 1,000.
    pub(super) weight: u16,
}

/// A header that is too long or not in the form of RFC 9110, section 12.5.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedAcceptLanguage;

/// Parses the elements in order. Empty ones are skipped (RFC 9110, section 5.6.1); a malformed one
/// makes the whole header malformed.
pub(super) fn parse(header: &str) -> Result<Vec<Preference<'_>>, MalformedAcceptLanguage> {
    if header.len() > ACCEPT_LANGUAGE_LENGTH_MAX {
        return Err(MalformedAcceptLanguage);
    }
    header
        .split(',')
        .map(trim)
        .filter(|element| !element.is_empty())
        .map(|element| preference(element).ok_or(MalformedAcceptLanguage))
        .collect()
}

fn preference(element: &str) -> Option<Preference<'_>> {
    let (range, weight) = match element.split_once(';') {
        None => (element, QUALITY_MAX),
        Some((range, parameter)) => (trim(range), weight(trim(parameter))?),
    };
    is_range(range).then_some(Preference { range, weight })
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `*` or a basic language range (RFC 4647, section 2.1).
fn is_range(text: &str) -> bool {
    let is_subtag = |subtag: &str| (1..=8).contains(&subtag.len());
    let mut subtags = text.split('-');
    let begins_well = subtags.next().is_some_and(|primary| {
        is_subtag(primary) && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    text == "*"
        || begins_well
            && subtags.all(|subtag| {
                is_subtag(subtag) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
}

/// `q=` with 0 to 1 and at most three decimals, in thousandths.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.eq_ignore_ascii_case("q") {
        return None;
    }
    quality(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_order_and_weight() {
        let check = |header: &str, want: &[(&str, u16)]| {
            let got = parse(header).map(|read| {
                read.iter()
                    .map(|preference| (preference.range, preference.weight))
                    .collect::<Vec<_>>()
            });
            assert_eq!(got.as_deref(), Ok(want), "{header:?}");
        };
        check("", &[]);
        check(" , ,\t", &[]);
        check("ja", &[("ja", 1_000)]);
        check("*", &[("*", 1_000)]);
        check("zh-Hant-TW,en", &[("zh-Hant-TW", 1_000), ("en", 1_000)]);
        check("ja;q=0.5 , en ; Q=1.000", &[("ja", 500), ("en", 1_000)]);
        check(
            "ja;q=0,vi;q=0.,en;q=1.",
            &[("ja", 0), ("vi", 0), ("en", 1_000)],
        );
        check(
            "a;q=0.001,b;q=0.12,c;q=0.999",
            &[("a", 1), ("b", 120), ("c", 999)],
        );
        check(
            "x-klingon,de-1996",
            &[("x-klingon", 1_000), ("de-1996", 1_000)],
        );
    }

    #[test]
    fn one_malformed_element_spoils_the_header() {
        for element in [
            "ja;q",
            "ja;q=",
            "ja;q=.5",
            "ja;q=1.001",
            "ja;q=0.1234",
            "ja;q=2",
            "ja;q=-1",
            "ja;q=+1",
            "ja;q=0.5;q=0.5",
            "ja;q= 0.5",
            "ja;level=1",
            ";q=1",
            "ja_JP",
            "ja JP",
            "ja-",
            "-ja",
            "1a",
            "*-JP",
            "abcdefghi",
            "ja-abcdefghi",
            "日本語",
            "ja\0",
        ] {
            assert_eq!(parse(element), Err(MalformedAcceptLanguage), "{element:?}");
            assert_eq!(
                parse(&format!("en,{element}")),
                Err(MalformedAcceptLanguage),
                "{element:?}"
            );
        }
    }

    #[test]
    fn a_header_has_at_most_1024_bytes() {
        let fits = format!("ja{}", " ".repeat(ACCEPT_LANGUAGE_LENGTH_MAX - 2));
        assert!(parse(&fits).is_ok());
        assert_eq!(parse(&format!("{fits} ")), Err(MalformedAcceptLanguage));
    }
}
