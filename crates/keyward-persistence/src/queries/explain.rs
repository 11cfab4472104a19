//! Query plans, so that a test can check that a query uses an index.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;

/// The plan of a query instead of its result.
#[derive(QueryId)]
pub(crate) struct PostgresPlan<Q>(pub(crate) Q);

/// The same for SQLite, whose plan has other columns.
#[derive(QueryId)]
pub(crate) struct SqlitePlan<Q>(pub(crate) Q);

impl<Q> Query for PostgresPlan<Q> {
    type SqlType = Text;
}

impl<Q> Query for SqlitePlan<Q> {
    type SqlType = (Integer, Integer, Integer, Text);
}

fn prefixed<'b, DB: Backend>(
    word: &str,
    query: &'b impl QueryFragment<DB>,
    mut pass: AstPass<'_, 'b, DB>,
) -> QueryResult<()> {
    pass.unsafe_to_cache_prepared();
    pass.push_sql(word);
    query.walk_ast(pass)
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for PostgresPlan<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        prefixed("EXPLAIN ", &self.0, pass)
    }
}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for SqlitePlan<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        prefixed("EXPLAIN QUERY PLAN ", &self.0, pass)
    }
}

/// The plan of a query, as the database prints it.
macro_rules! explained {
    ($store:expr, $query:expr) => {
        match $store.backend() {
            $crate::backend::Backend::Postgres(postgres) => {
                let plan = postgres.query($crate::tx::Lane::General, move |conn| {
                    Box::pin(async move {
                        let plan = $crate::queries::explain::PostgresPlan($query);
                        let lines: Vec<String> = plan.load(conn).await?;
                        Ok(lines.join("\n"))
                    })
                });
                plan.await
            }
            $crate::backend::Backend::Sqlite(sqlite) => {
                let plan = sqlite.query($crate::tx::Lane::General, move |conn| {
                    Box::pin(async move {
                        let plan = $crate::queries::explain::SqlitePlan($query);
                        let lines: Vec<(i32, i32, i32, String)> = plan.load(conn).await?;
                        let lines: Vec<String> = lines.into_iter().map(|line| line.3).collect();
                        Ok(lines.join("\n"))
                    })
                });
                plan.await
            }
        }
    };
}

pub(crate) use explained;
