use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::note::Note;

/// How much longer than it says a node is taken to believe its cache.
const MARGIN: Duration = Duration::from_millis(50);

/// The number of the first beat of a node that begins to listen, or does so again.
pub(super) const FIRST_BEAT: u64 = 1;

/// Which nodes may believe a cache, and which of them have heard everything.
pub(super) struct RollCall {
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
    /// notes.
    missing: Option<HashSet<Uuid>>,
    replies: Vec<oneshot::Sender<()>>,
}

impl RollCall {
    /// Of a node that begins to listen now, and believes its own cache for `staleness_max`, as all
    /// the others do.
    pub(super) fn begin(me: Uuid, staleness_max: Duration, now: Instant) -> Self {
        Self {
            me,
            others: HashMap::new(),
            all_heard_at: now + staleness_max + MARGIN,
            asked: 0,
            open: None,
            waiting: Vec::new(),
        }
    }

    /// Somebody waits until all nodes know what has happened so far.
    pub(super) fn wait(&mut self, reply: oneshot::Sender<()>) {
        self.waiting.push(reply);
    }

    /// What is to be asked now: one question at a time, for all who wait.
    pub(super) fn question(&mut self) -> Option<Note> {
        self.waiting.retain(|reply| !reply.is_closed());
        if self.open.is_some() || self.waiting.is_empty() {
            return None;
        }
        self.asked += 1;
        self.open = Some(Open {
            number: self.asked,
            missing: None,
            replies: std::mem::take(&mut self.waiting),
        });
        Some(Note::Ask {
            node: self.me,
            number: self.asked,
        })
    }

