use std::sync::Arc;

use diesel::QueryResult;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool};
use diesel_async::{AsyncConnectionCore as _, AsyncPgConnection};
use futures_util::future::BoxFuture;
use keyward_domain::ports::RepositoryError;

use super::{ChangedRows, key_before};
use crate::cache::invalidations::Changing;
use crate::postgres::Postgres;
use crate::queries::one_statement::{InsertFrom, Source, With};
use crate::queries::prepared::Prepared;
use crate::queries::trail::{moved_head, surely_has_room};
use crate::schema::{api_keys, audit_events, workspaces};

/// Changes the key in one statement. `false` when nothing was changed, for whatever reason.
///
/// Not for a change that ends a secret, which moves its last use, or that has an idempotency key or notices.
pub(super) async fn run(
    postgres: &Postgres,
    changed: &Arc<ChangedRows>,
) -> Result<bool, RepositoryError> {
    if changed.may_end_a_secret || changed.record.is_some() || !changed.notices.is_empty() {
        return Ok(false);
    }
    let changed = Arc::clone(changed);
    let changing = Some(Changing::Key(changed.id.0));
    let saving = postgres.at_once(changing, move |conn| save(conn, &changed));
    Ok(saving.await? == Some(1))
}

/// The workspace is locked first, as in the transaction, so that the two never deadlock. It is only
/// locked if the key is still at its version. If the key has another one when it is locked, the event
/// has no position, which the table refuses: then everything is undone.
fn save<'c>(
    conn: &'c mut AsyncPgConnection,
    changed: &ChangedRows,
) -> BoxFuture<'c, QueryResult<usize>> {
    let workspace = workspaces::table
        .find(&changed.workspace_id)
        .filter(workspaces::key_count.ge(-changed.more_keys))
        .filter(surely_has_room(
            changed.events_max,
            changed.event.row.occurred_at(),
        ))
        .filter(exists(key_before!(changed)));
    let head = moved_head!(workspace, changed.more_keys, changed.event);
    let current = key_before!(changed).filter(sql::<Bool>("EXISTS (SELECT FROM head)"));
    let saved = diesel::update(current)
        .set(&changed.changing)
        .returning(sql::<Bool>("true AS is_saved"));
    let place = (
        audit_events::position.eq(sql::<BigInt>("CASE WHEN is_saved THEN event_count END")),
        audit_events::hash.eq(sql::<Binary>("event_hash")),
    );
    let event = (&changed.event.row, place);
    let source = Source::Parts("head LEFT JOIN saved ON true");
    let event = InsertFrom::new(&audit_events::table, event, source);
    conn.execute_returning_count(Prepared(With {
        parts: vec![("head", &head), ("saved", &saved)],
        last: &event,
    }))
}
