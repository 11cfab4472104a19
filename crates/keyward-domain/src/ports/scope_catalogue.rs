use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::key::resource::Resource;
use crate::key::resource_names::ResourceNames;
use crate::key::scope::Scope;
use crate::language::Language;
use crate::ports::RepositoryError;

/// A scope that exists, and its descriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Its code.
    pub scope: Scope,
    /// What it allows, by language. A missing language falls back to English.
    pub descriptions: BTreeMap<Language, String>,
}

/// The result of putting an entry into the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogueChange {
    /// The entry is new.
    Added,
    /// Its descriptions have changed.
    Described,
    /// The entry already existed with these descriptions.
    Unchanged,
}

impl CatalogueEntry {
    /// The description in this language. Falls back to English, then to the scope code.
    #[must_use]
    pub fn description(&self, language: Language) -> &str {
        let words = |language| self.descriptions.get(&language).map(String::as_str);
        words(language)
            .or_else(|| words(Language::English))
            .unwrap_or(self.scope.as_str())
    }
}

/// All scopes that exist, and the names of their resources. Operators and services change it; keys keep their
/// scopes. Each change is recorded as a deployment event in the same transaction.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ScopeCatalogue: Send + Sync {
    /// Every entry, sorted by code.
    async fn list(&self) -> Result<Vec<CatalogueEntry>, RepositoryError>;

    /// Adds an entry, or replaces the descriptions of an existing one.
    async fn put(
        &self,
        entry: CatalogueEntry,
        by: Authorship,
    ) -> Result<CatalogueChange, RepositoryError>;

    /// Removes an entry; `false` when there was none. Keys that have the scope keep it.
    async fn remove(&self, scope: &Scope, by: Authorship) -> Result<bool, RepositoryError>;

    /// The resources that have names, whether or not the catalogue has scopes of them.
    async fn resources(&self) -> Result<BTreeMap<Resource, ResourceNames>, RepositoryError>;

    /// Replaces the names of a resource, or removes them; `false` when it already has exactly these.
    async fn name_resource(
        &self,
        resource: &Resource,
        names: ResourceNames,
        by: Authorship,
    ) -> Result<bool, RepositoryError>;
}
