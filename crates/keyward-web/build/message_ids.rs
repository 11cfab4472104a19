//! The enum `MessageId`, made from the messages of `src/locales/en.ftl`: a variant each, named like its id
//! without `page-`, whose documentation is the English text.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

const ENGLISH: &str = "src/locales/en.ftl";

struct Message {
    id: String,
    text: String,
}

pub(crate) fn code() -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={ENGLISH}");
    let messages = read(&fs::read_to_string(ENGLISH)?);
    let mut variants = String::new();
    let (mut all, mut ids, mut arguments) = (String::new(), String::new(), String::new());
    let mut with_arguments: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
    for Message { id, text } in &messages {
        let variant = variant(id);
        for line in text.lines() {
            writeln!(variants, "#[doc = {line:?}]")?;
        }
        writeln!(variants, "{variant},")?;
        writeln!(all, "Self::{variant},")?;
        writeln!(ids, "Self::{variant} => {id:?},")?;
        let with = with_arguments.entry(variables(text)).or_default();
        with.push(format!("Self::{variant}"));
    }
    for (names, variants) in with_arguments {
        writeln!(arguments, "{} => &{names:?},", variants.join(" | "))?;
    }
    Ok(format!(
        "/// Everything that Keyward says to people, not yet in a language.
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
         pub(crate) enum MessageId {{ {variants} }}
         impl MessageId {{
             /// Every message.
             #[cfg(test)]
             pub(crate) const ALL: &[Self] = &[{all}];
             /// Its id in the `.ftl` files.
             pub(crate) fn as_str(self) -> &'static str {{ match self {{ {ids} }} }}
             /// The names of the arguments that it must be told, sorted.
             #[cfg(test)]
             pub(crate) fn arguments(self) -> &'static [&'static str] {{ match self {{ {arguments} }} }}
         }}"
    ))
}

fn read(ftl: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for line in ftl.lines() {
        if line.starts_with(' ') {
            if let Some(message) = messages.last_mut() {
                message.text.push('\n');
                message.text.push_str(line.trim());
            }
        } else if let Some((id, text)) = line.split_once('=')
            && !line.starts_with('#')
        {
            messages.push(Message {
                id: id.trim().to_owned(),
                text: text.trim().to_owned(),
            });
        }
    }
    messages
}

fn variant(id: &str) -> String {
    let words = id.strip_prefix("page-").unwrap_or(id).split('-');
    let capitalized = words.map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    capitalized.collect()
}

/// The names behind `$`, each once.
fn variables(text: &str) -> Vec<&str> {
    let names = text.split('$').skip(1).map(|rest| {
        let end = rest.find(|character: char| !character.is_alphanumeric());
        rest.split_at(end.unwrap_or(rest.len())).0
    });
    names.collect::<BTreeSet<&str>>().into_iter().collect()
}
