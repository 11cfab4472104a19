use diesel::QueryableByName;
use diesel::sql_types::BigInt;

/// The maximum number of events in one transaction, so that publication does not wait for long.
pub(super) const CHUNK: i64 = 1_000;

/// The position of an event.
#[derive(QueryableByName)]
pub(super) struct EventRow {
    #[diesel(sql_type = BigInt)]
    pub(super) position: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) place: i64,
}

/// The next events of webhook $1 after the place $2, with the places by which they are counted. $3 is the
/// workspace; the last parameter is the maximum number.
pub(super) const OF_WORKSPACE: &str = "
    SELECT position, sequence AS place FROM webhook_events
    WHERE webhook_id = $1 AND sequence > $2 AND workspace_id = $3 ORDER BY sequence LIMIT $4";
pub(super) const OF_DEPLOYMENT: &str = "
    SELECT position, position AS place FROM webhook_events
    WHERE webhook_id = $1 AND position > $2 ORDER BY position LIMIT $3";

/// Makes events of webhook $1 from position $2 to $3 pending, as if they were new. Those that are pending keep
/// their attempts.
pub(super) const AGAIN: &str = "
    INSERT INTO webhook_deliveries (webhook_id, position, ordered_by, status, attempts)
    SELECT webhook_id, position, ordered_by, 'PENDING', 0 FROM webhook_events
    WHERE webhook_id = $1 AND position BETWEEN $2 AND $3
    ON CONFLICT (webhook_id, position) DO UPDATE SET status = 'PENDING', attempts = 0
    WHERE webhook_deliveries.status <> 'PENDING'";
