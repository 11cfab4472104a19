use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};
use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};
use keyward_domain::Language;

use super::bundles::Bundles;

/// The id of a message for people.
pub trait Message: Copy {
    /// Its id in the `.ftl` files.
    fn id(self) -> &'static str;

    /// The messages of its crate in all languages.
    fn bundles() -> &'static Bundles;
}

/// Formats a message in a language. The arguments must match its id.
///
/// A message that can't be formatted falls back to English, then to its id. The tests exclude this.
#[must_use]
pub fn message<M: Message>(
    language: Language,
    id: M,
    args: &[(&'static str, Cow<'_, str>)],
) -> String {
    let args: FluentArgs<'_> = args
        .iter()
        .map(|(name, value)| (*name, FluentValue::from(value.as_ref())))
        .collect();
    say(language, id, &args).unwrap_or_else(|| {
        tracing::error!(
            language = language.tag(),
            message = id.id(),
            "language.message_broken"
        );
        say(Language::English, id, &args).unwrap_or_else(|| id.id().to_owned())
    })
}

/// The formatted message; `None` when it can't be formatted with these arguments.
pub(crate) fn say<M: Message>(language: Language, id: M, args: &FluentArgs<'_>) -> Option<String> {
    let bundle = M::bundles().of(language)?;
    let pattern = bundle.get_message(id.id())?.value()?;
    let mut faults = Vec::new();
    let text = match selectors(pattern) {
        selectors if selectors.is_empty() => {
            bundle.format_pattern(pattern, Some(args), &mut faults)
        }
        selectors => {
            let args = with_numbers(args, &selectors);
            let text = bundle.format_pattern(pattern, Some(&args), &mut faults);
            Cow::Owned(text.into_owned())
        }
    };
    faults.is_empty().then(|| text.into_owned())
}

/// The names of the arguments by which the message chooses a variant.
fn selectors<'a>(pattern: &Pattern<&'a str>) -> Vec<&'a str> {
    let elements = pattern.elements.iter();
    let selectors = elements.filter_map(|element| match element {
        PatternElement::Placeable {
            expression:
                Expression::Select {
                    selector: InlineExpression::VariableReference { id },
                    ..
                },
        } => Some(id.name),
        PatternElement::Placeable { .. } | PatternElement::TextElement { .. } => None,
    });
    selectors.collect()
}

/// The arguments, with those of these names as numbers. All others are said as they are.
fn with_numbers<'a>(args: &'a FluentArgs<'_>, names: &[&str]) -> FluentArgs<'a> {
    let args = args.iter().map(|(name, value)| {
        if let (true, FluentValue::String(text)) = (names.contains(&name), value) {
            (name.to_owned(), FluentValue::try_number(text))
        } else {
            (name.to_owned(), value.clone())
        }
    });
    args.collect()
}

#[cfg(test)]
mod tests {
    use fluent_bundle::{FluentBundle, FluentResource};

    use super::super::message_id::MessageId;
    use super::*;

    #[test]
    fn every_message_can_be_said_in_every_language() {
        let messages: Vec<_> = MessageId::ALL
            .iter()
            .map(|id| (*id, id.arguments()))
            .collect();
        crate::testing::check_messages(&messages);
    }

    #[test]
    fn what_a_message_is_told_is_said_as_it_is() {
        let told = [("suggestion", Cow::Borrowed("1.2.3.0/24"))];
        assert_eq!(
            message(Language::English, MessageId::IpHostBits, &told),
            "Bits are set beyond the prefix; did you mean 1.2.3.0/24?"
        );
        let told = [("suggestion", Cow::Borrowed("{ $max } <b>\u{202E}"))];
        let text = message(Language::Japanese, MessageId::UnknownMemberMeant, &told);
        assert!(text.contains("{ $max } <b>\u{202E}"), "{text}");
    }

    #[test]
    fn a_number_chooses_the_plural_form_and_a_text_none() {
        let source = "days = { $days ->\n    [one] { $days } day\n   *[other] { $days } days\n} of { $name }\n";
        let resource = FluentResource::try_new(source.to_owned()).unwrap();
        let mut bundle = FluentBundle::new(vec!["en".parse().unwrap()]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).unwrap();
        let pattern = bundle.get_message("days").unwrap().value().unwrap();
        for (days, want) in [
            ("1", "1 day of 007"),
            ("2", "2 days of 007"),
            ("2^80", "2^80 days of 007"),
        ] {
            let args: FluentArgs<'_> = [("days", days), ("name", "007")].into_iter().collect();
            let args = with_numbers(&args, &selectors(pattern));
            let told = bundle.format_pattern(pattern, Some(&args), &mut vec![]);
            assert_eq!(told, want);
        }
    }

    #[test]
    fn a_message_that_is_told_nothing_is_its_id() {
        assert_eq!(
            message(Language::Vietnamese, MessageId::TooMany, &[]),
            "too-many"
        );
    }
}
