use std::collections::BTreeSet;

use keyward_domain::ports::{CatalogueEntry, RepositoryError, ScopeCatalogue};
use keyward_domain::{Language, Scope, ScopeSet};

/// All scopes that exist, in words of one language.
pub(super) struct Catalogue {
    scopes: Vec<Described>,
}

/// A scope in words.
pub(super) struct Described {
    pub(super) scope: Scope,
    pub(super) description: String,
}

impl Catalogue {
    /// Reads all of it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub(super) async fn read(
        catalogue: &dyn ScopeCatalogue,
        language: Language,
    ) -> Result<Self, RepositoryError> {
        let entries = catalogue.list().await?;
        let described = |entry: &CatalogueEntry| Described {
            scope: entry.scope.clone(),
            description: entry.description(language).to_owned(),
        };
        let scopes = entries.iter().map(described).collect();
        Ok(Self { scopes })
    }

    /// Sorted by code.
    pub(super) fn scopes(&self) -> &[Described] {
        &self.scopes
    }

    /// Whether there is a scope of this code.
    pub(super) fn has(&self, code: &str) -> bool {
        let mut scopes = self.scopes.iter();
        scopes.any(|described| described.scope.as_str() == code)
    }

    /// The codes.
    pub(super) fn existing(&self) -> BTreeSet<Scope> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.clone()).collect()
    }

    /// Sorted, each once.
    pub(super) fn resources(&self) -> BTreeSet<&str> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.resource()).collect()
    }

    /// A scope in words; its code when the catalogue has it no more.
    pub(super) fn words(&self, scope: &Scope) -> String {
        let mut scopes = self.scopes.iter();
        let described = scopes.find(|described| described.scope == *scope);
        described.map_or_else(
            || scope.as_str().to_owned(),
            |described| described.description.clone(),
        )
    }

    /// What a key with these scopes can do, in words.
    pub(super) fn can(&self, scopes: &ScopeSet) -> Vec<String> {
        let scopes = scopes.as_slice().iter();
        scopes.map(|scope| self.words(scope)).collect()
    }

    /// What it cannot do, of all that there is.
    pub(super) fn cannot(&self, scopes: &ScopeSet) -> Vec<String> {
        let others = self.scopes.iter();
        let others = others.filter(|described| !scopes.contains(&described.scope));
        others
            .map(|described| described.description.clone())
            .collect()
    }
}
