use icu_locale::{Locale, LocaleExpander};
use keyward_domain::Language;

use super::accept_language::{self, Preference};

/// The language of the response (contract §6).
///
/// The supported language with the highest weight wins, and the first of equals. `*` means English.
/// English is also the fallback for a missing, empty, malformed or too long header (over 1,024
/// bytes), and for unsupported languages. Weight 0 excludes a language.
#[must_use]
pub fn negotiate(accept_language: Option<&str>) -> Language {
    let Ok(preferences) = accept_language::parse(accept_language.unwrap_or_default()) else {
        return Language::English;
    };
    let spoken: Vec<(Language, u16)> = preferences
        .iter()
        .filter_map(|Preference { range, weight }| Some((spoken(range)?, *weight)))
        .collect();
    let ruled_out = |language| spoken.contains(&(language, 0));
    // `max_by_key` returns the last of several maximums.
    spoken
        .iter()
        .rev()
        .filter(|(language, _weight)| !ruled_out(*language))
        .max_by_key(|(_language, weight)| weight)
        .map_or(Language::English, |(language, _weight)| *language)
}

/// The supported language for a range. The likely script decides, not the spelling: `zh-TW` means
/// traditional characters.
fn spoken(range: &str) -> Option<Language> {
    if range == "*" {
        return Some(Language::English);
    }
    let mut id = Locale::try_from_str(range).ok()?.id;
    LocaleExpander::new_extended().maximize(&mut id);
    let script = id.script?;
    match (id.language.as_str(), script.as_str()) {
        ("en", "Latn") => Some(Language::English),
        ("zh", "Hans") => Some(Language::ChineseSimplified),
        ("zh", "Hant") => Some(Language::ChineseTraditional),
        ("ja", "Jpan") => Some(Language::Japanese),
        ("vi", "Latn") => Some(Language::Vietnamese),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(header: &str, want: Language) {
        assert_eq!(negotiate(Some(header)), want, "{header:?}");
    }

    #[test]
    fn every_language_answers_to_its_own_tag() {
        for language in Language::ALL {
            check(language.tag(), language);
            check(&language.tag().to_lowercase(), language);
            check(&language.tag().to_uppercase(), language);
        }
    }

    #[test]
    fn script_decides_between_the_two_chineses() {
        for tag in [
            "zh-TW",
            "zh-HK",
            "zh-MO",
            "zh-Hant-TW",
            "zh-Hant-CN",
            "zh-hant-hk",
            "und-TW",
        ] {
            check(tag, Language::ChineseTraditional);
        }
        for tag in [
            "zh-CN",
            "zh-SG",
            "zh-Hans",
            "zh-Hans-TW",
            "zh-hans-cn",
            "und-CN",
        ] {
            check(tag, Language::ChineseSimplified);
        }
    }

    #[test]
    fn regions_and_extensions_change_nothing_else() {
        check("ja-JP", Language::Japanese);
        check("ja-JP-u-ca-japanese", Language::Japanese);
        check("vi-VN", Language::Vietnamese);
        check("vi-US", Language::Vietnamese);
        check("en-GB-oxendict", Language::English);
        check("zh-TW-x-private", Language::ChineseTraditional);
    }

    #[test]
    fn the_highest_weight_wins_and_the_first_among_equals() {
        check("ja,vi", Language::Japanese);
        check("vi,ja", Language::Vietnamese);
        check("en;q=0.5, vi;q=0.9", Language::Vietnamese);
        check("ja;q=0.8, zh-TW;q=0.8, en;q=0.7", Language::Japanese);
        check("en;q=0.001, ja;q=0.002", Language::Japanese);
        check("ja;q=0.5, *", Language::English);
        check("ja, *;q=0.5", Language::Japanese);
    }

    #[test]
    fn weight_0_rules_out() {
        check("ja;q=0, vi;q=0.1", Language::Vietnamese);
        check("ja-JP;q=0, ja", Language::English);
        check("zh;q=0, zh-TW", Language::ChineseTraditional);
        check("zh-TW;q=0, zh", Language::ChineseSimplified);
        check("ja;q=0", Language::English);
        check("en;q=0, ja;q=0.1", Language::Japanese);
        check("en;q=0, *;q=0", Language::English);
    }

    #[test]
    fn what_is_not_spoken_is_passed_over() {
        check("fr, ja;q=0.5", Language::Japanese);
        check(
            "i-klingon, x-private, zh-min-nan, vi;q=0.1",
            Language::Vietnamese,
        );
        check("ja-Latn, zh-Latn, en-Shaw, vi;q=0.1", Language::Vietnamese);
        check("yue-Hant-HK, ko", Language::English);
    }

    #[test]
    fn unknown_empty_malformed_or_over_long_is_english() {
        assert_eq!(negotiate(None), Language::English);
        for header in [
            "",
            " ",
            ",",
            "*",
            "fr",
            "ja;q=x",
            "ja, vi;;",
            ";;;q=",
            "日本語",
            "ja_JP",
        ] {
            check(header, Language::English);
        }
        check(&"ja,".repeat(341), Language::Japanese);
        check(&"ja,".repeat(342), Language::English);
    }

    proptest! {
        #[test]
        fn any_text_gets_a_language(text in ".{0,200}") {
            prop_assert!(Language::ALL.contains(&negotiate(Some(&text))));
        }

        #[test]
        fn any_likely_text_gets_a_language(
            text in r"((zh|ja|vi|en|und|x|\*|a{1,9})(-[A-Za-z0-9]{1,9}){0,3}(;q=[01](\.[0-9]{0,4})?)?,? ?){0,6}"
        ) {
            prop_assert!(Language::ALL.contains(&negotiate(Some(&text))));
        }

        #[test]
        fn one_spoken_language_among_strangers_is_found(
            before in "(fr|de|ko|es-419|pt-BR,){0,4}",
            weight in 1..=999_u16,
        ) {
            let before = before.trim_end_matches(',');
            let header = format!("fr,{before},ja;q=0.{weight:03}");
            if accept_language::parse(&header).is_ok() {
                prop_assert_eq!(negotiate(Some(&header)), Language::Japanese);
            }
        }
    }
}
