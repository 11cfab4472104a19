use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{CatalogueEntry, RepositoryError, ScopeCatalogue};
use keyward_domain::{Language, Scope};
use serde_json::{Map, Value};

use crate::backend::{Change, query, transact};
use crate::error::{Cause, CorruptRow};
use crate::rows::Place;
use crate::schema::scopes;
use crate::sql_types::{Json, Stored};
use crate::store::Store;

#[async_trait]
impl ScopeCatalogue for Store {
    async fn existing(&self, asked: &BTreeSet<Scope>) -> Result<BTreeSet<Scope>, RepositoryError> {
        let asked: Vec<String> = asked.iter().map(Scope::to_string).collect();
        query!(self, |conn| {
            let codes: Vec<String> = scopes::table
                .filter(scopes::code.eq_any(asked))
                .select(scopes::code)
                .load(conn)
                .await?;
            let existing: Result<BTreeSet<Scope>, CorruptRow> =
                codes.iter().map(|code| scope(code)).collect();
            Ok(existing?)
        })
    }

    async fn list(&self) -> Result<Vec<CatalogueEntry>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<(String, Stored<Value>)> =
                scopes::table.order(scopes::code).load(conn).await?;
            let entries: Result<Vec<CatalogueEntry>, CorruptRow> = rows
                .into_iter()
                .map(|(code, descriptions)| entry(&code, descriptions))
                .collect();
            Ok(entries?)
        })
    }

    async fn put(&self, entry: CatalogueEntry) -> Result<bool, RepositoryError> {
        let code = entry.scope.to_string();
        let descriptions = to_json(&entry.descriptions);
        transact!(self, |conn| {
            let row = (
                scopes::code.eq(&code),
                scopes::descriptions.eq(&descriptions),
            );
            let added = diesel::insert_into(scopes::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            if added == 0 {
                // Not an update: should somebody remove the entry meanwhile, it is there again.
                diesel::insert_into(scopes::table)
                    .values(row)
                    .on_conflict(scopes::code)
                    .do_update()
                    .set(scopes::descriptions.eq(excluded(scopes::descriptions)))
                    .execute(conn)
                    .await?;
            }
            Ok(Change::Keep(added > 0))
        })
    }

    async fn remove(&self, scope: &Scope) -> Result<bool, RepositoryError> {
        let code = scope.to_string();
        transact!(self, |conn| {
            let removed = diesel::delete(scopes::table.find(&code))
                .execute(conn)
                .await?;
            Ok(Change::Keep(removed > 0))
        })
    }
}

fn scope(code: &str) -> Result<Scope, CorruptRow> {
    let place = Place {
        table: "scopes",
        id: &code,
    };
    place.read("code", Scope::parse(code))
}

fn entry(code: &str, descriptions: Stored<Value>) -> Result<CatalogueEntry, CorruptRow> {
    let place = Place {
        table: "scopes",
        id: &code,
    };
    Ok(CatalogueEntry {
        scope: scope(code)?,
        descriptions: place.read("descriptions", descriptions.0.and_then(from_json))?,
    })
}

fn to_json(descriptions: &BTreeMap<Language, String>) -> Json {
    let members = descriptions
        .iter()
        .map(|(language, words)| (language.tag().to_owned(), Value::from(words.as_str())));
    Json(Value::Object(members.collect::<Map<_, _>>()))
}

fn from_json(value: Value) -> Result<BTreeMap<Language, String>, Cause> {
    let words: BTreeMap<String, String> = serde_json::from_value(value)?;
    words
        .into_iter()
        .map(|(tag, words)| {
            let language = Language::parse(&tag).ok_or("an unknown language")?;
            Ok((language, words))
        })
        .collect()
}
