use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;

use super::{Asked, Placed, refilled};
use crate::queries::database_time::{self, DatabaseTime};
use crate::queries::prepared::Prepared;
use crate::rows::EMPTY_LEDGER;
use crate::schema::limit_ledgers;
use crate::sql_types::Id;
use crate::sqlite::Sqlite;
use crate::tx::TxOutcome;

/// One transaction. There is only one writer, so nobody else changes the rows meanwhile.
pub(super) async fn refill(
    sqlite: &Sqlite,
    asked: Vec<Asked>,
) -> Result<Vec<Placed>, RepositoryError> {
    let refilling = sqlite.transact(None, move |conn| {
        Box::pin(async move {
            let clock = diesel::sql_query(database_time::OF_SQLITE);
            let time: DatabaseTime = clock.get_result(conn).await?;
            let now = time.read()?;
            let mut refills = Vec::with_capacity(asked.len());
            for asked in asked {
                let key = &asked.key;
                let kept: Option<String> = limit_ledgers::table
                    .find((&key.workspace_id, Id(key.subject), &key.name))
                    .select(limit_ledgers::ledger)
                    .get_result(conn)
                    .await
                    .optional()?;
                let ledger = refilled(&asked, kept.as_deref().unwrap_or(EMPTY_LEDGER), now)?;
                let changed = (
                    limit_ledgers::updated_on.eq(ledger.updated_on),
                    limit_ledgers::ledger.eq(&ledger.text),
                );
                let row = (
                    limit_ledgers::workspace_id.eq(&key.workspace_id),
                    limit_ledgers::subject.eq(Id(key.subject)),
                    limit_ledgers::name.eq(&key.name),
                    changed,
                );
                let written = diesel::insert_into(limit_ledgers::table)
                    .values(row)
                    .on_conflict((
                        limit_ledgers::workspace_id,
                        limit_ledgers::subject,
                        limit_ledgers::name,
                    ))
                    .do_update()
                    .set(changed);
                Prepared(written).execute(conn).await?;
                refills.push((asked.place, ledger.refill));
            }
            Ok(TxOutcome::Commit(refills))
        })
    });
    refilling.await
}
