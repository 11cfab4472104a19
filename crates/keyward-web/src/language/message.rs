use std::borrow::Cow;

use fluent_bundle::{FluentArgs, FluentValue};
use keyward_domain::Language;

use super::bundle::bundle;
use super::message_id::MessageId;

/// Formats a message in a language. The arguments must match its id.
///
/// A message that can't be formatted falls back to English, then to its id. The tests exclude this.
#[must_use]
pub(crate) fn message(
    language: Language,
    id: MessageId,
    args: &[(&'static str, Cow<'_, str>)],
) -> String {
    let args: FluentArgs<'_> = args
        .iter()
        .map(|(name, value)| (*name, FluentValue::from(value.as_ref())))
        .collect();
    say(language, id, &args).unwrap_or_else(|| {
        tracing::error!(
            language = language.tag(),
            message = id.as_str(),
            "language.message_broken"
        );
        say(Language::English, id, &args).unwrap_or_else(|| id.as_str().to_owned())
    })
}

fn say(language: Language, id: MessageId, args: &FluentArgs<'_>) -> Option<String> {
    let bundle = bundle(language);
    let pattern = bundle.get_message(id.as_str())?.value()?;
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, Some(args), &mut faults);
    faults.is_empty().then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_bundle::FluentResource;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};

    use super::super::bundle::source;
    use super::*;

    /// The messages of a file and the variables of each. A file has only text and variables.
    fn parsed(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let resource = FluentResource::try_new(source(language).to_owned())
            .unwrap_or_else(|(_, faults)| panic!("{language:?}: {faults:?}"));
        let mut messages = BTreeMap::new();
        for entry in resource.entries() {
            let message = match entry {
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
                Entry::Message(message) => message,
                Entry::Term(_) | Entry::Junk { .. } => panic!("{language:?}: {entry:?}"),
            };
            assert!(message.attributes.is_empty(), "{language:?}: {message:?}");
            let mut variables = BTreeSet::new();
            for element in &message.value.as_ref().unwrap().elements {
                match element {
                    PatternElement::TextElement { .. } => {}
                    PatternElement::Placeable {
                        expression: Expression::Inline(InlineExpression::VariableReference { id }),
                    } => {
                        variables.insert(id.name.to_owned());
                    }
                    PatternElement::Placeable { .. } => panic!("{language:?}: {element:?}"),
                }
            }
            let earlier = messages.insert(message.id.name.to_owned(), variables);
            assert!(earlier.is_none(), "{language:?}: {} twice", message.id.name);
        }
        messages
    }

    fn args(id: MessageId) -> Vec<(&'static str, Cow<'static, str>)> {
        id.arguments()
            .iter()
            .map(|name| (*name, format!("<{name}>").into()))
            .collect()
    }

    #[test]
    fn every_file_has_every_message_with_its_variables_and_no_other() {
        let wanted: BTreeMap<String, BTreeSet<String>> = MessageId::ALL
            .iter()
            .map(|id| {
                let variables = id.arguments().iter().map(ToString::to_string).collect();
                (id.as_str().to_owned(), variables)
            })
            .collect();
        assert_eq!(wanted.len(), MessageId::ALL.len(), "an id is unique");
        for language in Language::ALL {
            assert_eq!(parsed(language), wanted, "{language:?}");
        }
    }

    #[test]
    fn every_message_can_be_said_with_what_it_is_told() {
        for language in Language::ALL {
            for id in MessageId::ALL {
                let args: Vec<_> = args(*id);
                let fluent: FluentArgs<'_> = args
                    .iter()
                    .map(|(name, value)| (*name, FluentValue::from(value.as_ref())))
                    .collect();
                let text = say(language, *id, &fluent).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{language:?} {id:?}");
                for (_name, value) in &args {
                    assert!(text.contains(value.as_ref()), "{language:?} {id:?}: {text}");
                }
                assert!(
                    !text.contains(['\u{2068}', '\u{2069}', '{', '\n']),
                    "{id:?}: {text}"
                );
            }
        }
    }

    /// A short Chinese word can be the same in both scripts.
    #[test]
    fn every_language_has_words_of_its_own() {
        for id in MessageId::ALL {
            let said = |language| message(language, *id, &args(*id));
            let all: BTreeSet<String> = Language::ALL.into_iter().map(said).collect();
            let short = said(Language::ChineseSimplified).chars().count() <= 8;
            assert!(
                all.len() == 5 || (short && all.len() == 4),
                "{id:?}: {all:?}"
            );
            let others = Language::ALL.into_iter().skip(1).map(said);
            assert!(
                others
                    .into_iter()
                    .all(|words| words != said(Language::English)),
                "{id:?}"
            );
        }
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

    #[test]
    fn many_threads_speak_at_once() {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for language in Language::ALL {
                        for id in MessageId::ALL {
                            assert_ne!(message(language, *id, &args(*id)), id.as_str());
                        }
                    }
                });
            }
        });
    }
}
