use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;

use crate::postgres::{AcknowledgedChange, Postgres};
use crate::sql_types::{Id, Instant, KeyUuid, Micros};
use crate::tx::Lane;

/// How many changes one statement looks for.
const BATCH: usize = 1_000;

const LOST: &str = "
    SELECT change.number
    FROM UNNEST($1, $2, $3, $4, $5) WITH ORDINALITY
        AS change (workspace_id, api_key_id, action, occurred_at, request_id, number)
    WHERE NOT EXISTS (
        SELECT FROM audit_events
        WHERE audit_events.workspace_id = change.workspace_id
        AND audit_events.api_key_id = change.api_key_id
        AND audit_events.action = change.action
        AND audit_events.occurred_at = change.occurred_at
        AND audit_events.request_id = change.request_id
    )";

#[derive(QueryableByName)]
struct Lost {
    /// The place in the batch, from 1.
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Those of the changes that are not in the trails of the database.
pub(crate) async fn run(
    postgres: &Postgres,
    changes: &[AcknowledgedChange],
) -> Result<Vec<AcknowledgedChange>, RepositoryError> {
    let mut lost = Vec::new();
    for batch in changes.chunks(BATCH) {
        let numbers = numbers(postgres, batch).await?;
        lost.extend(numbers.into_iter().filter_map(|lost| {
            let at = usize::try_from(lost.number.checked_sub(1)?).ok()?;
            batch.get(at).cloned()
        }));
    }
    Ok(lost)
}

async fn numbers(
    postgres: &Postgres,
    batch: &[AcknowledgedChange],
) -> Result<Vec<Lost>, RepositoryError> {
    let texts = |text: fn(&AcknowledgedChange) -> &str| -> Vec<String> {
        batch.iter().map(|change| text(change).to_owned()).collect()
    };
    let workspaces = texts(|change| change.workspace_id.as_str());
    let ids = batch.iter().map(|change| Id(change.api_key_id.uuid()));
    let ids: Vec<Id> = ids.collect();
    let actions = texts(|change| change.action.as_str());
    let instants = batch.iter().map(|change| change.occurred_at.into());
    let instants: Vec<Micros> = instants.collect();
    let requests = texts(|change| change.request_id.as_str());
    let looking = postgres.query(Lane::General, move |conn| {
        Box::pin(async move {
            let lost = diesel::sql_query(LOST)
                .bind::<Array<Text>, _>(workspaces)
                .bind::<Array<KeyUuid>, _>(ids)
                .bind::<Array<Text>, _>(actions)
                .bind::<Array<Instant>, _>(instants)
                .bind::<Array<Text>, _>(requests);
            Ok(lost.load(conn).await?)
        })
    });
    looking.await
}
