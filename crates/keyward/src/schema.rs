//! Messages about a schema that differs from this binary's.

use keyward_persistence::OldestBinary;

use crate::failure::Failure;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The store lacks migrations of this binary.
pub(crate) fn behind(pending: &[String]) -> Failure {
    Failure::Schema(format!(
        "the store's schema is behind ({} pending, first {}); run: keyward migrate",
        pending.len(),
        pending.first().map_or("", String::as_str)
    ))
}

/// The warning that a newer binary has migrated the store, which this binary may still serve.
pub(crate) fn ahead(unknown: &[String]) -> String {
    format!(
        "a newer keyward has migrated the store (keyward {VERSION} doesn't know {}); this one may \
         still serve it",
        unknown.join(", ")
    )
}

/// A newer binary has migrated the store, and this binary is too old for it.
pub(crate) fn too_new(unknown: &[String], oldest: Option<&OldestBinary>) -> Failure {
    let needs = oldest.map_or("a newer keyward".to_owned(), at_least);
    Failure::Schema(format!(
        "keyward {VERSION} is too old for the store's schema, which needs {needs}; unknown here: {}; \
         see: keyward migrate status",
        unknown.join(", ")
    ))
}

/// The oldest binary that may serve: its release, and the migration that is compared.
pub(crate) fn at_least(oldest: &OldestBinary) -> String {
    format!(
        "keyward {} or later (one that contains migration {})",
        oldest.release, oldest.migration
    )
}
