//! Generates the enum `MessageId` from `src/locales/en.ftl`: one variant per message, named after
//! its id, with the English text as its documentation. `keyward-page` uses this file too.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

const ENGLISH: &str = "src/locales/en.ftl";

/// A message of text and variables, which may have variants for a number. All our messages have this
/// form.
struct Message {
    id: String,
    text: String,
    variables: BTreeSet<String>,
}

/// The code of the enum, with this visibility.
pub(crate) fn code(visibility: &str) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ENGLISH}");
    let messages = read(&fs::read_to_string(ENGLISH)?)?;
    let mut variants = BTreeSet::new();
    let mut with_variables: BTreeMap<&BTreeSet<String>, Vec<String>> = BTreeMap::new();
    let (mut declared, mut all, mut ids) = (String::new(), String::new(), String::new());
    for message in &messages {
        let Message {
            id,
            text,
            variables,
        } = message;
        let variant = variant(id);
        if !variants.insert(variant.clone()) {
            return Err(format!("{ENGLISH}: two messages would be {variant}").into());
        }
        for line in text.lines() {
            writeln!(declared, "#[doc = {line:?}]")?;
        }
        writeln!(declared, "{variant},")?;
        writeln!(all, "Self::{variant},")?;
        writeln!(ids, "Self::{variant} => {id:?},")?;
        let with = with_variables.entry(variables).or_default();
        with.push(format!("Self::{variant}"));
    }
    let mut arguments = String::new();
    for (variables, variants) in with_variables {
        let names: Vec<&String> = variables.iter().collect();
        writeln!(arguments, "{} => &{names:?},", variants.join(" | "))?;
    }
    Ok(format!(
        "/// A message for people, in no particular language.
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
         {visibility} enum MessageId {{ {declared} }}
         impl MessageId {{
             /// Every message.
             #[cfg(test)]
             pub(crate) const ALL: &[Self] = &[{all}];
             /// Its id in the `.ftl` files.
             pub(crate) fn as_str(self) -> &'static str {{ match self {{ {ids} }} }}
             /// The names of its arguments, sorted.
             #[cfg(test)]
             pub(crate) fn arguments(self) -> &'static [&'static str] {{ match self {{ {arguments} }} }}
         }}"
    ))
}

fn read(ftl: &str) -> Result<Vec<Message>, Box<dyn Error>> {
    let resource = fluent_syntax::parser::parse(ftl)
        .map_err(|(_resource, errors)| format!("{ENGLISH}: {errors:?}"))?;
    let mut messages = Vec::new();
    for entry in resource.body {
        match entry {
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Message(message) => {
                let id = message.id.name;
                let pattern = message.value.filter(|_text| message.attributes.is_empty());
                let pattern =
                    pattern.ok_or_else(|| format!("{ENGLISH}: {id} is not plain text"))?;
                messages.push(message_of(id, &pattern)?);
            }
            Entry::Term(_) | Entry::Junk { .. } => {
                return Err(format!("{ENGLISH}: only messages are allowed, no terms").into());
            }
        }
    }
    Ok(messages)
}

fn message_of(id: &str, pattern: &Pattern<&str>) -> Result<Message, Box<dyn Error>> {
    let mut message = Message {
        id: id.to_owned(),
        text: String::new(),
        variables: BTreeSet::new(),
    };
    message.add(pattern)?;
    Ok(message)
}

impl Message {
    fn add(&mut self, pattern: &Pattern<&str>) -> Result<(), Box<dyn Error>> {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text.push_str(value),
                PatternElement::Placeable {
                    expression: Expression::Inline(inline),
                } => {
                    let name = self.variable(inline)?;
                    write!(self.text, "{{ ${name} }}")?;
                }
                PatternElement::Placeable {
                    expression: Expression::Select { selector, variants },
                } => {
                    let _name = self.variable(selector)?;
                    for (number, variant) in variants.iter().enumerate() {
                        if number > 0 {
                            self.text.push_str(" / ");
                        }
                        self.add(&variant.value)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn variable<'a>(
        &mut self,
        inline: &InlineExpression<&'a str>,
    ) -> Result<&'a str, Box<dyn Error>> {
        let InlineExpression::VariableReference { id } = inline else {
            let told = format!("{ENGLISH}: {} has more than text and variables", self.id);
            return Err(told.into());
        };
        self.variables.insert(id.name.to_owned());
        Ok(id.name)
    }
}

fn variant(id: &str) -> String {
    let words = id.split('-');
    let capitalized = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    capitalized.collect()
}
