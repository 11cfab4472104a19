use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use keyward_domain::Language;

use crate::language::{Message, say};

/// Checks all messages of a crate; each comes with the names of its arguments. The file of each
/// language must have exactly these messages with exactly these variables. Each message must be
/// formattable, and be translated in every language.
///
/// # Panics
/// When a check fails.
pub fn check_messages<M: Message + std::fmt::Debug>(messages: &[(M, &'static [&'static str])]) {
    let wanted: BTreeMap<String, BTreeSet<String>> = messages
        .iter()
        .map(|(id, arguments)| {
            let variables = arguments.iter().map(ToString::to_string).collect();
            (id.id().to_owned(), variables)
        })
        .collect();
    assert_eq!(wanted.len(), messages.len(), "every message has its own id");
    for language in Language::ALL {
        let source = M::bundles().source(language);
        assert_eq!(parsed(language, source), wanted, "{language:?}");
        for (id, arguments) in messages {
            check_said(language, *id, arguments);
        }
    }
    for (id, arguments) in messages {
        check_own_words(*id, arguments);
    }
}

/// The messages of a file, each with its variables. Messages must only consist of text, variables and
/// variants for a number.
fn parsed(language: Language, source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(source.to_owned())
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
        add_variables(message.value.as_ref().unwrap(), &mut variables);
        let earlier = messages.insert(message.id.name.to_owned(), variables);
        assert!(earlier.is_none(), "{language:?}: {} twice", message.id.name);
    }
    messages
}

fn add_variables(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let (inline, variants) = match element {
            PatternElement::TextElement { .. } => continue,
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => (inline, [].as_slice()),
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => (selector, variants.as_slice()),
        };
        let InlineExpression::VariableReference { id } = inline else {
            panic!("{element:?}");
        };
        variables.insert(id.name.to_owned());
        for variant in variants {
            add_variables(&variant.value, variables);
        }
    }
}

fn said<M: Message>(language: Language, id: M, arguments: &[&'static str]) -> String {
    let mut args = FluentArgs::new();
    for name in arguments {
        args.set(*name, format!("<{name}>"));
    }
    say(language, id, &args).unwrap_or_default()
}

fn check_said<M: Message + std::fmt::Debug>(language: Language, id: M, arguments: &[&'static str]) {
    let text = said(language, id, arguments);
    assert!(!text.trim().is_empty(), "{language:?} {id:?}");
    for name in arguments {
        assert!(
            text.contains(&format!("<{name}>")),
            "{language:?} {id:?}: {text}"
        );
    }
    assert!(
        !text.contains(['\u{2068}', '\u{2069}', '{', '\n']),
        "{id:?}: {text}"
    );
}

/// Checks that the texts in all languages differ. A short Chinese text may be equal in both
/// scripts.
fn check_own_words<M: Message + std::fmt::Debug>(id: M, arguments: &[&'static str]) {
    let said = |language| said(language, id, arguments);
    let all: BTreeSet<String> = Language::ALL.into_iter().map(said).collect();
    let short = said(Language::ChineseSimplified).chars().count() <= 8;
    assert!(
        all.len() == 5 || (short && all.len() == 4),
        "{id:?}: {all:?}"
    );
    let mut others = Language::ALL.into_iter().skip(1).map(said);
    assert!(
        others.all(|words| words != said(Language::English)),
        "{id:?}"
    );
}
