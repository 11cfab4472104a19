//! The server's background work on events: notices, and the publication of the outbox.

use std::sync::Arc;
use std::time::Duration;

use keyward_domain::Timestamp;
use keyward_domain::ports::{Clock as _, EventLog as _, Published, RepositoryError};
use keyward_domain::usecases::NoteNotices;
use keyward_persistence::{Store, StoreClock};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::shutdown::Draining;

/// How often the outbox is looked at.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// The maximum number of events that are published in one transaction.
const BATCH: u32 = 500;

/// How often keys are looked at for notices.
const NOTICE_EVERY: Duration = Duration::from_mins(5);

/// Published events are kept for 90 days. The trails keep them forever.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Publishes until the shutdown begins.
pub(crate) struct Publisher {
    tasks: [JoinHandle<()>; 2],
    head: watch::Receiver<u64>,
    draining: Draining,
}

impl Publisher {
    /// Starts it. When it ends, nobody waits for events any more, so that no such request delays the
    /// shutdown. Another node, or the next start, publishes what is left.
    pub(crate) fn start(store: &Store, clock: &Arc<StoreClock>, draining: &Draining) -> Self {
        let (published, head) = watch::channel(0);
        let publishing = {
            let (store, clock, draining) = (store.clone(), Arc::clone(clock), draining.clone());
            async move { publish(&store, &clock, &draining, &published).await }
        };
        let noting = {
            let (store, clock, draining) = (store.clone(), Arc::clone(clock), draining.clone());
            async move { note(&store, &clock, &draining).await }
        };
        Self {
            tasks: [tokio::spawn(publishing), tokio::spawn(noting)],
            head,
            draining: draining.clone(),
        }
    }

    /// The position of the last published event.
    pub(crate) fn head(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }

    /// Begins the shutdown, if it has not begun, and waits for the end.
    pub(crate) async fn end(self) {
        self.draining.begin();
        for task in self.tasks {
            if let Err(error) = task.await {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "events.publisher_lost");
            }
        }
    }
}

async fn publish(
    store: &Store,
    clock: &StoreClock,
    draining: &Draining,
    head: &watch::Sender<u64>,
) {
    let mut was_published = true;
    loop {
        let published = store.publish(BATCH, clock.now()).await;
        log_change(&published, was_published, "events.unpublished");
        was_published = published.is_ok();
        let Published { count, head: last } = published.unwrap_or_default();
        if was_published {
            head.send_if_modified(|head| std::mem::replace(head, last) != last);
        }
        let pause = if count < BATCH.into() {
            PUBLISH_EVERY
        } else {
            Duration::ZERO
        };
        if ends_within(pause, draining).await {
            return;
        }
    }
}

async fn note(store: &Store, clock: &StoreClock, draining: &Draining) {
    let notices = NoteNotices {
        api_keys: Arc::new(store.clone()),
        denials: Arc::new(store.clone()),
        event_log: Arc::new(store.clone()),
    };
    let mut was_noted = true;
    loop {
        let now = clock.now();
        let round = async {
            let noted = notices.run(now).await;
            noted.and(purge(store, now).await)
        };
        let noted = tokio::select! {
            () = draining.begun() => return,
            noted = round => noted,
        };
        log_change(&noted, was_noted, "events.unnoticed");
        was_noted = noted.is_ok();
        if ends_within(NOTICE_EVERY, draining).await {
            return;
        }
    }
}

/// Removes old published events, batch by batch.
async fn purge(store: &Store, now: Timestamp) -> Result<(), RepositoryError> {
    let published_by = now.plus_seconds(-KEPT_SECONDS);
    while let Some(1..) = store.purge_published(published_by, BATCH).await? {}
    Ok(())
}

/// Whether the shutdown begins within this time.
async fn ends_within(time: Duration, draining: &Draining) -> bool {
    tokio::time::timeout(time, draining.begun()).await.is_ok()
}

/// Logs only the first of several failures.
fn log_change<T>(result: &Result<T, RepositoryError>, was_done: bool, event: &str) {
    if let Err(error) = result
        && was_done
    {
        let error: &dyn std::error::Error = error;
        tracing::warn!(error, "{event}");
    }
}
