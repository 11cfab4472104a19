//! `keyward purge`.

use std::time::Duration;

use keyward_domain::ports::Clock as _;
use keyward_domain::usecases::{Purge, PurgeStep};
use keyward_persistence::Store;

use crate::cli::PurgeArgs;
use crate::config::{Environment, HousekeepingConfig};
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::wiring;

/// How long to wait for a batch of another purge.
const ELSEWHERE_PAUSE: Duration = Duration::from_millis(50);

pub(super) async fn run(
    environment: &Environment,
    store: &Store,
    args: &PurgeArgs,
) -> Result<(), Failure> {
    let config = HousekeepingConfig::resolve(environment)?;
    let seconds = |age: Duration| i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
    let mut purge = Purge::at(
        wiring::clock(store).now(),
        args.deleted_for.map_or(config.deleted_for_seconds, seconds),
        args.counted_for.map_or(config.counted_for_seconds, seconds),
    );
    let purgeable = purge.purgeable(store).await?;
    if args.dry_run {
        return output::note(&format!(
            "would remove {} deleted keys, {} idempotency records, {} counts of denials, {} counts of \
             uses and {} ended sessions",
            purgeable.api_keys,
            purgeable.idempotency_records,
            purgeable.denial_counts,
            purgeable.use_counts,
            purgeable.ended_sessions
        ));
    }
    let total = purgeable
        .api_keys
        .saturating_add(purgeable.idempotency_records)
        .saturating_add(purgeable.denial_counts)
        .saturating_add(purgeable.use_counts)
        .saturating_add(purgeable.ended_sessions);
    let mut progress = Progress::begin("removing", Some(total));
    let (mut keys, mut records, mut denials, mut uses, mut sessions) = (0, 0, 0, 0, 0);
    loop {
        match purge.step(store).await? {
            PurgeStep::ApiKeys(count) => {
                keys += count;
                progress.add(count)?;
            }
            PurgeStep::IdempotencyRecords(count) => {
                records += count;
                progress.add(count)?;
            }
            PurgeStep::Denials(count) => {
                denials += count;
                progress.add(count)?;
            }
            PurgeStep::Uses(count) => {
                uses += count;
                progress.add(count)?;
            }
            PurgeStep::EndedSessions(count) => {
                sessions += count;
                progress.add(count)?;
            }
            PurgeStep::Elsewhere => tokio::time::sleep(ELSEWHERE_PAUSE).await,
            PurgeStep::Finished => break,
        }
    }
    progress.finish();
    output::note(&format!(
        "removed {keys} deleted keys, {records} idempotency records, {denials} counts of denials, {uses} \
         counts of uses and {sessions} ended sessions"
    ))
}
