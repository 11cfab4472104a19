//! The deployment's trail: changes to workspaces, members and scopes.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{DeploymentEvents, RepositoryError};
use keyward_domain::{DeploymentEvent, TrailHead, TrailLine};

use crate::backend::query;
use crate::rows::{ColumnRef, DeploymentEventRow, event_hash};
use crate::schema::{deployment_events, deployment_trail};
use crate::sql_types::bigint;
use crate::store::Store;

#[async_trait]
impl DeploymentEvents for Store {
    async fn deployment_lines(
        &self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<TrailLine<DeploymentEvent>>, RepositoryError> {
        let after = bigint(after);
        query!(self, |conn| {
            let rows: Vec<DeploymentEventRow> = deployment_events::table
                .filter(deployment_events::position.gt(after))
                .order(deployment_events::position)
                .limit(limit.into())
                .select(DeploymentEventRow::as_select())
                .load(conn)
                .await?;
            Ok(rows.into_iter().map(TrailLine::from).collect())
        })
    }

    async fn deployment_head(&self) -> Result<TrailHead, RepositoryError> {
        query!(self, |conn| {
            let (event_count, hash): (i64, Vec<u8>) = deployment_trail::table
                .select((deployment_trail::event_count, deployment_trail::event_hash))
                .get_result(conn)
                .await?;
            let column = ColumnRef {
                table: "deployment_trail",
                id: &"head",
            };
            Ok(TrailHead {
                event_count: column.read("event_count", event_count.try_into())?,
                hash: column.read("event_hash", event_hash(&hash))?,
            })
        })
    }
}

/// Advances the head of the deployment's trail and writes the event.
///
/// The update locks the head until the end of the transaction, so that events are written one by
/// one. A macro, because the connection's type depends on the database.
macro_rules! record_deployment_event {
    ($conn:ident, $event:expr) => {{
        use keyward_domain::ChainedEvent as _;
        use $crate::schema::{chain_hash, deployment_events, deployment_trail};
        let event: keyward_domain::DeploymentEvent = $event;
        let digest = event.digest();
        let linked = chain_hash(deployment_trail::event_hash, digest.as_bytes().as_slice());
        let (position, hash): (i64, Vec<u8>) = diesel::update(deployment_trail::table)
            .set((
                deployment_trail::event_count.eq(deployment_trail::event_count + 1),
                deployment_trail::event_hash.eq(linked),
            ))
            .returning((deployment_trail::event_count, deployment_trail::event_hash))
            .get_result($conn)
            .await?;
        let place = (
            deployment_events::position.eq(position),
            deployment_events::hash.eq(hash),
        );
        let row = $crate::rows::NewDeploymentEventRow::from(event);
        diesel::insert_into(deployment_events::table)
            .values((&row, place))
            .execute($conn)
            .await?;
    }};
}

pub(crate) use record_deployment_event;
