use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sqlite::Sqlite as Backend;
use diesel_migrations::MigrationHarness as _;

use super::Sqlite;
use crate::error::Cause;

/// A foreign key without a target row.
#[derive(Debug, QueryableByName)]
struct Orphan {
    #[diesel(sql_type = diesel::sql_types::Text)]
    child: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    parent: String,
}

impl Sqlite {
    /// Applies all migrations under SQLite's own lock. A second process waits and finds nothing
    /// left to do.
    pub(crate) async fn migrate(
        &self,
        source: impl MigrationSource<Backend> + Send + 'static,
    ) -> Result<Vec<String>, Cause> {
        let opener = std::sync::Arc::clone(&self.opener);
        let migrate = move || {
            let mut connection = opener.migrating()?;
            connection.exclusive_transaction(|connection| {
                let applied = apply(connection, source)?;
                check_references(connection)?;
                Ok(applied)
            })
        };
        self.calls.runtime().spawn_blocking(migrate).await?
    }
}

/// Applies the pending migrations and returns their names.
fn apply(
    connection: &mut SqliteConnection,
    source: impl MigrationSource<Backend>,
) -> Result<Vec<String>, Cause> {
    let pending = connection.pending_migrations(source)?;
    for migration in &pending {
        connection.run_migration(migration)?;
    }
    Ok(pending
        .iter()
        .map(|migration| migration.name().to_string())
        .collect())
}

/// Foreign keys were off while migrations ran.
fn check_references(connection: &mut SqliteConnection) -> Result<(), Cause> {
    let orphan = diesel::sql_query(
        "SELECT DISTINCT \"table\" AS child, parent FROM pragma_foreign_key_check LIMIT 1",
    )
    .get_result::<Orphan>(connection)
    .optional()?;
    orphan.map_or(Ok(()), |Orphan { child, parent }| {
        Err(format!("rows of {child} refer to missing rows of {parent}").into())
    })
}

#[cfg(test)]
mod tests;
