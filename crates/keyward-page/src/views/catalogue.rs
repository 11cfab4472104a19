use std::collections::BTreeSet;

use keyward_domain::ports::{CatalogueEntry, RepositoryError, ScopeCatalogue};
use keyward_domain::{Language, Scope, ScopeSet};

/// All scopes that exist, in words of one language.
pub(crate) struct Catalogue {
    scopes: Vec<Described>,
}

/// A scope in words.
pub(crate) struct Described {
    pub(crate) scope: Scope,
    pub(crate) description: String,
}

impl Catalogue {
    /// Reads all of it.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not say.
    pub(crate) async fn read(
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
    pub(crate) fn scopes(&self) -> &[Described] {
        &self.scopes
    }

    /// Whether there is a scope of this code.
    pub(crate) fn has(&self, code: &str) -> bool {
        let mut scopes = self.scopes.iter();
        scopes.any(|described| described.scope.as_str() == code)
    }

    /// The codes.
    pub(crate) fn existing(&self) -> BTreeSet<Scope> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.clone()).collect()
    }

    /// Sorted, each once.
    pub(crate) fn resources(&self) -> BTreeSet<&str> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.resource()).collect()
    }

    /// A scope in words; its code when the catalogue has it no more.
    pub(crate) fn words(&self, scope: &Scope) -> String {
        let mut scopes = self.scopes.iter();
        let described = scopes.find(|described| described.scope == *scope);
        described.map_or_else(
            || scope.as_str().to_owned(),
            |described| described.description.clone(),
        )
    }

    /// What a key with these scopes can do, in words.
    pub(crate) fn can(&self, scopes: &ScopeSet) -> Vec<String> {
        let scopes = scopes.as_slice().iter();
        scopes.map(|scope| self.words(scope)).collect()
    }

    /// What it cannot do, of all that there is.
    pub(crate) fn cannot(&self, scopes: &ScopeSet) -> Vec<String> {
        let others = self.scopes.iter();
        let others = others.filter(|described| !scopes.contains(&described.scope));
        others
            .map(|described| described.description.clone())
            .collect()
    }
}
