use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;

use crate::backend::Backend;
use crate::store::Store;
use crate::tx::Lane;

const PREPARED: &str = "SELECT name AS text FROM pg_prepared_statements
     WHERE statement LIKE '%previous_secret_hash%' AND statement NOT LIKE '%pg_prepared%'";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// A line of a plan. Its column has a name that is no identifier.
#[derive(QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    text: String,
}

impl Store {
    /// The plans of the statements for look-ups that one connection has prepared, as PostgreSQL
    /// executes them. SQLite shows none.
    ///
    /// # Errors
    /// [`RepositoryError`] when the database failed.
    pub async fn explain_lookups(&self) -> Result<Vec<String>, RepositoryError> {
        let Backend::Postgres(postgres) = self.backend() else {
            return Ok(vec![]);
        };
        let explaining = postgres.query(Lane::Lookups, |conn| {
            Box::pin(async move {
                let prepared: Vec<Line> = diesel::sql_query(PREPARED).load(conn).await?;
                let mut plans = Vec::new();
                for Line { text: name } in prepared {
                    let explain = format!("EXPLAIN EXECUTE {name}('{{}}', '{{}}')");
                    let lines: Vec<PlanLine> = diesel::sql_query(explain).load(conn).await?;
                    let lines: Vec<String> = lines.into_iter().map(|line| line.text).collect();
                    plans.push(lines.join("\n"));
                }
                Ok(plans)
            })
        });
        explaining.await
    }
}
