use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

/// Whether a key of `api_keys` has a scope without a last use.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct HasUnusedScopes;

/// The rows of the key are read by the primary key.
const POSTGRES: &str = "EXISTS (
    SELECT FROM unnest(api_keys.scopes) AS held (scope)
    WHERE NOT EXISTS (
        SELECT FROM scope_uses
        WHERE scope_uses.api_key_id = api_keys.id AND scope_uses.scope = held.scope
    ))";

const SQLITE: &str = "EXISTS (
    SELECT 1 FROM json_each(api_keys.scopes) AS held
    WHERE NOT EXISTS (
        SELECT 1 FROM scope_uses
        WHERE scope_uses.api_key_id = api_keys.id AND scope_uses.scope = held.value
    ))";

impl QueryFragment<Pg> for HasUnusedScopes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(POSTGRES);
        Ok(())
    }
}

impl QueryFragment<Sqlite> for HasUnusedScopes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(SQLITE);
        Ok(())
    }
}

impl Expression for HasUnusedScopes {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for HasUnusedScopes {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for HasUnusedScopes {}

impl<Source> SelectableExpression<Source> for HasUnusedScopes {}
