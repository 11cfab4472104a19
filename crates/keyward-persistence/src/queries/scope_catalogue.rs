use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{CatalogueChange, CatalogueEntry, RepositoryError, ScopeCatalogue};
use keyward_domain::{
    Authorship, DeploymentChange, DeploymentEvent, Resource, ResourceNames, Scope,
};
use serde_json::Value;

use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::queries::deployment_events::record_deployment_event;
use crate::rows::{
    ColumnRef, descriptions_from_json, descriptions_to_json, names_from_json, names_to_json,
};
use crate::schema::{resources, scopes};
use crate::sql_types::Stored;
use crate::store::Store;
use crate::tx::TxOutcome;

#[async_trait]
impl ScopeCatalogue for Store {
    async fn list(&self) -> Result<Vec<CatalogueEntry>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<(String, Stored<Value>)> =
                scopes::table.order(scopes::code).load(conn).await?;
            let entries: Result<Vec<CatalogueEntry>, CorruptRow> = rows
                .into_iter()
                .map(|(code, descriptions)| read(&code, descriptions))
                .collect();
            Ok(entries?)
        })
    }

    async fn put(
        &self,
        entry: CatalogueEntry,
        by: Authorship,
    ) -> Result<CatalogueChange, RepositoryError> {
        let code = entry.scope.to_string();
        let document = descriptions_to_json(&entry.descriptions);
        transact!(self, |conn| {
            let row = (scopes::code.eq(&code), scopes::descriptions.eq(&document));
            let before = loop {
                let added = diesel::insert_into(scopes::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
                if added > 0 {
                    break None;
                }
                // Changes nothing, but locks the row until the end of the transaction.
                let locked: Option<Stored<Value>> = diesel::update(scopes::table.find(&code))
                    .set(scopes::code.eq(&code))
                    .returning(scopes::descriptions)
                    .get_result(conn)
                    .await
                    .optional()?;
                // Another transaction may have just removed it.
                if let Some(locked) = locked {
                    break Some(read(&code, locked)?.descriptions);
                }
            };
            let outcome = match &before {
                None => CatalogueChange::Added,
                Some(before) if *before == entry.descriptions => {
                    return Ok(TxOutcome::Rollback(CatalogueChange::Unchanged));
                }
                Some(_others) => {
                    diesel::update(scopes::table.find(&code))
                        .set(scopes::descriptions.eq(&document))
                        .execute(conn)
                        .await?;
                    CatalogueChange::Described
                }
            };
            let change = DeploymentChange::Scope {
                scope: entry.scope,
                before,
                after: Some(entry.descriptions),
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(outcome))
        })
    }

    async fn remove(&self, scope: &Scope, by: Authorship) -> Result<bool, RepositoryError> {
        let code = scope.to_string();
        transact!(self, |conn| {
            let removed: Option<Stored<Value>> = diesel::delete(scopes::table.find(&code))
                .returning(scopes::descriptions)
                .get_result(conn)
                .await
                .optional()?;
            let Some(removed) = removed else {
                return Ok(TxOutcome::Rollback(false));
            };
            let removed = read(&code, removed)?;
            let change = DeploymentChange::Scope {
                scope: removed.scope,
                before: Some(removed.descriptions),
                after: None,
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(true))
        })
    }

    async fn resources(&self) -> Result<BTreeMap<Resource, ResourceNames>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<(String, Stored<Value>)> = resources::table.load(conn).await?;
            let named = rows.into_iter().map(|(code, names)| named(&code, names));
            let named: Result<BTreeMap<Resource, ResourceNames>, CorruptRow> = named.collect();
            let mut named = named?;
            named.retain(|_resource, names| !names.is_empty());
            Ok(named)
        })
    }

    async fn name_resource(
        &self,
        resource: &Resource,
        names: ResourceNames,
        by: Authorship,
    ) -> Result<bool, RepositoryError> {
        let resource = resource.clone();
        let code = resource.to_string();
        let document = names_to_json(&names);
        let no_names = names_to_json(&ResourceNames::default());
        transact!(self, |conn| {
            // No row is ever removed, so afterwards there is one.
            diesel::insert_into(resources::table)
                .values((resources::code.eq(&code), resources::names.eq(&no_names)))
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            // Changes nothing, but locks the row until the end of the transaction.
            let locked: Stored<Value> = diesel::update(resources::table.find(&code))
                .set(resources::code.eq(&code))
                .returning(resources::names)
                .get_result(conn)
                .await?;
            let (_resource, before) = named(&code, locked)?;
            if before == names {
                return Ok(TxOutcome::Rollback(false));
            }
            diesel::update(resources::table.find(&code))
                .set(resources::names.eq(&document))
                .execute(conn)
                .await?;
            let change = DeploymentChange::Resource {
                resource,
                before,
                after: names,
            };
            record_deployment_event!(conn, DeploymentEvent { change, by });
            Ok(TxOutcome::Commit(true))
        })
    }
}

fn named(code: &str, names: Stored<Value>) -> Result<(Resource, ResourceNames), CorruptRow> {
    let column = ColumnRef {
        table: "resources",
        id: &code,
    };
    Ok((
        column.read("code", Resource::parse(code))?,
        column.read("names", names.0.and_then(names_from_json))?,
    ))
}

pub(super) fn scope(code: &str) -> Result<Scope, CorruptRow> {
    let column = ColumnRef {
        table: "scopes",
        id: &code,
    };
    column.read("code", Scope::parse(code))
}

fn read(code: &str, descriptions: Stored<Value>) -> Result<CatalogueEntry, CorruptRow> {
    let column = ColumnRef {
        table: "scopes",
        id: &code,
    };
    Ok(CatalogueEntry {
        scope: scope(code)?,
        descriptions: column.read(
            "descriptions",
            descriptions.0.and_then(descriptions_from_json),
        )?,
    })
}
