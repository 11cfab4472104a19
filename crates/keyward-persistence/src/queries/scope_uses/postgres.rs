use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{RepositoryError, ScopeUse};

use crate::postgres::Postgres;
use crate::queries::prepared::Prepared;
use crate::sql_types::{Id, Instant, KeyUuid, Micros};
use crate::tx::TxOutcome;

/// Any number of last uses. Only scopes that existing keys have get a row. Each key is looked up by
/// its id, because a join would read the whole table for a large batch.
const RECORD: &str = r#"
    INSERT INTO scope_uses AS kept (api_key_id, scope, last_used_on)
    SELECT api_key_id, scope, last_used_on
    FROM UNNEST($1, $2, $3) AS used (api_key_id, scope, last_used_on)
    WHERE (
        SELECT deleted_at IS NULL AND used.scope = ANY (scopes) FROM api_keys
        WHERE id = used.api_key_id
    )
    ORDER BY api_key_id, scope COLLATE "C"
    ON CONFLICT (api_key_id, scope) DO UPDATE SET last_used_on = EXCLUDED.last_used_on
    WHERE kept.last_used_on < EXCLUDED.last_used_on"#;

pub(super) async fn record(
    postgres: &Postgres,
    uses: Vec<ScopeUse>,
) -> Result<(), RepositoryError> {
    let ids: Vec<Id> = uses.iter().map(|u| Id(u.api_key_id.uuid())).collect();
    let days: Vec<Micros> = uses.iter().map(|u| u.last_used_on.into()).collect();
    let scopes: Vec<String> = uses.iter().map(|u| u.scope.to_string()).collect();
    let recording = postgres.transact(None, move |conn| {
        Box::pin(async move {
            let uses = diesel::sql_query(RECORD)
                .bind::<Array<KeyUuid>, _>(ids)
                .bind::<Array<Text>, _>(scopes)
                .bind::<Array<Instant>, _>(days);
            Prepared(uses).execute(conn).await?;
            Ok(TxOutcome::Commit(()))
        })
    });
    recording.await
}
