use diesel::QueryResult;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

/// Whether a key of `api_keys` has any scope.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct HasScopes;

const POSTGRES: &str = "cardinality(api_keys.scopes) > 0";
const SQLITE: &str = "json_array_length(api_keys.scopes) > 0";

impl QueryFragment<Pg> for HasScopes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(POSTGRES);
        Ok(())
    }
}

impl QueryFragment<Sqlite> for HasScopes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(SQLITE);
        Ok(())
    }
}

impl Expression for HasScopes {
    type SqlType = Bool;
}

impl<GroupBy> ValidGrouping<GroupBy> for HasScopes {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for HasScopes {}

impl<Source> SelectableExpression<Source> for HasScopes {}
