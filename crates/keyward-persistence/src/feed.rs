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
//! Guards that keep keys in their memory are connected to one node each, which answers for them: its
//! `seen` waits until they have applied the changes, or may no longer use their keys.
//!
//! On SQLite there is one server process. It knows its own changes directly, and the writer thread
//! watches for changes by other processes.

mod durability;
mod guards;
mod lost_changes;
mod message;
mod node;
mod peer_barrier;
mod status;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use keyward_domain::ports::{
    Durability, GuardHeartbeat, KeyChangeStream, KeyChanges, Propagation, Reach, StreamStart,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use uuid::Uuid;

use self::durability::ObservedDurability;
use self::guards::{Guards, MARGIN};
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

/// Keeps this node, its guards, and all others up to date with changes until it is dropped.
pub struct ChangeFeed {
    /// Questions whether all nodes know a change; `None` when there is only one node.
    asks: Option<mpsc::Sender<oneshot::Sender<()>>>,
    guards: Arc<Guards>,
    /// Before this instant, guards of an earlier process may still use their keys.
    all_known_at: Instant,
    listening: Option<AbortHandle>,
    staleness_max: Duration,
    invalidations: Arc<Invalidations>,
    status: Arc<FeedStatus>,
    /// `None` when no other server can take over.
    durability: Option<Arc<ObservedDurability>>,
}

impl ChangeFeed {
    /// Starts listening, and announces to the other nodes that this node uses cached keys for
    /// `staleness_max`, which must be equal on all nodes.
    #[must_use]
    pub fn start(store: &Store, staleness_max: Duration) -> Self {
        let status = Arc::new(FeedStatus::default());
        let guards = Guards::new(store.invalidations(), staleness_max);
        let mut feed = Self {
            asks: None,
            guards: Arc::clone(&guards),
            all_known_at: Instant::now() + staleness_max + MARGIN,
            listening: None,
            staleness_max,
            invalidations: store.invalidations(),
            status: Arc::clone(&status),
            durability: None,
        };
        if let Backend::Postgres(postgres) = store.backend() {
            let (asks, asked) = mpsc::channel(ASKING_MAX);
            let durability = Arc::new(ObservedDurability::default());
            feed.durability = Some(Arc::clone(&durability));
            let shared = Shared {
                staleness_max,
                invalidations: store.invalidations(),
                guards,
                clock: store.database_clock(),
                status,
                durability,
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

    /// How many guards receive changes from this node.
    #[must_use]
    pub fn guards(&self) -> usize {
        self.guards.streams()
    }

    /// Ends the streams of all guards, so that they go to another node, and begins no more.
    pub fn end_streams(&self) {
        self.guards.close();
    }

    async fn all_know(&self) -> bool {
        let latest = self.guards.latest();
        let all = async {
            let (nodes, ()) = tokio::join!(self.all_nodes_know(), self.guards.know(latest));
            nodes
        };
        matches!(tokio::time::timeout(ANSWERS_MAX, all).await, Ok(true))
    }

    async fn all_nodes_know(&self) -> bool {
        let Some(asks) = &self.asks else {
            let known_in = self.all_known_at.saturating_duration_since(Instant::now());
            let is_soon = known_in < ANSWERS_MAX;
            if is_soon {
                tokio::time::sleep(known_in).await;
            }
            return is_soon;
        };
        let (reply, answer) = oneshot::channel();
        asks.try_send(reply).is_ok() && answer.await.is_ok()
    }
}

impl KeyChanges for ChangeFeed {
    fn epoch(&self) -> Uuid {
        self.guards.epoch()
    }

    fn stream(&self, start: StreamStart) -> Option<Box<dyn KeyChangeStream>> {
        self.guards.stream(start)
    }

    fn heard(&self, heartbeat: GuardHeartbeat) -> bool {
        self.guards.heard(heartbeat)
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

    fn durability(&self) -> Durability {
        self.durability
            .as_ref()
            .map_or(Durability::SurvivesFailover, |observed| {
                observed.get(Instant::now())
            })
    }
}

impl Drop for ChangeFeed {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}
