//! Compares the schema of a database with this binary.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;

use crate::backend::{Backend as Database, snapshot};
use crate::error::unavailable;
use crate::migrations::{OldestBinary, POSTGRES, SQLITE, SchemaState, compare, is_known, known};
use crate::schema::schema_compatibility;
use crate::store::Store;
use crate::tx::Lane;

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
    /// Read only: for a database that was never migrated the result is "behind", and no table is
    /// created.
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
        // Read after the migrations, so that it includes the effect of every migration seen above.
        let oldest = if applied.iter().all(|version| is_known(&known, version)) {
            None
        } else {
            self.oldest_that_may_serve().await?
        };
        Ok(compare(&known, applied, oldest))
    }

    /// The oldest binary that may serve this database; `None` when there is no record of it.
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
