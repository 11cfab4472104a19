use std::sync::Arc;
use std::time::Duration;

use keyward_domain::PublishedEvent;
use keyward_domain::ports::{EventLog, RepositoryError};
use tokio::sync::{Semaphore, watch};

/// So many requests of a node may wait for events at a time. More are answered at once.
const WAITING_MAX: usize = 1_024;

/// So many of them read at a time, so that a publication does not let them take all connections to the
/// store.
const READING_MAX: usize = 4;

/// When nobody may wait, an answer without events takes this long, so that readers do not ask without a
/// pause.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads published events, and waits for new ones.
#[derive(Clone)]
pub struct EventFeed {
    log: Arc<dyn EventLog>,
    head: watch::Receiver<u64>,
    waiting: Arc<Semaphore>,
    reading: Arc<Semaphore>,
}

impl EventFeed {
    /// Reads from this log. `head` is the position of its last event; when its sender is gone, nothing
    /// waits any more.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, head: watch::Receiver<u64>) -> Self {
        Self {
            log,
            head,
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            reading: Arc::new(Semaphore::new(READING_MAX)),
        }
    }

    /// The events that `read` finds. When there are none, reads again when events were published, for
    /// at most `wait`.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub(crate) async fn read<Read>(
        &self,
        wait: Duration,
        read: impl Fn(Arc<dyn EventLog>) -> Read,
    ) -> Result<Vec<PublishedEvent>, RepositoryError>
    where
        Read: Future<Output = Result<Vec<PublishedEvent>, RepositoryError>>,
    {
        let mut head = self.head.clone();
        head.mark_unchanged();
        let events = read(Arc::clone(&self.log)).await?;
        if !events.is_empty() || wait.is_zero() {
            return Ok(events);
        }
        let waited = async {
            let Ok(_place) = self.waiting.try_acquire() else {
                tokio::time::sleep(PAUSE).await;
                return Ok(events);
            };
            loop {
                if head.changed().await.is_err() {
                    tokio::time::sleep(PAUSE).await;
                    return Ok(Vec::new());
                }
                let _turn = self.reading.acquire().await;
                let events = read(Arc::clone(&self.log)).await?;
                if !events.is_empty() {
                    return Ok(events);
                }
            }
        };
        let late = tokio::time::timeout(wait, waited).await;
        late.unwrap_or_else(|_elapsed| Ok(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_domain::ports::MockEventLog;
    use keyward_domain::testing::published_event;

    /// A log that has an event from the `from`th reading on.
    fn feed(from: usize) -> (EventFeed, watch::Sender<u64>) {
        let (published, head) = watch::channel(0);
        let mut log = MockEventLog::new();
        let mut readings = 0;
        log.expect_published().returning(move |_, _| {
            readings += 1;
            Ok(if readings < from {
                vec![]
            } else {
                vec![published_event(1)]
            })
        });
        (EventFeed::new(Arc::new(log), head), published)
    }

    async fn read(feed: &EventFeed, seconds: u64) -> usize {
        let wait = Duration::from_secs(seconds);
        let events = feed.read(wait, |log| async move { log.published(0, 10).await });
        events.await.unwrap().len()
    }

    #[actix_web::test]
    async fn what_is_there_is_returned_at_once() {
        let (feed, _published) = feed(1);
        assert_eq!(read(&feed, 30).await, 1);
    }

    #[actix_web::test]
    async fn a_reader_waits_for_the_next_event() {
        let (feed, published) = feed(2);
        let reading = read(&feed, 30);
        let publishing = async {
            tokio::task::yield_now().await;
            published.send_replace(1);
        };
        assert_eq!(tokio::join!(reading, publishing).0, 1);
    }

    #[actix_web::test]
    async fn without_events_patience_ends() {
        tokio::time::pause();
        let (feed, _published) = feed(2);
        assert_eq!(read(&feed, 30).await, 0);
    }

    #[actix_web::test]
    async fn nobody_waits_when_the_node_ends() {
        tokio::time::pause();
        let (feed, published) = feed(2);
        drop(published);
        assert_eq!(read(&feed, 30).await, 0);
    }

    #[actix_web::test]
    async fn too_many_readers_do_not_wait() {
        tokio::time::pause();
        let (feed, _published) = feed(2);
        let _all = feed
            .waiting
            .try_acquire_many(u32::try_from(WAITING_MAX).unwrap());
        assert_eq!(read(&feed, 30).await, 0);
    }
}
