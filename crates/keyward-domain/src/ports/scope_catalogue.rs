use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use crate::audit::deployment_event::Authorship;
use crate::key::scope::Scope;
use crate::language::Language;
use crate::ports::RepositoryError;

/// A scope that exists, and what it allows in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Its code.
    pub scope: Scope,
    /// What it allows. A language without words gets the English ones.
    pub descriptions: BTreeMap<Language, String>,
}

/// What became of an entry that was put into the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogueChange {
    /// It is new.
    Added,
    /// Its descriptions are others now.
    Described,
    /// It was there already, with these descriptions.
    Unchanged,
}

impl CatalogueEntry {
    /// What it allows, in a language; without words in it in English, and without any its code.
    #[must_use]
    pub fn description(&self, language: Language) -> &str {
        let words = |language| self.descriptions.get(&language).map(String::as_str);
        words(language)
            .or_else(|| words(Language::English))
            .unwrap_or(self.scope.as_str())
    }
}

/// All scopes that exist. The operator changes it; a key keeps what it was given. Each change that is
/// made is recorded as an event of the deployment, in the same transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ScopeCatalogue: Send + Sync {
    /// Those of `scopes` that exist.
    async fn existing(&self, scopes: &BTreeSet<Scope>) -> Result<BTreeSet<Scope>, RepositoryError>;

    /// Every entry, sorted by code.
    async fn list(&self) -> Result<Vec<CatalogueEntry>, RepositoryError>;

    /// Adds an entry, or gives the one of its code new descriptions.
    async fn put(
        &self,
        entry: CatalogueEntry,
        by: Authorship,
    ) -> Result<CatalogueChange, RepositoryError>;

    /// Takes an entry out; `false` when there was none. Keys that have the scope keep it.
    async fn remove(&self, scope: &Scope, by: Authorship) -> Result<bool, RepositoryError>;
}
