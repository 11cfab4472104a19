use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;

use super::{Known, POSTGRES, SQLITE, known};
use crate::backend::{Backend as Database, snapshot};
use crate::error::unavailable;
use crate::schema::schema_compatibility;
use crate::store::Store;
use crate::tx::Lane;

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
    /// A newer binary has migrated the database, and this one may still serve it.
    Ahead {
        /// The versions of the migrations that this binary doesn't know, in order.
        unknown: Vec<String>,
    },
    /// A newer binary has migrated the database, and this one is too old to serve it.
    TooNew {
        /// The versions of the migrations that this binary doesn't know, in order.
        unknown: Vec<String>,
        /// The oldest binary that may serve it, where the database says so.
        oldest: Option<OldestBinary>,
    },
}

/// The oldest binary that may serve a database.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct OldestBinary {
    /// The version of a migration: a binary that has it embedded may serve. This is what is compared.
    pub migration: String,
    /// The first release with that migration, for people.
    pub release: String,
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

impl Store {
    /// Reads only: a database that was never migrated is behind, and stays without any table.
    pub(crate) async fn schema_state(&self) -> Result<SchemaState, RepositoryError> {
        let known = match self.backend() {
            Database::Postgres(_) => known::<Pg>(&POSTGRES),
            Database::Sqlite(_) => known::<Sqlite>(&SQLITE),
        };
        let known = known.map_err(unavailable)?;
        let has_table = self.has_table("__diesel_schema_migrations");
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
        // Read after the migrations: a migration that is seen here counts, seen there or not.
        let oldest = if applied.iter().all(|version| is_known(&known, version)) {
            None
        } else {
            self.oldest_that_may_serve().await?
        };
        Ok(compare(&known, applied, oldest))
    }

    /// The oldest binary that may serve this database; `None` where it doesn't say.
    pub(crate) async fn oldest_that_may_serve(
        &self,
    ) -> Result<Option<OldestBinary>, RepositoryError> {
        let has_table = self.has_table("schema_compatibility");
        snapshot!(self, Lane::Control, |conn| {
            let table: Found = diesel::sql_query(has_table).get_result(conn).await?;
            if !table.found {
                return Ok(None);
            }
            let oldest = schema_compatibility::table
                .select((
                    schema_compatibility::oldest_migration,
                    schema_compatibility::oldest_release,
                ))
                .first(conn)
                .await;
            Ok(oldest.optional()?)
        })
    }

    fn has_table(&self, name: &str) -> String {
        match self.backend() {
            Database::Postgres(_) => format!("SELECT to_regclass('{name}') IS NOT NULL AS found"),
            Database::Sqlite(_) => {
                format!(
                    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '{name}') AS found"
                )
            }
        }
    }
}

fn is_known(known: &[Known], version: &str) -> bool {
    known.iter().any(|migration| migration.version == version)
}

fn compare(known: &[Known], applied: Vec<String>, oldest: Option<OldestBinary>) -> SchemaState {
    let pending: Vec<String> = known
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| migration.name.clone())
        .collect();
    let unknown: Vec<String> = applied
        .into_iter()
        .filter(|version| !is_known(known, version))
        .collect();
    let may_serve = oldest
        .as_ref()
        .is_some_and(|oldest| is_known(known, &oldest.migration));
    if !unknown.is_empty() && !may_serve {
        SchemaState::TooNew { unknown, oldest }
    } else if !pending.is_empty() {
        SchemaState::Behind { pending }
    } else if !unknown.is_empty() {
        SchemaState::Ahead { unknown }
    } else {
        SchemaState::Current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_current_behind_ahead_or_too_new() {
        let known: Vec<Known> = ["1", "2"]
            .into_iter()
            .map(|version| Known {
                version: version.to_owned(),
                name: format!("{version}_name"),
            })
            .collect();
        let needs = |migration: &str| {
            Some(OldestBinary {
                migration: migration.to_owned(),
                release: "9.9.9".to_owned(),
            })
        };
        let check = |applied: &[&str], oldest: Option<OldestBinary>, want: SchemaState| {
            let owned = applied.iter().map(|&version| version.to_owned()).collect();
            let state = compare(&known, owned, oldest.clone());
            assert_eq!(state, want, "{applied:?} {oldest:?}");
        };
        let behind = |names: &[&str]| SchemaState::Behind {
            pending: names.iter().map(|&name| name.to_owned()).collect(),
        };
        let unknown = || vec!["3".to_owned()];
        let ahead = || SchemaState::Ahead { unknown: unknown() };
        let too_new = |oldest| SchemaState::TooNew {
            unknown: unknown(),
            oldest,
        };
        check(&["1", "2"], None, SchemaState::Current);
        check(&["1"], None, behind(&["2_name"]));
        check(&[], None, behind(&["1_name", "2_name"]));
        check(&["1", "2", "3"], needs("1"), ahead());
        check(&["1", "2", "3"], needs("2"), ahead());
        check(&["1", "2", "3"], needs("3"), too_new(needs("3")));
        check(&["1", "2", "3"], None, too_new(None));
        check(&["1", "3"], needs("1"), behind(&["2_name"]));
        check(&["1", "3"], needs("3"), too_new(needs("3")));
    }
}
