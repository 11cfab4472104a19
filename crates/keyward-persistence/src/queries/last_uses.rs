//! Joins keys with the last uses of their secrets, which have their own table.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, alias};

use crate::schema::secret_uses;
use crate::sql_types::Instant;

// The uses of a key's current secret and of the previous one.
alias!(
    pub(crate) const CURRENT_USE: Alias<CurrentUse> = secret_uses as current_use;
    pub(crate) const PREVIOUS_USE: Alias<PreviousUse> = secret_uses as previous_use;
);

/// All keys, each with its workspace and the uses of its secrets, if any.
macro_rules! used_keys {
    () => {{
        use $crate::queries::last_uses::{CURRENT_USE, PREVIOUS_USE};
        use $crate::schema::{api_keys, secret_uses, workspaces};
        let current = CURRENT_USE.field(secret_uses::secret_hash);
        let previous = PREVIOUS_USE.field(secret_uses::secret_hash);
        api_keys::table
            .inner_join(workspaces::table.on(workspaces::id.eq(api_keys::workspace_id)))
            .left_join(CURRENT_USE.on(current.eq(api_keys::secret_hash)))
            .left_join(PREVIOUS_USE.on(previous.nullable().eq(api_keys::previous_secret_hash)))
    }};
}

/// The columns of [`used_keys`] for [`UsedApiKeyRow`](crate::rows::UsedApiKeyRow).
macro_rules! used_key_columns {
    () => {{
        use $crate::queries::last_uses::{CURRENT_USE, PREVIOUS_USE};
        use $crate::schema::secret_uses::{last_used_address, last_used_at, use_count};
        let columns = (last_used_at, use_count, last_used_address);
        (
            $crate::rows::ApiKeyRow::as_select(),
            $crate::queries::last_uses::last_used_at!(),
            CURRENT_USE.fields(columns).nullable(),
            PREVIOUS_USE.fields(columns).nullable(),
        )
    }};
}

/// When any secret of a key was last used, ended ones included; before all times when never.
///
/// A subquery instead of a join: each key costs one index look-up however many uses there are, and
/// a list's other columns come from its own index.
macro_rules! last_used_at {
    () => {{
        use $crate::schema::{api_keys, secret_uses};
        let of_key = secret_uses::table.filter(secret_uses::api_key_id.eq(api_keys::id));
        let latest = of_key.select(diesel::dsl::max(secret_uses::last_used_at));
        $crate::queries::last_uses::Latest(api_keys::last_used_at, latest.single_value())
    }};
}

pub(crate) use {last_used_at, used_key_columns, used_keys};

/// The later of two instants that may be NULL; before all times when both are NULL.
#[derive(Clone, Copy, Debug, QueryId)]
pub(crate) struct Latest<A, B>(pub(crate) A, pub(crate) B);

impl<A, B> Expression for Latest<A, B> {
    type SqlType = Instant;
}

impl<A, B, QS> AppearsOnTable<QS> for Latest<A, B>
where
    A: AppearsOnTable<QS>,
    B: AppearsOnTable<QS>,
{
}

impl<A, B, QS> SelectableExpression<QS> for Latest<A, B>
where
    A: SelectableExpression<QS>,
    B: SelectableExpression<QS>,
{
}

impl<A, B> ValidGrouping<()> for Latest<A, B> {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl<A, B> Latest<A, B> {
    /// Both parts, each between `before` and `after`.
    fn each<'b, DB: Backend>(
        &'b self,
        pass: &mut AstPass<'_, 'b, DB>,
        before: &str,
        after: &str,
    ) -> QueryResult<()>
    where
        A: QueryFragment<DB>,
        B: QueryFragment<DB>,
    {
        let parts: [&'b dyn QueryFragment<DB>; 2] = [&self.0, &self.1];
        for part in parts {
            pass.push_sql(before);
            part.walk_ast(pass.reborrow())?;
            pass.push_sql(after);
        }
        Ok(())
    }
}

/// GREATEST ignores NULL.
impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Latest<A, B> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("GREATEST(");
        self.each(&mut pass, "", ", ")?;
        pass.push_sql("'-infinity')");
        Ok(())
    }
}

/// The scalar `max` does not ignore NULL. No valid instant is before 1970.
impl<A: QueryFragment<Sqlite>, B: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Latest<A, B> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql("max(");
        self.each(&mut pass, "ifnull(", ", -1), ")?;
        pass.push_sql("-1)");
        Ok(())
    }
}
