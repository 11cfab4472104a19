use diesel::{Insertable, Queryable, Selectable};
use keyward_domain::ports::CarriedOut;
use keyward_domain::{ApiKeyId, AuditEvent, Idempotency, RepeatableOperation, RequestFingerprint};

use super::{ColumnRef, KeyIdColumns};
use crate::error::CorruptRow;
use crate::schema::idempotency_records;
use crate::sql_types::{Id, Micros};

/// The name of an operation in a record.
pub(crate) fn operation_word(operation: RepeatableOperation) -> &'static str {
    match operation {
        RepeatableOperation::Create => "CREATE",
        RepeatableOperation::Rotate => "ROTATE",
    }
}

/// A record to insert.
#[derive(Insertable)]
#[diesel(table_name = idempotency_records)]
pub(crate) struct NewIdempotencyRow {
    pub(crate) workspace_id: String,
    pub(crate) operation: &'static str,
    pub(crate) key: String,
    fingerprint: Vec<u8>,
    api_key_id: Id,
    api_key_prefix: String,
    api_key_mode: &'static str,
    pub(crate) created_at: Micros,
}

/// A record as it is read, without its idempotency key.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_records)]
pub(crate) struct IdempotencyRow {
    fingerprint: Vec<u8>,
    api_key_id: Id,
    api_key_prefix: String,
    api_key_mode: String,
}

impl NewIdempotencyRow {
    /// The record of the operation that `event` records.
    pub(crate) fn new(
        operation: RepeatableOperation,
        idempotency: &Idempotency,
        event: &AuditEvent,
    ) -> Self {
        Self {
            workspace_id: event.workspace_id.as_str().to_owned(),
            operation: operation_word(operation),
            key: idempotency.key.as_str().to_owned(),
            fingerprint: idempotency.fingerprint.as_bytes().to_vec(),
            api_key_id: Id(event.api_key_id.uuid()),
            api_key_prefix: event.api_key_id.prefix().to_string(),
            api_key_mode: event.api_key_id.mode().as_str(),
            created_at: event.occurred_at.into(),
        }
    }
}

impl IdempotencyRow {
    /// The key of the request; `None` when the record is of a different request.
    pub(crate) fn replayed(
        &self,
        fingerprint: &RequestFingerprint,
    ) -> Result<Option<ApiKeyId>, CorruptRow> {
        if self.fingerprint != fingerprint.as_bytes() {
            return Ok(None);
        }
        let column = ColumnRef {
            table: "idempotency_records",
            id: &self.api_key_id.0,
        };
        let id = column.key_id(
            KeyIdColumns::OF_REFERENCES,
            &self.api_key_prefix,
            &self.api_key_mode,
            self.api_key_id,
        )?;
        Ok(Some(id))
    }

    /// The outcome for a request with this fingerprint.
    pub(crate) fn carried_out(
        &self,
        fingerprint: &RequestFingerprint,
    ) -> Result<CarriedOut, CorruptRow> {
        let replayed = self.replayed(fingerprint)?;
        Ok(replayed.map_or(CarriedOut::OtherRequest, CarriedOut::SameRequest))
    }
}