    /// Takes note of what other nodes say; what is to be answered.
    pub(super) fn hear(&mut self, note: Note, now: Instant) -> Option<Note> {
        let me = self.me;
        match note {
            Note::Beat {
                node,
                number,
                staleness_max,
            } if node != me => {
                self.others.insert(node, now + staleness_max + MARGIN);
                // It has just begun to listen, with an empty cache: it need not have heard more.
                if number == FIRST_BEAT {
                    self.no_more_missing(node);
                }
                None
            }
            Note::Ask { node, number } if node == me => {
                self.forget_the_silent(now);
                let others = self.others.keys().copied().collect();
                if let Some(open) = self.open.as_mut().filter(|open| open.number == number) {
                    open.missing = Some(others);
                }
                None
            }
            Note::Ask { node, number } => Some(Note::Seen {
                node: me,
                asker: node,
                number,
            }),
            Note::Seen {
                node,
                asker,
                number,
            } if asker == me => {
                if self.open.as_ref().is_some_and(|open| open.number == number) {
                    self.no_more_missing(node);
                }
                None
            }
            Note::Beat { .. } | Note::Seen { .. } | Note::Changed(_) | Note::AllChanged => None,
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
mod tests {
    use super::*;

    const STALENESS: Duration = Duration::from_secs(1);

    struct World {
        begun: Instant,
        roll_call: RollCall,
    }

    fn node(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    impl World {
        /// Node 1 at 10 s, when it knows everybody.
        fn new() -> Self {
            let begun = Instant::now();
            let roll_call = RollCall::begin(node(1), STALENESS, begun);
            Self { begun, roll_call }
        }

        fn at(&self, ms: u64) -> Instant {
            self.begun + Duration::from_millis(ms)
        }

        fn hear(&mut self, note: Note, ms: u64) -> Option<Note> {
            let now = self.at(ms);
            let answer = self.roll_call.hear(note, now);
            self.roll_call.settle(now);
            answer
        }

        fn beat(&mut self, by: u128, ms: u64) {
            self.beat_numbered(by, 20, ms);
        }

        fn beat_numbered(&mut self, by: u128, number: u64, ms: u64) {
            let beat = Note::Beat {
                node: node(by),
                number,
                staleness_max: STALENESS,
            };
            assert_eq!(self.hear(beat, ms), None);
        }

        fn wait(&mut self) -> oneshot::Receiver<()> {
            let (reply, answer) = oneshot::channel();
            self.roll_call.wait(reply);
            answer
        }

        /// Asks, and hears the question come back.
        fn ask(&mut self, ms: u64) {
            let question = self.roll_call.question().unwrap();
            self.hear(question, ms);
        }

        fn seen(&mut self, by: u128, number: u64, ms: u64) {
            let seen = Note::Seen {
                node: node(by),
                asker: node(1),
                number,
            };
            self.hear(seen, ms);
        }
    }

    fn is_told(answer: &mut oneshot::Receiver<()>) -> bool {
        answer.try_recv().is_ok()
    }

    #[test]
    fn a_node_alone_is_told_when_its_question_comes_back() {
        let mut world = World::new();
        let mut answer = world.wait();
        let question = world.roll_call.question().unwrap();
        world.roll_call.settle(world.at(10_000));
        assert!(!is_told(&mut answer));
        world.hear(question, 10_000);
        assert!(is_told(&mut answer));
    }

    #[test]
    fn all_that_were_heard_have_to_answer() {
        let mut world = World::new();
        world.beat(2, 10_000);
        world.beat(3, 10_000);
        let mut answer = world.wait();
        world.ask(10_001);
        world.seen(2, 1, 10_002);
        assert!(!is_told(&mut answer));
        world.seen(3, 1, 10_003);
        assert!(is_told(&mut answer));
    }

    #[test]
    fn a_node_that_falls_silent_is_waited_for_until_it_believes_its_cache_no_more() {
        let mut world = World::new();
        world.beat(2, 10_000);
        let mut answer = world.wait();
        world.ask(10_001);
        world.roll_call.settle(world.at(11_000));
        assert!(!is_told(&mut answer));
        world.roll_call.settle(world.at(11_050));
        assert!(is_told(&mut answer));
    }

    #[test]
    fn a_node_that_begins_anew_need_not_answer() {
        let mut world = World::new();
        world.beat(2, 10_000);
        let mut answer = world.wait();
        world.ask(10_001);
        world.beat(2, 10_002);
        assert!(!is_told(&mut answer));
        world.beat_numbered(2, FIRST_BEAT, 10_003);
        assert!(is_told(&mut answer));
    }

    #[test]
    fn nothing_is_complete_until_every_node_had_time_to_be_heard() {
        let mut world = World::new();
        let mut answer = world.wait();
        world.ask(10);
        assert!(!is_told(&mut answer));
        world.roll_call.settle(world.at(1_050));
        assert!(is_told(&mut answer));
    }

    #[test]
    fn who_comes_while_a_question_is_open_waits_for_the_next() {
        let mut world = World::new();
        world.beat(2, 10_000);
        let mut first = world.wait();
        world.ask(10_001);
        let mut second = world.wait();
        assert_eq!(world.roll_call.question(), None);
        world.seen(2, 1, 10_002);
        assert!(is_told(&mut first) && !is_told(&mut second));
        world.ask(10_003);
        world.seen(2, 1, 10_004);
        assert!(!is_told(&mut second), "an answer to an earlier question");
        world.seen(2, 2, 10_005);
        assert!(is_told(&mut second));
    }

    #[test]
    fn others_are_answered_and_their_answers_left_alone() {
        let mut world = World::new();
        let ask = Note::Ask {
            node: node(2),
            number: 9,
        };
        let seen = Note::Seen {
            node: node(1),
            asker: node(2),
            number: 9,
        };
        assert_eq!(world.hear(ask, 10_000), Some(seen));
        assert_eq!(world.hear(seen, 10_000), None);
    }

    #[test]
    fn who_has_gone_is_not_asked_for() {
        let mut world = World::new();
        drop(world.wait());
        assert_eq!(world.roll_call.question(), None);
    }
}
