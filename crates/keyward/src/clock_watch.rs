//! Warns operators when this machine's clock is wrong.

use std::sync::Arc;
use std::time::Duration;

use keyward_persistence::StoreClock;

const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The maximum difference without a warning, in seconds.
const OFFSET_WARNED_SECONDS: f64 = 1.0;

/// Compares this machine's clock with the database's until it is aborted. Logs once when they
/// differ, and once when they agree again. Decisions always use the database's clock.
pub(crate) async fn run(clock: Arc<StoreClock>) {
    let mut is_wrong = false;
    loop {
        if let Some(offset_seconds) = clock.offset_seconds() {
            let was_wrong = is_wrong;
            is_wrong = offset_seconds.abs() > OFFSET_WARNED_SECONDS;
            match (was_wrong, is_wrong) {
                (false, true) => tracing::warn!(
                    offset_seconds,
                    "clock.wrong: this machine's clock differs from the database's"
                ),
                (true, false) => tracing::info!(offset_seconds, "clock.right"),
                (true, true) | (false, false) => {}
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
