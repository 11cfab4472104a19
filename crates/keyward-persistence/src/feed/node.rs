use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::durability::ObservedDurability;
use super::guards::Guards;
use super::lost_changes;
use super::message::Message;
use super::peer_barrier::{FIRST_HEARTBEAT, PeerBarrier};
use super::status::{FeedFault, FeedStatus};
use crate::cache::invalidations::Invalidations;
use crate::clock::DatabaseClock;
use crate::error::{Cause, with_causes};
use crate::postgres::{Listening, Notifier, Postgres, Sent};

/// How often a node sends a heartbeat.
const HEARTBEAT_EVERY: Duration = Duration::from_millis(200);

/// After this time without its own heartbeats, a node considers its connections broken.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// After a failover, for how long changes are not claimed to be known everywhere: the old server may have
/// committed them.
const DOUBTED_FOR: Duration = Duration::from_secs(1);

/// The pause between two attempts to listen.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// How many answers may wait for guards. Anyone who can connect to the database can ask.
const ANSWERS_WAITING_MAX: usize = 256;

/// Why listening ended.
enum Ended {
    /// The feed was dropped.
    Unneeded,
    /// The feed is down.
    Lost(FeedFault),
}

/// The state that all connections of a node share.
pub(super) struct Shared {
    pub(super) staleness_max: Duration,
    pub(super) invalidations: Arc<Invalidations>,
    pub(super) guards: Arc<Guards>,
    pub(super) clock: Arc<DatabaseClock>,
    pub(super) status: Arc<FeedStatus>,
    pub(super) durability: Arc<ObservedDurability>,
}

/// The database as a node knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    server: String,
    schema: String,
}

/// The state of a node while it listens on one connection.
struct Node<'a> {
    me: Uuid,
    postgres: &'a Postgres,
    shared: &'a Shared,
    peer_barrier: PeerBarrier,
    /// The heartbeats in progress, in order.
    heartbeats: VecDeque<Heartbeat>,
    next_heartbeat: u64,
    heard_at: Instant,
    /// The database at the last answer, also of an earlier connection.
    known: &'a mut Option<Known>,
}

/// A heartbeat in progress. It is complete when the database has answered it and it was received.
struct Heartbeat {
    number: u64,
    sent_at: Instant,
    is_answered: bool,
    is_heard: bool,
}

