//! `keyward scopes`.

use std::collections::BTreeMap;

use keyward_domain::Language;
use keyward_domain::ports::{CatalogueChange, CatalogueEntry, ScopeCatalogue};
use keyward_persistence::Store;
use serde::Serialize;

use super::by_operator;
use crate::cli::ScopesCommand;
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    code: String,
    resource: String,
    descriptions: BTreeMap<&'static str, String>,
}

pub(super) async fn run(store: &Store, command: ScopesCommand) -> Result<(), Failure> {
    match command {
        ScopesCommand::Add {
            scope,
            descriptions,
        } => {
            let descriptions = parse_descriptions(&descriptions)?;
            let entry = CatalogueEntry {
                scope: scope.clone(),
                descriptions,
            };
            let note = match store.put(entry, by_operator(store)?).await? {
                CatalogueChange::Added => format!("added {scope}"),
                CatalogueChange::Described => format!("changed the descriptions of {scope}"),
                CatalogueChange::Unchanged => format!("{scope} already has these descriptions"),
            };
            output::note(&note)
        }
        ScopesCommand::List { output } => {
            let entries = ScopeCatalogue::list(store).await?;
            let rows: Vec<Row> = entries.into_iter().map(Row::from).collect();
            output::rows(output.output, &["CODE", "DESCRIPTION"], &rows, |row| {
                let english = row.descriptions.get(Language::English.tag()).cloned();
                vec![row.code.clone(), english.unwrap_or_default()]
            })
        }
        ScopesCommand::Remove { scope } => {
            if ScopeCatalogue::remove(store, &scope, by_operator(store)?).await? {
                output::note(&format!("removed {scope}; keys that have it keep it"))
            } else {
                Err(Failure::Refused(format!(
                    "there is no scope {scope} in the catalogue"
                )))
            }
        }
    }
}

impl From<CatalogueEntry> for Row {
    fn from(entry: CatalogueEntry) -> Self {
        let descriptions = entry.descriptions.into_iter();
        Self {
            code: entry.scope.to_string(),
            resource: entry.scope.resource().to_owned(),
            descriptions: descriptions
                .map(|(language, text)| (language.tag(), text))
                .collect(),
        }
    }
}

fn parse_descriptions(given: &[String]) -> Result<BTreeMap<Language, String>, Failure> {
    let mut descriptions = BTreeMap::new();
    for description in given {
        let (language, text) = description
            .split_once('=')
            .and_then(|(tag, text)| Some((Language::parse(tag)?, text.trim())))
            .filter(|(_language, text)| !text.is_empty())
            .ok_or_else(|| {
                Failure::Refused(format!(
                    "--description {description:?} is not LANGUAGE=TEXT with en, zh, zh-Hant, ja \
                     or vi, such as en='View invoices'"
                ))
            })?;
        descriptions.insert(language, text.to_owned());
    }
    if descriptions.contains_key(&Language::English) {
        Ok(descriptions)
    } else {
        Err(Failure::Refused(
            "an English description is required: --description en='…'".to_owned(),
        ))
    }
}
