use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::message::Message;

/// How much longer than it says a node is taken to believe its cache.
const MARGIN: Duration = Duration::from_millis(50);

/// More nodes than any platform runs on one database. Whoever may connect to the database can pretend
/// to be a node; so many cost little memory.
const NODES_MAX: usize = 256;

/// The number of the first heartbeat of a node that begins to listen, or does so again.
pub(super) const FIRST_HEARTBEAT: u64 = 1;

/// Which nodes may believe a cache, and which of them have heard everything.
pub(super) struct PeerBarrier {
    me: Uuid,
    /// The others that were heard, each until when it may believe its cache.
    others: HashMap<Uuid, Instant>,
    /// Before this instant there may be nodes that this one has not heard yet.
    all_heard_at: Instant,
    asked: u64,
    open: Option<Open>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// A question that was sent.
struct Open {
    number: u64,
    /// Whose answer is missing; `None` until the question itself came back, in its place among all
    /// messages.
    missing: Option<HashSet<Uuid>>,
    /// Whether it has to be sent again: a node that is missing has begun to listen anew since, and
    /// may not have heard it.
    is_to_be_repeated: bool,
    replies: Vec<oneshot::Sender<()>>,
}

impl PeerBarrier {
    /// Of a node that begins to listen now, and believes its own cache for `staleness_max`, as all
    /// the others do. Questions are numbered from `asked` on.
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

    /// Somebody waits until all nodes know what has happened so far.
    pub(super) fn wait(&mut self, reply: oneshot::Sender<()>) {
        self.waiting.push(reply);
    }

    /// What is to be asked now: one question at a time, for all who wait.
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
            replies: std::mem::take(&mut self.waiting),
        });
        Some(Message::Ask {
            node: self.me,
            number: self.asked,
        })
    }

    /// Takes note of what other nodes say; what is to be answered.
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
                    // Nobody is asked on its behalf: then nothing is known by all while it may
                    // believe its cache.
                    self.all_heard_at = self.all_heard_at.max(until);
                    return None;
                }
                // Nobody can make a node seem to believe its cache for less long than it said itself.
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
                // A repeated question asks only those who are missing still.
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

    /// Answers those who wait when nobody is missing any more.
    pub(super) fn settle(&mut self, now: Instant) {
        self.forget_the_silent(now);
        let is_missing = |node: &Uuid| self.others.contains_key(node);
        let is_settled = now >= self.all_heard_at
            && self
                .open
                .as_ref()
                .and_then(|open| open.missing.as_ref())
                .is_some_and(|missing| !missing.iter().any(is_missing));
        if is_settled {
            let replies = self.open.take().map(|open| open.replies);
            for reply in replies.into_iter().flatten() {
                // Who has waited long enough has gone.
                let _unheard = reply.send(());
            }
        }
    }

    /// A node that listens anew may have begun before the question with keys that it had read before
    /// the change, or after it without hearing it. Only its own answer tells.
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

    /// A node that was silent for so long believes its cache no more.
    fn forget_the_silent(&mut self, now: Instant) {
        self.others.retain(|_node, until| now < *until);
    }
}

#[cfg(test)]
mod tests;
