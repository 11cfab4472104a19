//! PostgreSQL can write several rows in one statement. It is atomic without `BEGIN` and `COMMIT`.

use diesel::QueryResult;
use diesel::insertable::{InsertValues, Insertable};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId, ValuesClause};
use diesel::query_source::{QuerySource, Table};

/// `WITH name AS (part), … last`. Counts the rows of the last part.
pub(crate) struct With<'q> {
    pub(crate) parts: Vec<(&'static str, &'q dyn QueryFragment<Pg>)>,
    pub(crate) last: &'q dyn QueryFragment<Pg>,
}

impl QueryFragment<Pg> for With<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut joint = "WITH ";
        for (name, part) in &self.parts {
            out.push_sql(joint);
            out.push_sql(name);
            out.push_sql(" AS (");
            part.walk_ast(out.reborrow())?;
            out.push_sql(")");
            joint = ", ";
        }
        out.push_sql(" ");
        self.last.walk_ast(out)
    }
}

impl QueryId for With<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// `INSERT INTO table (columns) SELECT values FROM source`: the row is inserted once for each row of
/// the source, so not at all when the source is empty.
pub(crate) struct InsertFrom<'q, T: QuerySource, V> {
    table: T::FromClause,
    row: ValuesClause<V, T>,
    source: Source<'q>,
    /// Whether a row that exists already is no error. Then it returns a row if it was inserted.
    skips_existing: bool,
}

/// Where the values of an [`InsertFrom`] come from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'q> {
    /// Other parts of the statement.
    Parts(&'static str),
    Select(&'q dyn QueryFragment<Pg>),
}

impl<'q, T: Table, V> InsertFrom<'q, T, V> {
    pub(crate) fn new<R>(table: &T, row: R, source: Source<'q>) -> Self
    where
        R: Insertable<T, Values = ValuesClause<V, T>>,
    {
        Self {
            table: table.from_clause(),
            row: row.values(),
            source,
            skips_existing: false,
        }
    }

    pub(crate) fn skipping_existing(mut self) -> Self {
        self.skips_existing = true;
        self
    }
}

impl<T, V> QueryFragment<Pg> for InsertFrom<'_, T, V>
where
    T: Table,
    T::FromClause: QueryFragment<Pg>,
    V: InsertValues<Pg, T>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" (");
        self.row.values.column_names(out.reborrow())?;
        out.push_sql(") SELECT ");
        self.row.values.walk_ast(out.reborrow())?;
        out.push_sql(" FROM ");
        match self.source {
            Source::Parts(names) => out.push_sql(names),
            Source::Select(select) => {
                out.push_sql("(");
                select.walk_ast(out.reborrow())?;
                out.push_sql(") AS source");
            }
        }
        if self.skips_existing {
            out.push_sql(" ON CONFLICT DO NOTHING RETURNING true");
        }
        Ok(())
    }
}
