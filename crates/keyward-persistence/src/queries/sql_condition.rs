/// Defines a condition on a row in the SQL of each database. A macro, because each condition needs a type of its
/// own: prepared statements are cached by it.
macro_rules! sql_condition {
    ($(#[$docs:meta])* $name:ident, postgres: $postgres:expr, sqlite: $sqlite:expr) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, diesel::query_builder::QueryId)]
        pub(crate) struct $name;

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                out.push_sql($postgres);
                Ok(())
            }
        }

        impl diesel::query_builder::QueryFragment<diesel::sqlite::Sqlite> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
            ) -> diesel::QueryResult<()> {
                out.push_sql($sqlite);
                Ok(())
            }
        }

        impl diesel::expression::Expression for $name {
            type SqlType = diesel::sql_types::Bool;
        }

        impl<GroupBy> diesel::expression::ValidGrouping<GroupBy> for $name {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }

        impl<Source> diesel::expression::AppearsOnTable<Source> for $name {}

        impl<Source> diesel::expression::SelectableExpression<Source> for $name {}
    };
}

pub(crate) use sql_condition;
