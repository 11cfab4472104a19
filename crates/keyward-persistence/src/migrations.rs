//! The embedded migrations, and their comparison with a database.

mod state;

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource as _};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub use self::state::{OldestBinary, SchemaState};
pub(crate) use self::state::{compare, is_known};
use crate::error::Cause;

pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// A migration in this binary.
pub(crate) struct Known {
    version: String,
    name: String,
}

pub(crate) fn known<DB: Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<Known>, Cause> {
    let migrations: Vec<Box<dyn Migration<DB>>> = migrations.migrations()?;
    Ok(migrations
        .iter()
        .map(|migration| Known {
            version: migration.name().version().to_string(),
            name: migration.name().to_string(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use diesel::pg::Pg;
    use diesel::sqlite::Sqlite;

    use super::*;

    /// Earlier migrations set no oldest binary.
    const FIRST_THAT_SAYS: &str = "2026-11-25-000003";

    #[test]
    fn both_sides_have_the_same_migrations() {
        let names = |known: Vec<Known>| known.into_iter().map(|m| m.name).collect::<Vec<_>>();
        let postgres = names(known::<Pg>(&POSTGRES).unwrap());
        assert!(!postgres.is_empty());
        assert_eq!(postgres, names(known::<Sqlite>(&SQLITE).unwrap()));
    }

    fn folders() -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        let sides = ["postgres", "sqlite"].map(|side| root.join(side));
        let folders = sides
            .iter()
            .flat_map(|side| std::fs::read_dir(side).unwrap());
        folders.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn each_migration_says_which_binaries_may_serve_after_it() {
        let mut seen = 0;
        for folder in folders() {
            if folder.file_name().unwrap().to_str().unwrap() < FIRST_THAT_SAYS {
                continue;
            }
            seen += 1;
            let up = std::fs::read_to_string(folder.join("up.sql")).unwrap();
            let raises = up.contains("UPDATE schema_compatibility");
            let first = up.lines().next().unwrap_or_default();
            match first.split_once(':').map_or(first, |(word, _)| word) {
                "-- Expands" => assert!(!raises, "{}", folder.display()),
                "-- Contracts" => assert!(raises, "{}", folder.display()),
                _ => panic!("{}: see migrations/README.md", folder.display()),
            }
        }
        assert!(seen >= 2);
    }

    /// diesel reads a metadata.toml without the setting as `false`.
    #[test]
    fn each_metadata_file_says_whether_there_is_a_transaction() {
        for folder in folders() {
            if let Ok(metadata) = std::fs::read_to_string(folder.join("metadata.toml")) {
                let says = metadata.contains("run_in_transaction = ");
                assert!(says, "{}", folder.display());
            }
        }
    }
}
