use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::note::Note;
use super::roll_call::{FIRST_BEAT, RollCall};
use super::status::{FeedFault, FeedStatus};
use crate::changes::Changes;
use crate::clock::DatabaseClock;
use crate::error::{Cause, with_causes};
use crate::postgres::{Listening, Notifier, Postgres, Sent};

/// How often a node sends a heartbeat.
const BEAT_EVERY: Duration = Duration::from_millis(200);

/// A node whose heartbeats do not come back for so long takes its connections for cut.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// Between two attempts to listen.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// What ends listening.
enum Ended {
    /// Nobody needs it any more.
    Unneeded,
    /// The feed is down.
    Lost(FeedFault),
}

/// What all connections of one node have in common.
pub(super) struct Shared {
    pub(super) staleness_max: Duration,
    pub(super) changes: Arc<Changes>,
    pub(super) clock: Arc<DatabaseClock>,
    pub(super) status: Arc<FeedStatus>,
}

/// One node, for as long as it listens on one connection.
struct Node<'a> {
    me: Uuid,
    shared: &'a Shared,
    roll_call: RollCall,
    /// The heartbeats that are under way, in order.
    beats: VecDeque<Beat>,
    next_beat: u64,
    heard_at: Instant,
    /// The database that the first heartbeat found.
    identity: Option<String>,
}

/// A heartbeat under way. It is complete when the database has answered it and it was heard.
struct Beat {
    number: u64,
    sent_at: Instant,
    is_answered: bool,
    is_heard: bool,
}

/// Listens until nobody asks any more, again and again after each loss.
pub(super) async fn run(
    postgres: Postgres,
    shared: Shared,
    mut asks: mpsc::Receiver<oneshot::Sender<()>>,
) {
    let me = new_node();
    loop {
        match connect(&postgres).await {
            Ok((listening, notifier)) => {
                let node = Node::new(me, &shared);
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
    reason = "a node's name is no secret: it only tells the nodes of one database apart"
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
    // What was read before may have been changed unheard, and what is heard from now on proves
    // nothing about the time before.
    node.shared.changes.unconfirm();
    node.shared.changes.all_changed();
    let mut beats = tokio::time::interval(BEAT_EVERY);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sending = FuturesUnordered::new();
    loop {
        let mut say = Vec::new();
        tokio::select! {
            payload = listening.next() => match payload {
                Some(payload) => say.extend(node.hear(&payload)),
                None => return Ended::Lost(FeedFault::Disconnected("the connection has ended".to_owned())),
            },
            _at = beats.tick() => match node.beat() {
                Ok(beat) => say.push(beat),
                Err(fault) => return Ended::Lost(fault),
            },
            reply = asks.recv() => match reply {
                Some(reply) => node.roll_call.wait(reply),
                None => return Ended::Unneeded,
            },
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
        node.roll_call.settle(Instant::now());
        say.extend(node.roll_call.question());
        for note in say {
            let sent = notifier.notify(&note.to_string());
            sending.push(async move { (note, sent.await) });
        }
    }
}

impl<'a> Node<'a> {
    fn new(me: Uuid, shared: &'a Shared) -> Self {
        let now = Instant::now();
        Self {
            me,
            // No answer to a question of an earlier connection may count for one of this.
            roll_call: RollCall::begin(me, shared.staleness_max, now, new_node().as_u64_pair().1),
            shared,
            beats: VecDeque::new(),
            next_beat: FIRST_BEAT,
            heard_at: now,
            identity: None,
        }
    }

    /// The next heartbeat, unless the last ones did not come back.
    fn beat(&mut self) -> Result<Note, FeedFault> {
        let now = Instant::now();
        if now.duration_since(self.heard_at) > SILENCE_MAX {
            // The database takes notifications, and none has ever come back.
            let is_pooled = self
                .beats
                .front()
                .is_some_and(|beat| beat.is_answered && beat.number == FIRST_BEAT);
            return Err(if is_pooled {
                FeedFault::Unheard
            } else {
                FeedFault::Silent
            });
        }
        let number = self.next_beat;
        self.next_beat += 1;
        self.beats.push_back(Beat {
            number,
            sent_at: now,
            is_answered: false,
            is_heard: false,
        });
        Ok(Note::Beat {
            node: self.me,
            number,
            staleness_max: self.shared.staleness_max,
        })
    }

    /// The database has taken a note, and said what it is.
    fn answered(&mut self, note: Note, sent: Sent) -> Result<(), FeedFault> {
        self.shared.clock.take(sent.clock);
        if !sent.has_triggers {
            return Err(FeedFault::NoTriggers);
        }
        let is_same = self
            .identity
            .as_ref()
            .is_some_and(|known| *known == sent.identity);
        if !is_same {
            // Restored, or another server: no notification tells what has changed in it. Before the
            // first answer it may have become another one unseen.
            self.shared.changes.all_changed();
        }
        if !is_same && self.identity.is_some() {
            tracing::warn!("change_feed.database_replaced");
        }
        self.identity = Some(sent.identity);
        if let Note::Beat { number, .. } = note {
            self.complete(number, |beat| beat.is_answered = true);
        }
        Ok(())
    }

    /// Does what a note says; what is to be answered.
    fn hear(&mut self, payload: &str) -> Option<Note> {
        let Some(note) = Note::parse(payload) else {
            // A newer node's, perhaps about a change: rather too much is read again than too little.
            tracing::debug!("change_feed.unknown_note");
            self.shared.changes.all_changed();
            return None;
        };
        match note {
            Note::Changed(id) => self.shared.changes.changed(id),
            Note::AllChanged => self.shared.changes.all_changed(),
            Note::Beat { node, number, .. } if node == self.me => {
                self.complete(number, |beat| beat.is_heard = true);
            }
            Note::Beat { .. } | Note::Ask { .. } | Note::Seen { .. } => {}
        }
        self.roll_call.hear(note, Instant::now())
    }

    /// Marks a heartbeat. When it is complete, all that had been changed when it was sent has been
    /// heard before it, and the database was the same one still.
    fn complete(&mut self, number: u64, mark: impl Fn(&mut Beat)) {
        if let Some(beat) = self.beats.iter_mut().find(|beat| beat.number == number) {
            mark(beat);
        }
        while let Some(beat) = self
            .beats
            .pop_front_if(|beat| beat.is_answered && beat.is_heard)
        {
            self.heard_at = Instant::now();
            self.shared.changes.confirmed(beat.sent_at);
            self.shared.status.listens();
        }
    }
}
