use std::collections::{BTreeMap, BTreeSet};

use keyward_domain::ports::{CatalogueEntry, RepositoryError, ScopeCatalogue};
use keyward_domain::{Language, Resource, Scope, ScopeSet};

/// All scopes that exist, with descriptions and names of resources in one language.
#[derive(Default)]
pub(crate) struct Catalogue {
    scopes: Vec<Described>,
    names: BTreeMap<Resource, String>,
}

/// What a resource is called on a page.
pub(crate) struct ResourceLabel {
    pub(crate) code: String,
    /// In the page's language; `None` when it has no name.
    pub(crate) name: Option<String>,
}

impl ResourceLabel {
    /// The name, or the code without one.
    pub(crate) fn short(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.code)
    }
}

/// A scope with its description.
pub(crate) struct Described {
    pub(crate) scope: Scope,
    pub(crate) description: String,
}

impl Catalogue {
    /// Reads the catalogue.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
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
        let names = catalogue.resources().await?.into_iter();
        let names = names.filter_map(|(resource, names)| {
            let name = names.in_language(language)?.to_string();
            Some((resource, name))
        });
        let names = names.collect();
        Ok(Self { scopes, names })
    }

    /// Sorted by code.
    pub(crate) fn scopes(&self) -> &[Described] {
        &self.scopes
    }

    /// Whether this scope exists.
    pub(crate) fn has(&self, code: &str) -> bool {
        let mut scopes = self.scopes.iter();
        scopes.any(|described| described.scope.as_str() == code)
    }

    /// All scopes.
    pub(crate) fn existing(&self) -> BTreeSet<Scope> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.clone()).collect()
    }

    /// All resources, sorted, without repeats.
    pub(crate) fn resources(&self) -> BTreeSet<&str> {
        let scopes = self.scopes.iter();
        scopes.map(|described| described.scope.resource()).collect()
    }

    /// What a resource is called, also when it is no longer in the catalogue.
    pub(crate) fn label(&self, resource: &str) -> ResourceLabel {
        ResourceLabel {
            code: resource.to_owned(),
            name: self.names.get(resource).cloned(),
        }
    }

    /// The description of a scope; its code when it is no longer in the catalogue.
    pub(crate) fn words(&self, scope: &Scope) -> String {
        let mut scopes = self.scopes.iter();
        let described = scopes.find(|described| described.scope == *scope);
        described.map_or_else(
            || scope.as_str().to_owned(),
            |described| described.description.clone(),
        )
    }

    /// The descriptions of what a key with these scopes can do.
    pub(crate) fn can(&self, scopes: &ScopeSet) -> Vec<String> {
        let scopes = scopes.as_slice().iter();
        scopes.map(|scope| self.words(scope)).collect()
    }
}
