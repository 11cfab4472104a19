use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};
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
    let text = bundle.format_pattern(pattern, Some(args), &mut faults);
    faults.is_empty().then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
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
    fn a_message_that_is_told_nothing_is_its_id() {
        assert_eq!(
            message(Language::Vietnamese, MessageId::TooMany, &[]),
            "too-many"
        );
    }
}
