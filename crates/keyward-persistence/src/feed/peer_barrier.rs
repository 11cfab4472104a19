use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::message::Message;

/// Extra time during which a node is assumed to use its cache.
const MARGIN: Duration = Duration::from_millis(50);

/// More nodes than any platform runs on one database. Anyone who can connect to the database can
/// imitate a node, so this limits the memory.
const NODES_MAX: usize = 256;

/// A question without all answers is asked again after this time: a node with too many waiting
/// answers drops some.
const REPEAT_AFTER: Duration = Duration::from_secs(1);

/// The number of the first heartbeat after a node has begun to listen, or has reconnected.
pub(super) const FIRST_HEARTBEAT: u64 = 1;

/// Tracks which nodes may use a cache, and which of them have received everything.
pub(super) struct PeerBarrier {
    me: Uuid,
    /// The other known nodes, each with the time until which it may use its cache.
    others: HashMap<Uuid, Instant>,
    /// Before this instant, there may be nodes that this one does not know yet.
    all_heard_at: Instant,
    asked: u64,
    open: Option<Open>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// A question in progress.
struct Open {
    number: u64,
    /// The nodes whose answers are missing. `None` until the question itself has come back, because
    /// its place in the order of messages matters.
    missing: Option<HashSet<Uuid>>,
    /// Whether to send it again: a missing node has reconnected and may not have received it.
    is_to_be_repeated: bool,
    /// When it was last asked, as far as the barrier knows.
    asked_at: Option<Instant>,
    replies: Vec<oneshot::Sender<()>>,
}

impl PeerBarrier {
    /// The barrier of a node that begins to listen now. All nodes use their caches for
    /// `staleness_max`. Questions are numbered from `asked`.
    pub(super) fn begin(me: Uuid, staleness_max: Duration, now: Instant, asked: u64) -> Self {
        Self {
            me,
            others: HashMap::new(),
            all_heard_at: now + staleness_max + MARGIN,
            asked,
            open: None,
            waiting: Vec::new(),
        }
    }

    /// A caller waits until all nodes know all changes up to now.
    pub(super) fn wait(&mut self, reply: oneshot::Sender<()>) {
        self.waiting.push(reply);
    }

    /// The next question to send: one at a time, for all waiting callers.
    pub(super) fn question(&mut self) -> Option<Message> {
        if let Some(open) = &mut self.open
            && std::mem::take(&mut open.is_to_be_repeated)
        {
            return Some(Message::Ask {
                node: self.me,
                number: open.number,
            });
        }
        self.waiting.retain(|reply| !reply.is_closed());
        if self.open.is_some() || self.waiting.is_empty() {
            return None;
        }
        self.asked = self.asked.wrapping_add(1);
        self.open = Some(Open {
            number: self.asked,
            missing: None,
            is_to_be_repeated: false,
            asked_at: None,
            replies: std::mem::take(&mut self.waiting),
        });
        Some(Message::Ask {
            node: self.me,
            number: self.asked,
        })
    }

    /// Handles a message of another node. Returns the answer, if any. Do not send it before the
    /// guards of this node know all changes.
    pub(super) fn hear(&mut self, message: Message, now: Instant) -> Option<Message> {
        let me = self.me;
        match message {
            Message::Heartbeat {
                node,
                number,
                staleness_max,
            } if node != me => {
                let until = now + staleness_max + MARGIN;
                if !self.has_place_for(node, now) {
                    // There is no room to track this node. Until its cache has expired, the answer
                    // is that not all nodes know.
                    self.all_heard_at = self.all_heard_at.max(until);
                    return None;
                }
                // No message can shorten the time that a node has announced itself.
                let known = self.others.entry(node).or_insert(until);
                *known = until.max(*known);
                if number == FIRST_HEARTBEAT {
                    self.ask_again(node);
                }
                None
            }
            Message::Ask { node, number } if node == me => {
                self.forget_the_silent(now);
                let others = self.others.keys().copied().collect();
                let open = self.open.as_mut().filter(|open| open.number == number);
                // A repeated question only needs the answers that are still missing.
                if let Some(open) = open.filter(|open| open.missing.is_none()) {
                    open.missing = Some(others);
                }
                None
            }
            Message::Ask { node, number } => Some(Message::Ack {
                node: me,
                asker: node,
                number,
            }),
            Message::Ack {
                node,
                asker,
                number,
            } if asker == me => {
                if self.open.as_ref().is_some_and(|open| open.number == number) {
                    self.no_more_missing(node);
                }
                None
            }
            Message::Heartbeat { .. }
            | Message::Ack { .. }
            | Message::Changed(_)
            | Message::AllChanged => None,
        }
    }

    /// Answers the waiting callers when no answer is missing.
    pub(super) fn settle(&mut self, now: Instant) {
        self.forget_the_silent(now);
        let is_missing = |node: &Uuid| self.others.contains_key(node);
        let is_settled = now >= self.all_heard_at
            && self
                .open
                .as_ref()
                .and_then(|open| open.missing.as_ref())
                .is_some_and(|missing| !missing.iter().any(is_missing));
        if let Some(open) = self.open.as_mut() {
            let asked_at = *open.asked_at.get_or_insert(now);
            if now.saturating_duration_since(asked_at) >= REPEAT_AFTER {
                (open.is_to_be_repeated, open.asked_at) = (true, Some(now));
            }
        }
        if is_settled {
            let replies = self.open.take().map(|open| open.replies);
            for reply in replies.into_iter().flatten() {
                // A caller that timed out is gone.
                let _unheard = reply.send(());
            }
        }
    }

    /// A node that has reconnected may have begun before the question, with keys from before the
    /// change, or after it, without receiving it. Only its own answer counts.
    fn ask_again(&mut self, node: Uuid) {
        if let Some(open) = &mut self.open
            && open
                .missing
                .as_ref()
                .is_none_or(|missing| missing.contains(&node))
        {
            open.is_to_be_repeated = true;
        }
    }

    fn has_place_for(&mut self, node: Uuid, now: Instant) -> bool {
        if self.others.len() >= NODES_MAX {
            self.forget_the_silent(now);
        }
        self.others.len() < NODES_MAX || self.others.contains_key(&node)
    }

    fn no_more_missing(&mut self, node: Uuid) {
        let open = self.open.as_mut();
        if let Some(missing) = open.and_then(|open| open.missing.as_mut()) {
            missing.remove(&node);
        }
    }

    /// A node that was silent for so long no longer uses its cache.
    fn forget_the_silent(&mut self, now: Instant) {
        self.others.retain(|_node, until| now < *until);
    }
}

#[cfg(test)]
mod tests;
