use std::sync::Arc;

use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{BigInt, Binary, Bool};
use diesel_async::{AsyncConnectionCore as _, AsyncPgConnection};
use futures_util::future::BoxFuture;
use keyward_domain::ports::RepositoryError;

use super::NewRows;
use crate::postgres::Postgres;
use crate::queries::one_statement::{InsertFrom, Source, With};
use crate::queries::prepared::Prepared;
use crate::queries::trail::{moved_head, surely_has_room};
use crate::schema::{api_keys, audit_events, idempotency_records, workspaces};

/// Creates the key in one statement. `false` when nothing was changed, for whatever reason.
///
/// Not for imported keys: more must be known about their secrets.
pub(super) async fn run(postgres: &Postgres, new: &Arc<NewRows>) -> Result<bool, RepositoryError> {
    if new.is_imported {
        return Ok(false);
    }
    let new = Arc::clone(new);
    let inserted = postgres
        .at_once(None, move |conn| insert(conn, &new))
        .await?;
    Ok(inserted == Some(1))
}

/// The idempotency record comes first, as in the transaction, so that the two never deadlock. It is
/// only written if the workspace has room. If the workspace has none left when it is locked, the event
/// has no position, which the table refuses: then everything is undone.
fn insert<'c>(conn: &'c mut AsyncPgConnection, new: &NewRows) -> BoxFuture<'c, QueryResult<usize>> {
    let room = || {
        workspaces::table
            .find(&new.workspace_id)
            .filter(workspaces::key_count.lt(new.key_count_max))
            .filter(surely_has_room(new.events_max, new.event.row.occurred_at()))
    };
    let (is_first, recorded) = match &new.record {
        Some(_) => (
            "EXISTS (SELECT FROM claimed)",
            "claimed LEFT JOIN head ON true",
        ),
        None => ("true", "head"),
    };
    let found = room().select(workspaces::id);
    let claimed = new.record.as_ref().map(|(record, _fingerprint)| {
        InsertFrom::new(&idempotency_records::table, record, Source::Select(&found))
            .skipping_existing()
    });
    let head = moved_head!(room().filter(sql::<Bool>(is_first)), 1, new.event);
    let place = (
        audit_events::position.eq(sql::<BigInt>("event_count")),
        audit_events::hash.eq(sql::<Binary>("event_hash")),
    );
    let event = (&new.event.row, place);
    let event = InsertFrom::new(&audit_events::table, event, Source::Parts(recorded));
    let key = InsertFrom::new(&api_keys::table, &new.key, Source::Parts("head"));
    let claimed: Option<&dyn QueryFragment<_>> = match &claimed {
        Some(claimed) => Some(claimed),
        None => None,
    };
    let rest: [(_, &dyn QueryFragment<_>); 2] = [("head", &head), ("event", &event)];
    conn.execute_returning_count(Prepared(With {
        parts: claimed
            .map(|part| ("claimed", part))
            .into_iter()
            .chain(rest)
            .collect(),
        last: &key,
    }))
}
