//! `keyward purge`.

use keyward_domain::IDEMPOTENCY_SECONDS;
use keyward_domain::ports::{Clock as _, Housekeeping as _, RepositoryError};
use keyward_persistence::Store;

use crate::cli::PurgeArgs;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::wiring;

/// Small enough that a create waits for one batch unnoticeably.
const BATCH: u32 = 200;

pub(super) async fn run(store: &Store, args: &PurgeArgs) -> Result<(), Failure> {
    let now = wiring::clock(store).now();
    let seconds = i64::try_from(args.deleted_for.as_secs()).unwrap_or(i64::MAX);
    let deleted_by = now.plus_seconds(seconds.saturating_neg());
    let recorded_by = now.plus_seconds(-IDEMPOTENCY_SECONDS);
    let purgeable = store.purgeable(deleted_by, recorded_by).await?;
    if args.dry_run {
        return output::note(&format!(
            "would remove {} deleted keys and {} idempotency records",
            purgeable.api_keys, purgeable.idempotency_records
        ));
    }
    let keys = batches("removing deleted keys", purgeable.api_keys, async || {
        store.purge_api_keys(deleted_by, BATCH).await
    });
    let keys = keys.await?;
    let what = "removing idempotency records";
    let records = batches(what, purgeable.idempotency_records, async || {
        store.purge_idempotency_records(recorded_by, BATCH).await
    });
    let records = records.await?;
    output::note(&format!(
        "removed {keys} deleted keys and {records} idempotency records"
    ))
}

/// Removes batch by batch until nothing is left; how much it was.
async fn batches(
    what: &'static str,
    total: u64,
    purge: impl AsyncFn() -> Result<u64, RepositoryError>,
) -> Result<u64, Failure> {
    let mut progress = Progress::begin(what, total);
    let mut removed = 0;
    loop {
        match purge().await? {
            0 => break,
            count => {
                removed += count;
                progress.add(count)?;
            }
        }
    }
    progress.finish();
    Ok(removed)
}
