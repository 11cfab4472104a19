use keyward_domain::Language;

/// A number with its digits in groups of three, as people write it in the language.
pub(crate) fn grouped(number: u64, language: Language) -> String {
    let separator = match language {
        Language::English
        | Language::ChineseSimplified
        | Language::ChineseTraditional
        | Language::Japanese => ',',
        Language::Vietnamese => '.',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_groups_of_three() {
        for (number, english, vietnamese) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (1_234_567, "1,234,567", "1.234.567"),
        ] {
            assert_eq!(grouped(number, Language::English), english);
            assert_eq!(grouped(number, Language::Vietnamese), vietnamese);
        }
    }
}
