//! How nodes learn that a key changed.
//!
//! On PostgreSQL, a trigger notifies all nodes of each change within the changing transaction, also
//! of one that somebody makes by hand. Notifications arrive in the order of commits. So a node that
//! hears its own heartbeat knows all changes that were committed before it sent it, and one that
//! hears none for too long believes its cache no more. Heartbeats are sent on another connection
//! than the one that listens: only then do they take the way of everybody else's notifications. Each
//! node answers `seen` when it is asked, and the one who asks waits for all that may believe a cache
//! still.
//!
//! On SQLite there is one server process, whose own changes are known to it directly; the thread
//! that writes looks after what other processes do.

mod message;
mod node;
mod peer_barrier;
mod status;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{Propagation, Reach};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use self::node::Shared;
pub use self::status::FeedFault;
use self::status::FeedStatus;
use crate::backend::Backend;
use crate::cache::invalidations::Invalidations;
use crate::store::Store;

/// How long it is waited for the other nodes.
const ANSWERS_MAX: Duration = Duration::from_millis(250);

/// How many changes may wait for an answer; one more is told at once that it is not known.
const ASKING_MAX: usize = 1_024;

/// Keeps this node, and all others, up to date with changes for as long as it is kept.
pub struct ChangeFeed {
    /// Where to ask whether all nodes know; none where there is but one.
    asks: Option<mpsc::Sender<oneshot::Sender<()>>>,
    listening: Option<AbortHandle>,
    staleness_max: Duration,
    invalidations: Arc<Invalidations>,
    status: Arc<FeedStatus>,
}

impl ChangeFeed {
    /// Starts to listen, and to tell the other nodes that this one may believe what it has cached
    /// for `staleness_max`, which must be the same on all of them.
    #[must_use]
    pub fn start(store: &Store, staleness_max: Duration) -> Self {
        let status = Arc::new(FeedStatus::default());
        let mut feed = Self {
            asks: None,
            listening: None,
            staleness_max,
            invalidations: store.invalidations(),
            status: Arc::clone(&status),
        };
        if let Backend::Postgres(postgres) = store.backend() {
            let (asks, asked) = mpsc::channel(ASKING_MAX);
            let shared = Shared {
                staleness_max,
                invalidations: store.invalidations(),
                clock: store.database_clock(),
                status,
            };
            let node = node::run(postgres.clone(), shared, asked);
            let task = store.calls().runtime().spawn(node);
            feed.asks = Some(asks);
            feed.listening = Some(task.abort_handle());
        }
        feed
    }

    /// Why the feed is down; `None` while it is up, or starts.
    #[must_use]
    pub fn fault(&self) -> Option<FeedFault> {
        self.status.fault()
    }

    /// For how long changes by others may have gone unheard; `None` before the first were heard.
    /// Beyond the staleness that is allowed, no cached key is believed.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.invalidations.unconfirmed_for(Instant::now())
    }

    /// Whether cached keys are believed.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.lag().is_some_and(|lag| lag < self.staleness_max)
    }

    async fn all_know(&self) -> bool {
        let Some(asks) = &self.asks else {
            return true;
        };
        let (reply, answer) = oneshot::channel();
        asks.try_send(reply).is_ok()
            && matches!(tokio::time::timeout(ANSWERS_MAX, answer).await, Ok(Ok(())))
    }
}

#[async_trait]
impl Propagation for ChangeFeed {
    async fn settle(&self) -> Reach {
        if self.all_know().await {
            Reach::Everywhere
        } else {
            Reach::Within(self.staleness_max)
        }
    }
}

impl Drop for ChangeFeed {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}
