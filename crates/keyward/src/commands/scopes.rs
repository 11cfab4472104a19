//! `keyward scopes`.

use std::collections::BTreeMap;

use keyward_domain::ports::{CatalogueChange, CatalogueEntry, ScopeCatalogue};
use keyward_domain::{EnglishNameMissing, Language, Resource, ResourceName, ResourceNames, Scope};
use keyward_persistence::Store;
use serde::Serialize;

use super::by_operator;
use crate::cli::{ScopesCommand, SetResourceNameArgs};
use crate::failure::Failure;
use crate::output;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    code: String,
    resource: String,
    descriptions: BTreeMap<&'static str, String>,
    resource_names: BTreeMap<&'static str, String>,
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
            let all_names = store.resources().await?;
            let rows = entries.into_iter();
            let rows = rows.map(|entry| Row::of(entry, &all_names));
            let rows: Vec<Row> = rows.collect();
            let columns = ["CODE", "RESOURCE", "DESCRIPTION"];
            output::rows(output.output, &columns, &rows, |row| {
                let english = |texts: &BTreeMap<&'static str, String>| {
                    texts.get(Language::English.tag()).cloned()
                };
                let name = english(&row.resource_names).unwrap_or_else(|| row.resource.clone());
                let description = english(&row.descriptions).unwrap_or_default();
                vec![row.code.clone(), name, description]
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
        ScopesCommand::SetResourceName(args) => set_resource_name(store, args).await,
    }
}

async fn set_resource_name(store: &Store, args: SetResourceNameArgs) -> Result<(), Failure> {
    let SetResourceNameArgs {
        resource,
        names,
        clear: _,
    } = args;
    let names = parse_names(&names)?;
    let by = by_operator(store)?;
    let is_changed = store.name_resource(&resource, names.clone(), by).await?;
    let note = match (is_changed, names.is_empty()) {
        (true, false) => format!("changed the names of {resource}"),
        (true, true) => format!("removed the names of {resource}"),
        (false, false) => format!("{resource} already has these names"),
        (false, true) => format!("{resource} has no names"),
    };
    output::note(&note)?;
    let entries = ScopeCatalogue::list(store).await?;
    let of_resource = |scope: &Scope| scope.resource() == resource.as_str();
    if !names.is_empty() && !entries.iter().any(|entry| of_resource(&entry.scope)) {
        output::note(&format!("the catalogue has no scope of {resource} yet"))?;
    }
    Ok(())
}

impl Row {
    fn of(entry: CatalogueEntry, all_names: &BTreeMap<Resource, ResourceNames>) -> Self {
        let descriptions = entry.descriptions.into_iter();
        let names = all_names.get(entry.scope.resource());
        let names = names.into_iter().flat_map(ResourceNames::iter);
        Self {
            code: entry.scope.to_string(),
            resource: entry.scope.resource().to_owned(),
            descriptions: descriptions
                .map(|(language, text)| (language.tag(), text))
                .collect(),
            resource_names: names
                .map(|(language, name)| (language.tag(), name.to_owned()))
                .collect(),
        }
    }
}

fn parse_names(given: &[String]) -> Result<ResourceNames, Failure> {
    let mut names = BTreeMap::new();
    for text in given {
        let refused = |reason: &str| {
            Failure::Refused(format!(
                "--name {text:?} {reason}, such as en=Invoices with en, zh, zh-Hant, ja or vi"
            ))
        };
        let (tag, name) = text
            .split_once('=')
            .ok_or_else(|| refused("is not LANGUAGE=TEXT"))?;
        let language = Language::parse(tag).ok_or_else(|| refused("has no language"))?;
        let name = ResourceName::parse(name).map_err(|error| refused(&error.to_string()))?;
        names.insert(language, name);
    }
    ResourceNames::new(names).map_err(|EnglishNameMissing| {
        Failure::Refused("an English name is required: --name en='…'".to_owned())
    })
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
