use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use keyward_domain::Refill;
use keyward_domain::ports::RepositoryError;

use super::{Asked, Placed, Refilled, refilled};
use crate::error::QueryError;
use crate::postgres::Postgres;
use crate::queries::database_time::read_time;
use crate::queries::prepared::Prepared;
use crate::rows::EMPTY_LEDGER;
use crate::sql_types::{Id, Instant, KeyUuid, Micros};
use crate::tx::TxOutcome;

/// The maximum number of limits in one statement.
const BATCH_MAX: usize = 1_024;

/// Locks the rows, in the order of the primary key, and adds those that are missing, as long as a ledger
/// with a lease, so that their pages have room for the first change. A row that exists is locked but not
/// written, because the condition is false.
const LOCK: &str = "
    INSERT INTO limit_ledgers AS kept (workspace_id, subject, name, updated_on, ledger)
    SELECT workspace_id, subject, name,
        date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC',
        rpad($4, 200)
    FROM UNNEST($1, $2, $3) AS asked (workspace_id, subject, name)
    ORDER BY workspace_id COLLATE \"C\", subject, name COLLATE \"C\"
    ON CONFLICT (workspace_id, subject, name) DO UPDATE SET name = kept.name WHERE false";

/// The ledgers, in the order of the parameters, and the time. A new statement, so that it sees what
/// others had changed before the rows were locked. Each row is looked up by its key, because a join
/// would read the whole table for a large batch.
const READ: &str = "
    SELECT clock_timestamp() AS now, kept.ledger
    FROM UNNEST($1, $2, $3) WITH ORDINALITY AS asked (workspace_id, subject, name, place)
    LEFT JOIN LATERAL (
        SELECT ledger FROM limit_ledgers
        WHERE limit_ledgers.workspace_id = asked.workspace_id
            AND limit_ledgers.subject = asked.subject AND limit_ledgers.name = asked.name
        OFFSET 0
    ) AS kept ON true
    ORDER BY place";

/// Finds its rows by the index, whatever the planner knows about the table.
const WRITE: &str = "
    INSERT INTO limit_ledgers (workspace_id, subject, name, updated_on, ledger)
    SELECT * FROM UNNEST($1, $2, $3, $4, $5)
    ON CONFLICT (workspace_id, subject, name) DO UPDATE SET
        updated_on = EXCLUDED.updated_on, ledger = EXCLUDED.ledger";

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Instant)]
    now: Micros,
    #[diesel(sql_type = Nullable<Text>)]
    ledger: Option<String>,
}

/// The columns of the primary keys.
struct Keys<'a> {
    workspace_ids: Vec<&'a str>,
    subjects: Vec<Id>,
    names: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(asked: &'a [Asked]) -> Self {
        let keys = || asked.iter().map(|asked| &asked.key);
        Self {
            workspace_ids: keys().map(|key| key.workspace_id.as_str()).collect(),
            subjects: keys().map(|key| Id(key.subject)).collect(),
            names: keys().map(|key| key.name.as_str()).collect(),
        }
    }
}

/// One transaction, with three statements for each batch.
pub(super) async fn refill(
    postgres: &Postgres,
    asked: Vec<Asked>,
) -> Result<Vec<Placed>, RepositoryError> {
    let refilling = postgres.transact(None, move |conn| {
        Box::pin(async move {
            let mut refills = Vec::with_capacity(asked.len());
            for batch in asked.chunks(BATCH_MAX) {
                let refilled = refill_batch(conn, batch).await?;
                let places = batch.iter().map(|asked| asked.place);
                refills.extend(places.zip(refilled));
            }
            Ok(TxOutcome::Commit(refills))
        })
    });
    refilling.await
}

async fn refill_batch(
    conn: &mut AsyncPgConnection,
    batch: &[Asked],
) -> Result<Vec<Refill>, QueryError> {
    let keys = Keys::of(batch);
    let lock = diesel::sql_query(LOCK)
        .bind::<Array<Text>, _>(&keys.workspace_ids)
        .bind::<Array<KeyUuid>, _>(&keys.subjects)
        .bind::<Array<Text>, _>(&keys.names)
        .bind::<Text, _>(EMPTY_LEDGER);
    Prepared(lock).execute(conn).await?;
    let read = diesel::sql_query(READ)
        .bind::<Array<Text>, _>(&keys.workspace_ids)
        .bind::<Array<KeyUuid>, _>(&keys.subjects)
        .bind::<Array<Text>, _>(&keys.names);
    let kept: Vec<Kept> = Prepared(read).load(conn).await?;
    let refilled = batch.iter().zip(kept).map(|(asked, kept)| {
        let ledger = kept.ledger.as_deref().unwrap_or(EMPTY_LEDGER);
        refilled(asked, ledger, read_time(kept.now)?)
    });
    let refilled: Vec<Refilled> = refilled.collect::<Result<_, _>>()?;
    let days: Vec<Micros> = refilled.iter().map(|ledger| ledger.updated_on).collect();
    let texts: Vec<&str> = refilled.iter().map(|ledger| ledger.text.as_str()).collect();
    let write = diesel::sql_query(WRITE)
        .bind::<Array<Text>, _>(&keys.workspace_ids)
        .bind::<Array<KeyUuid>, _>(&keys.subjects)
        .bind::<Array<Text>, _>(&keys.names)
        .bind::<Array<Instant>, _>(&days)
        .bind::<Array<Text>, _>(&texts);
    Prepared(write).execute(conn).await?;
    Ok(refilled.into_iter().map(|ledger| ledger.refill).collect())
}
