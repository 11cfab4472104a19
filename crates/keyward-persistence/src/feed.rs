//! The change feed: nodes learn that a key changed.
//!
//! On PostgreSQL, a trigger sends a notification for each change, within the changing transaction,
//! even for changes made with SQL by hand. Notifications arrive in the order of commits. So a node
//! that receives its own heartbeat knows all changes that were committed before it sent it. A node
//! that receives none for too long stops using its cache. Heartbeats are sent on another connection
//! than the listening one, so that they take the same path as the notifications of other sessions.
//! When a node asks, every other node answers `seen`; the asking node waits for all nodes that may
//! still use a cache.
//!
//! On SQLite there is one server process. It knows its own changes directly, and the writer thread
//! watches for changes by other processes.

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

/// How long to wait for the other nodes.
const ANSWERS_MAX: Duration = Duration::from_millis(250);

/// How many changes may wait for an answer. Any further one gets "unknown" at once.
const ASKING_MAX: usize = 1_024;

/// Keeps this node and all others up to date with changes until it is dropped.
pub struct ChangeFeed {
    /// Questions whether all nodes know a change; `None` when there is only one node.
    asks: Option<mpsc::Sender<oneshot::Sender<()>>>,
    listening: Option<AbortHandle>,
    staleness_max: Duration,
    invalidations: Arc<Invalidations>,
    status: Arc<FeedStatus>,
}

impl ChangeFeed {
    /// Starts listening, and announces to the other nodes that this node uses cached keys for
    /// `staleness_max`, which must be equal on all nodes.
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

    /// Why the feed is down; `None` while it is up or starting.
    #[must_use]
    pub fn fault(&self) -> Option<FeedFault> {
        self.status.fault()
    }

    /// How long changes by other nodes may have been missed; `None` before the first confirmation.
    /// Beyond `staleness_max`, no cached key is used.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.invalidations.unconfirmed_for(Instant::now())
    }

    /// Whether cached keys are used.
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
