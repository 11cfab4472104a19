use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{FinishedDelivery, RepositoryError};
use keyward_domain::{AfterAttempt, Authorship, DeliveryStatus, Timestamp, Webhook, WebhookId};

use crate::backend::transact;
use crate::queries::deployment_events::record_deployment_event;
use crate::queries::prepared::Prepared;
use crate::queries::webhooks::{WAIT, WITHDRAW, changed};
use crate::rows::{AttemptedRow, WebhookRow};
use crate::schema::{webhook_deliveries, webhooks};
use crate::sql_types::{Id, Instant, KeyUuid, Micros, bigint};
use crate::store::Store;
use crate::tx::TxOutcome;

/// Makes the next pending delivery after the one at $3 due at $1. While the webhook is disabled, none is.
/// SQLite numbers parameters by their first places, so they must come in this order.
const NEXT: &str = "
    UPDATE webhook_deliveries SET due_at = $1
    WHERE webhook_id = $2 AND due_at IS NULL AND position = (
        SELECT next.position FROM webhook_deliveries AS next
        WHERE next.webhook_id = $2 AND next.status = 'PENDING' AND next.ordered_by = (
            SELECT ended.ordered_by FROM webhook_deliveries AS ended
            WHERE ended.webhook_id = $2 AND ended.position = $3)
        ORDER BY next.position LIMIT 1)
        AND (SELECT disabled_at FROM webhooks WHERE id = $2) IS NULL";

/// What is known of a webhook while it is locked.
struct Locked {
    failing_since: Option<Timestamp>,
    is_enabled: bool,
}

/// The webhooks are locked before their deliveries, in the order of the ids, as publication does; and the
/// deployment's trail last, as all others do.
pub(super) async fn run(
    store: &Store,
    mut finished: Vec<FinishedDelivery>,
    by: Authorship,
) -> Result<Vec<Webhook>, RepositoryError> {
    finished.sort_by_key(|one| (one.webhook_id, one.position));
    let ids: BTreeSet<WebhookId> = finished.iter().map(|one| one.webhook_id).collect();
    let now = by.occurred_at;
    let at = Micros::from(now);
    transact!(store, |conn| {
        let mut locked: BTreeMap<WebhookId, Locked> = BTreeMap::new();
        for id in ids {
            let lock = diesel::update(webhooks::table.find(Id(id.uuid())))
                .set(webhooks::url.eq(webhooks::url))
                .returning((webhooks::failing_since, webhooks::disabled_at));
            let webhook: Option<(Option<Micros>, Option<Micros>)> =
                Prepared(lock).get_result(conn).await.optional()?;
            if let Some((failing_since, disabled_at)) = webhook {
                let webhook = Locked {
                    failing_since: failing_since.and_then(|at| Timestamp::from_unix_micros(at.0)),
                    is_enabled: disabled_at.is_none(),
                };
                locked.insert(id, webhook);
            }
        }
        let mut disabled = Vec::new();
        for one in finished {
            // The webhook was removed.
            let Some(webhook) = locked.get_mut(&one.webhook_id) else {
                continue;
            };
            let webhook_id = Id(one.webhook_id.uuid());
            let after = AfterAttempt::of(
                &one.attempt.outcome,
                one.event_id,
                one.attempt_number,
                webhook.failing_since,
                now,
            );
            let position = bigint(one.position);
            let is_enabled = webhook.is_enabled;
            let due_at = after.due_at.filter(|_| is_enabled).map(Micros::from);
            let row = AttemptedRow::new(one.attempt, one.attempt_number, after.status, due_at);
            let taken = webhook_deliveries::table
                .find((webhook_id, position))
                .filter(webhook_deliveries::lease.eq(Id(one.lease)));
            let recorded = diesel::update(taken).set(row).execute(conn).await?;
            if recorded == 0 {
                continue;
            }
            if after.status == DeliveryStatus::Pending {
                // After a replay, an earlier event may be pending now.
                let wait = diesel::sql_query(WAIT)
                    .bind::<KeyUuid, _>(webhook_id)
                    .bind::<BigInt, _>(position);
                Prepared(wait).execute(conn).await?;
            } else {
                let next = diesel::sql_query(NEXT)
                    .bind::<Instant, _>(at)
                    .bind::<KeyUuid, _>(webhook_id)
                    .bind::<BigInt, _>(position);
                Prepared(next).execute(conn).await?;
            }
            if webhook.failing_since != after.failing_since {
                let since = after.failing_since.map(Micros::from);
                let failing = diesel::update(webhooks::table.find(webhook_id))
                    .set(webhooks::failing_since.eq(since));
                Prepared(failing).execute(conn).await?;
                webhook.failing_since = after.failing_since;
            }
            let Some(reason) = after.disabled.filter(|_| is_enabled) else {
                continue;
            };
            let off = diesel::update(webhooks::table.find(webhook_id))
                .set((
                    webhooks::disabled_at.eq(at),
                    webhooks::disabled_reason.eq(reason.as_str()),
                ))
                .returning(WebhookRow::as_returning());
            let off: WebhookRow = Prepared(off).get_result(conn).await?;
            let withdraw = diesel::sql_query(WITHDRAW).bind::<KeyUuid, _>(webhook_id);
            Prepared(withdraw).execute(conn).await?;
            webhook.is_enabled = false;
            disabled.push(Webhook::try_from(off)?);
        }
        for webhook in &disabled {
            let mut before = webhook.settings.clone();
            before.disabled = None;
            let after = Some(webhook.settings.clone());
            let event = changed(webhook, Some(before), after, by.clone());
            record_deployment_event!(conn, event);
        }
        Ok(TxOutcome::Commit(disabled))
    })
}