/// Listens until the feed is dropped, and reconnects after each failure.
pub(super) async fn run(
    postgres: Postgres,
    shared: Shared,
    mut asks: mpsc::Receiver<oneshot::Sender<()>>,
) {
    let me = new_node();
    let mut known = None;
    loop {
        match connect(&postgres).await {
            Ok((listening, notifier)) => {
                let node = Node::new(me, &postgres, &shared, &mut known);
                match listen(listening, &notifier, node, &mut asks).await {
                    Ended::Unneeded => return,
                    Ended::Lost(fault) => shared.status.lost(fault),
                }
            }
            Err(cause) => shared
                .status
                .lost(FeedFault::Disconnected(with_causes(cause.as_ref()))),
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
}

async fn connect(postgres: &Postgres) -> Result<(Listening, Notifier), Cause> {
    let notifier = postgres.notifier().await?;
    Ok((postgres.listen().await?, notifier))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a node's id is not secret: it only distinguishes the nodes of a database"
)]
fn new_node() -> Uuid {
    Uuid::new_v4()
}

async fn listen(
    mut listening: Listening,
    notifier: &Notifier,
    mut node: Node<'_>,
    asks: &mut mpsc::Receiver<oneshot::Sender<()>>,
) -> Ended {
    // Changes may have been missed before, and messages from now on prove nothing about that time.
    node.shared.invalidations.unconfirm();
    node.shared.invalidations.all_changed();
    let mut heartbeats = tokio::time::interval(HEARTBEAT_EVERY);
    heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sending = FuturesUnordered::new();
    let mut answers = FuturesUnordered::new();
    loop {
        let mut say = Vec::new();
        tokio::select! {
            payload = listening.next() => match payload {
                Some(payload) => if let Some(answer) = node.hear(&payload)
                    && answers.len() < ANSWERS_WAITING_MAX
                {
                    answers.push(node.when_guards_know(answer));
                },
                None => return Ended::Lost(FeedFault::Disconnected("the connection has ended".to_owned())),
            },
            _at = heartbeats.tick() => match node.heartbeat() {
                Ok(heartbeat) => say.push(heartbeat),
                Err(fault) => return Ended::Lost(fault),
            },
            reply = asks.recv() => match reply {
                // Without an answer, the change counts as pending.
                Some(_doubted) if node.is_in_doubt() => {}
                Some(reply) => node.peer_barrier.wait(reply),
                None => return Ended::Unneeded,
            },
            Some(answer) = answers.next() => say.push(answer),
            Some((said, sent)) = sending.next() => match sent {
                Ok(sent) => if let Err(fault) = node.answered(said, sent) {
                    return Ended::Lost(fault);
                },
                Err(cause) => {
                    let cause: Cause = cause;
                    return Ended::Lost(FeedFault::Disconnected(with_causes(cause.as_ref())));
                }
            },
        }
        node.peer_barrier.settle(Instant::now());
        say.extend(node.peer_barrier.question());
        for message in say {
            let sent = notifier.notify(&message.to_string());
            sending.push(async move { (message, sent.await) });
        }
    }
}

impl<'a> Node<'a> {
    fn new(
        me: Uuid,
        postgres: &'a Postgres,
        shared: &'a Shared,
        known: &'a mut Option<Known>,
    ) -> Self {
        let now = Instant::now();
        Self {
            me,
            postgres,
            // An answer to a question of an earlier connection must not count for this one.
            peer_barrier: PeerBarrier::begin(
                me,
                shared.staleness_max,
                now,
                new_node().as_u64_pair().1,
            ),
            shared,
            heartbeats: VecDeque::new(),
            next_heartbeat: FIRST_HEARTBEAT,
            heard_at: now,
            known,
        }
    }

    /// The next heartbeat, unless the last ones did not come back.
    fn heartbeat(&mut self) -> Result<Message, FeedFault> {
        let now = Instant::now();
        if now.duration_since(self.heard_at) > SILENCE_MAX {
            // The database accepts notifications, but none has ever come back.
            let is_pooled = self.heartbeats.front().is_some_and(|heartbeat| {
                heartbeat.is_answered && heartbeat.number == FIRST_HEARTBEAT
            });
            return Err(if is_pooled {
                FeedFault::Unheard
            } else {
                FeedFault::Silent
            });
        }
        let number = self.next_heartbeat;
        self.next_heartbeat += 1;
        self.heartbeats.push_back(Heartbeat {
            number,
            sent_at: now,
            is_answered: false,
            is_heard: false,
        });
        Ok(Message::Heartbeat {
            node: self.me,
            number,
            staleness_max: self.shared.staleness_max,
        })
    }

    /// The database has accepted a message and returned its identity.
    fn answered(&mut self, message: Message, sent: Sent) -> Result<(), FeedFault> {
        self.shared.clock.take(sent.clock);
        if !sent.has_triggers {
            return Err(FeedFault::NoTriggers);
        }
        let durability = &self.shared.durability;
        durability.take(sent.is_synchronous, Instant::now());
        let now = Known {
            server: sent.server,
            schema: sent.schema,
        };
        match self.known.replace(now.clone()) {
            Some(before) if before == now => {}
            before => {
                // A restored or different database: no notification tells what changed in it. Even the
                // first answer may come from another database than the cached keys.
                self.shared.invalidations.all_changed();
                if let Some(before) = before {
                    self.replaced(&before, &now);
                }
            }
        }
        if let Message::Heartbeat { number, .. } = message {
            self.complete(number, |heartbeat| heartbeat.is_answered = true);
        }
        Ok(())
    }

    fn replaced(&self, before: &Known, now: &Known) {
        if before.server == now.server {
            tracing::warn!("change_feed.tables_replaced");
            return;
        }
        self.postgres.failovers().note();
        tracing::warn!("store.failover");
        // It ends by itself, and must outlast this connection.
        let _reporting = tokio::spawn(lost_changes::report(self.postgres.clone()));
    }

    fn is_in_doubt(&self) -> bool {
        let last = self.postgres.failovers().last();
        last.is_some_and(|last| last.elapsed() < DOUBTED_FOR)
    }

    /// Handles a message. Returns the answer, if any.
    fn hear(&mut self, payload: &str) -> Option<Message> {
        let Some(message) = Message::parse(payload) else {
            // Perhaps a change, from a node of a newer version. Reading too much again is the safe
            // choice.
            tracing::debug!("change_feed.unknown_message");
            self.shared.invalidations.all_changed();
            return None;
        };
        match message {
            Message::Changed(id) => self.shared.invalidations.changed(id),
            Message::AllChanged => self.shared.invalidations.all_changed(),
            Message::Heartbeat { node, number, .. } if node == self.me => {
                self.complete(number, |heartbeat| heartbeat.is_heard = true);
            }
            Message::Heartbeat { .. } | Message::Ask { .. } | Message::Ack { .. } => {}
        }
        self.peer_barrier.hear(message, Instant::now())
    }

    /// The answer to another node's question, as soon as it is true for the guards of this node too.
    fn when_guards_know(&self, answer: Message) -> impl Future<Output = Message> + use<> {
        let guards = Arc::clone(&self.shared.guards);
        let latest = guards.latest();
        async move {
            guards.know(latest).await;
            answer
        }
    }

    /// Marks a heartbeat. A complete heartbeat proves that every change before it was sent has been
    /// received, and that the database is still the same.
    fn complete(&mut self, number: u64, mark: impl Fn(&mut Heartbeat)) {
        if let Some(heartbeat) = self
            .heartbeats
            .iter_mut()
            .find(|heartbeat| heartbeat.number == number)
        {
            mark(heartbeat);
        }
        while let Some(heartbeat) = self
            .heartbeats
            .pop_front_if(|heartbeat| heartbeat.is_answered && heartbeat.is_heard)
        {
            self.heard_at = Instant::now();
            self.shared.invalidations.confirmed(heartbeat.sent_at);
            self.shared.status.listens();
        }
    }
}
