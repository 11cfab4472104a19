use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{CarriedOut, RepositoryError};
use keyward_domain::{
    IDEMPOTENCY_SECONDS, Idempotency, RepeatableOperation, Timestamp, WorkspaceId,
};

use crate::backend::query;
use crate::rows::{IdempotencyRow, operation_word};
use crate::schema::idempotency_records as records;
use crate::sql_types::Micros;
use crate::store::Store;

pub(super) async fn run(
    store: &Store,
    (workspace_id, operation): (&WorkspaceId, RepeatableOperation),
    idempotency: &Idempotency,
    now: Timestamp,
) -> Result<Option<CarriedOut>, RepositoryError> {
    let workspace_id = workspace_id.as_str().to_owned();
    let operation = operation_word(operation);
    let Idempotency { key, fingerprint } = idempotency.clone();
    let forgotten = Micros::from(now).minus_seconds(IDEMPOTENCY_SECONDS);
    query!(store, |conn| {
        let row: Option<IdempotencyRow> = records::table
            .find((&workspace_id, operation, key.as_str()))
            .filter(records::created_at.gt(forgotten))
            .select(IdempotencyRow::as_select())
            .get_result(conn)
            .await
            .optional()?;
        let carried_out = row.map(|row| row.carried_out(&fingerprint));
        Ok(carried_out.transpose()?)
    })
}
