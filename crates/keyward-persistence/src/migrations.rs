//! The schema's migrations, embedded, and how a database stands to them.

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource as _};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use keyward_domain::ports::RepositoryError;

use crate::backend::{Backend as Database, Lane, snapshot};
use crate::error::{Cause, unavailable};
use crate::store::Store;

pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// How the schema of a database stands to the one of this binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// It is the same.
    Current,
    /// Migrations of this binary are missing in the database.
    Behind {
        /// Their names, in order.
        pending: Vec<String>,
    },
    /// The database has migrations that this binary doesn't know: a newer one has been here.
    Ahead {
        /// Their versions, in order.
        unknown: Vec<String>,
    },
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> diesel::sql_types::Text,
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    found: bool,
}

/// A migration of this binary.
struct Known {
    version: String,
    name: String,
}

impl Store {
    /// Reads only: a database that was never migrated is behind, and stays without any table.
    pub(crate) async fn schema_state(&self) -> Result<SchemaState, RepositoryError> {
        let (known, has_table) = match self.backend() {
            Database::Postgres(_) => (
                known::<Pg>(&POSTGRES),
                "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS found",
            ),
            Database::Sqlite(_) => (
                known::<Sqlite>(&SQLITE),
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema \
                 WHERE name = '__diesel_schema_migrations') AS found",
            ),
        };
        let known = known.map_err(unavailable)?;
        let applied: Vec<String> = snapshot!(self, Lane::Control, |conn| {
            let table: Found = diesel::sql_query(has_table).get_result(conn).await?;
            if !table.found {
                return Ok(Vec::new());
            }
            Ok(__diesel_schema_migrations::table
                .select(__diesel_schema_migrations::version)
                .order(__diesel_schema_migrations::version)
                .load(conn)
                .await?)
        })?;
        Ok(compare(&known, applied))
    }
}

fn compare(known: &[Known], applied: Vec<String>) -> SchemaState {
    let pending: Vec<String> = known
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| migration.name.clone())
        .collect();
    let unknown: Vec<String> = applied
        .into_iter()
        .filter(|version| known.iter().all(|migration| migration.version != *version))
        .collect();
    if !unknown.is_empty() {
        SchemaState::Ahead { unknown }
    } else if !pending.is_empty() {
        SchemaState::Behind { pending }
    } else {
        SchemaState::Current
    }
}

fn known<DB: Backend>(migrations: &EmbeddedMigrations) -> Result<Vec<Known>, Cause> {
    let migrations: Vec<Box<dyn Migration<DB>>> = migrations.migrations()?;
    Ok(migrations
        .iter()
        .map(|migration| Known {
            version: migration.name().version().to_string(),
            name: migration.name().to_string(),
        })
        .collect())
}

/// Applies what is missing; its names. The caller keeps others from doing the same meanwhile.
pub(crate) fn apply<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, Cause> {
    let pending = harness.pending_migrations(migrations)?;
    for migration in &pending {
        harness.run_migration(migration)?;
    }
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_have_the_same_migrations() {
        let names = |known: Vec<Known>| known.into_iter().map(|m| m.name).collect::<Vec<_>>();
        let postgres = names(known::<Pg>(&POSTGRES).unwrap());
        assert!(!postgres.is_empty());
        assert_eq!(postgres, names(known::<Sqlite>(&SQLITE).unwrap()));
    }

    #[test]
    fn a_schema_is_current_behind_or_ahead() {
        let known: Vec<Known> = ["1", "2"]
            .into_iter()
            .map(|version| Known {
                version: version.to_owned(),
                name: format!("{version}_name"),
            })
            .collect();
        let check = |applied: &[&str], want: SchemaState| {
            let applied_owned = applied.iter().map(|&version| version.to_owned()).collect();
            assert_eq!(compare(&known, applied_owned), want, "{applied:?}");
        };
        let behind = |names: &[&str]| SchemaState::Behind {
            pending: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let unknown = vec!["3".to_owned()];
        check(&["1", "2"], SchemaState::Current);
        check(&["1"], behind(&["2_name"]));
        check(&[], behind(&["1_name", "2_name"]));
        check(
            &["1", "2", "3"],
            SchemaState::Ahead {
                unknown: unknown.clone(),
            },
        );
        check(&["1", "3"], SchemaState::Ahead { unknown });
    }
}
