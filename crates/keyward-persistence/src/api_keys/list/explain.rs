//! How a database goes about a listing, so that a test can see that it uses an index.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKeyListing, Direction, PageRequest, Sort, SortBy, Status, WorkspaceId};

use super::{Filter, Search, offset};
use crate::backend::{Backend as Database, Lane};
use crate::rows::ApiKeyRow;
use crate::schema::api_keys;
use crate::store::Store;

/// A query's plan instead of its answer.
#[derive(QueryId)]
struct PostgresPlan<Q>(Q);

/// The same for SQLite, whose answer has other columns.
#[derive(QueryId)]
struct SqlitePlan<Q>(Q);

impl<Q> Query for PostgresPlan<Q> {
    type SqlType = Text;
}

impl<Q> Query for SqlitePlan<Q> {
    type SqlType = (Integer, Integer, Integer, Text);
}

fn explained<'b, DB: Backend>(
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
        explained("EXPLAIN ", &self.0, pass)
    }
}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for SqlitePlan<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        explained("EXPLAIN QUERY PLAN ", &self.0, pass)
    }
}

impl Store {
    /// The plan of a listing, in the database's own words.
    ///
    /// # Errors
    /// [`RepositoryError`] when the database could not say.
    pub async fn explain_list(
        &self,
        workspace_id: &WorkspaceId,
        listing: &ApiKeyListing,
    ) -> Result<String, RepositoryError> {
        let filter = Filter::new(workspace_id, &listing.filter, listing.now);
        let (sort, part) = (listing.sort, listing.page);
        match self.backend() {
            Database::Postgres(postgres) => {
                let plan = postgres.query(Lane::General, move |conn| {
                    Box::pin(async move {
                        let plan = PostgresPlan(part!(filter, sort, part));
                        let lines: Vec<String> = plan.load(conn).await?;
                        Ok(lines.join("\n"))
                    })
                });
                plan.await
            }
            Database::Sqlite(sqlite) => {
                let plan = sqlite.query(Lane::General, move |conn| {
                    Box::pin(async move {
                        let plan = SqlitePlan(part!(filter, sort, part));
                        let lines: Vec<(i32, i32, i32, String)> = plan.load(conn).await?;
                        let lines: Vec<String> = lines.into_iter().map(|line| line.3).collect();
                        Ok(lines.join("\n"))
                    })
                });
                plan.await
            }
        }
    }
}
