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
use crate::changes::Changes;
use crate::error::Cause;
use crate::postgres::{Listening, Postgres};

/// How often a node says that it is there.
const BEAT_EVERY: Duration = Duration::from_millis(200);

/// A node that hears nothing of itself for so long takes its connection for cut.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// Between two attempts to listen.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// What ends listening.
enum Ended {
    /// Nobody needs it any more.
    Unneeded,
    /// The connection failed, or can't be made.
    Lost(Cause),
}

/// One node, for as long as it listens on one connection.
struct Node {
    me: Uuid,
    staleness_max: Duration,
    changes: Arc<Changes>,
    roll_call: RollCall,
    /// The beats that have not come back yet, and when they were sent.
    sent: VecDeque<(u64, Instant)>,
    next_beat: u64,
    heard_at: Instant,
}

/// Listens until nobody asks any more, again and again after each loss.
pub(super) async fn run(
    postgres: Postgres,
    changes: Arc<Changes>,
    staleness_max: Duration,
    mut asks: mpsc::Receiver<oneshot::Sender<()>>,
) {
    let me = new_node();
    let mut was_lost = false;
    loop {
        let listening = postgres.listen().await;
        let ended = match listening {
            Ok(listening) => {
                tracing::info!("change_feed.listening");
                was_lost = false;
                let node = Node::new(me, staleness_max, Arc::clone(&changes));
                listen(listening, node, &mut asks).await
            }
            Err(cause) => Ended::Lost(cause),
        };
        match ended {
            Ended::Unneeded => return,
            // Once a loss: what follows is only the attempts to end it.
            Ended::Lost(cause) if !was_lost => {
                let cause: &dyn std::error::Error = cause.as_ref();
                tracing::warn!(cause, "change_feed.lost");
                was_lost = true;
            }
            Ended::Lost(_) => {}
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
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
    mut node: Node,
    asks: &mut mpsc::Receiver<oneshot::Sender<()>>,
) -> Ended {
    // What was read before may have been changed unheard.
    node.changes.all_changed();
    let mut beats = tokio::time::interval(BEAT_EVERY);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sending = FuturesUnordered::new();
    loop {
        let mut say = Vec::new();
        tokio::select! {
            payload = listening.next() => match payload {
                Some(payload) => say.extend(node.hear(&payload)),
                None => return Ended::Lost("the connection has ended".into()),
            },
            _at = beats.tick() => match node.beat() {
                Some(beat) => say.push(beat),
                None => return Ended::Lost("nothing is heard any more".into()),
            },
            reply = asks.recv() => match reply {
                Some(reply) => node.roll_call.wait(reply),
                None => return Ended::Unneeded,
            },
            Some(sent) = sending.next() => if let Err(error) = sent {
                return Ended::Lost(Cause::from(error));
            },
        }
        node.roll_call.settle(Instant::now());
        say.extend(node.roll_call.question());
        sending.extend(say.iter().map(|note| listening.notify(&note.to_string())));
    }
}

impl Node {
    fn new(me: Uuid, staleness_max: Duration, changes: Arc<Changes>) -> Self {
        let now = Instant::now();
        Self {
            me,
            staleness_max,
            changes,
            roll_call: RollCall::begin(me, staleness_max, now),
            sent: VecDeque::new(),
            next_beat: FIRST_BEAT,
            heard_at: now,
        }
    }

    /// The next beat; `None` when the last ones did not come back.
    fn beat(&mut self) -> Option<Note> {
        let now = Instant::now();
        if now.duration_since(self.heard_at) > SILENCE_MAX {
            return None;
        }
        let number = self.next_beat;
        self.next_beat += 1;
        self.sent.push_back((number, now));
        Some(Note::Beat {
            node: self.me,
            number,
            staleness_max: self.staleness_max,
        })
    }

    /// Does what a note says; what is to be answered.
    fn hear(&mut self, payload: &str) -> Option<Note> {
        let Some(note) = Note::parse(payload) else {
            // A newer node's, perhaps about a change: rather too much is read again than too little.
            tracing::debug!("change_feed.unknown_note");
            self.changes.all_changed();
            return None;
        };
        match note {
            Note::Changed(id) => self.changes.changed(id),
            Note::AllChanged => self.changes.all_changed(),
            Note::Beat { node, number, .. } if node == self.me => self.came_back(number),
            Note::Beat { .. } | Note::Ask { .. } | Note::Seen { .. } => {}
        }
        self.roll_call.hear(note, Instant::now())
    }

    /// What had been changed when the beat was sent has been heard before it.
    fn came_back(&mut self, number: u64) {
        while let Some((sent, at)) = self.sent.front().copied()
            && sent <= number
        {
            self.sent.pop_front();
            if sent == number {
                self.heard_at = Instant::now();
                self.changes.confirmed(at);
            }
        }
    }
}
