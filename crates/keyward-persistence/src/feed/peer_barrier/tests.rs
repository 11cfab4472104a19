use super::*;

const STALENESS: Duration = Duration::from_secs(1);

struct World {
    begun: Instant,
    peer_barrier: PeerBarrier,
}

fn node(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

impl World {
    /// Node 1 at 10 s, when it knows all nodes.
    fn new() -> Self {
        let begun = Instant::now();
        let peer_barrier = PeerBarrier::begin(node(1), STALENESS, begun, 0);
        Self {
            begun,
            peer_barrier,
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.begun + Duration::from_millis(ms)
    }

    fn hear(&mut self, message: Message, ms: u64) -> Option<Message> {
        let now = self.at(ms);
        let answer = self.peer_barrier.hear(message, now);
        self.peer_barrier.settle(now);
        answer
    }

    fn heartbeat(&mut self, by: u128, ms: u64) {
        self.beat_numbered(by, 20, ms);
    }

    fn beat_numbered(&mut self, by: u128, number: u64, ms: u64) {
        let heartbeat = Message::Heartbeat {
            node: node(by),
            number,
            staleness_max: STALENESS,
        };
        assert_eq!(self.hear(heartbeat, ms), None);
    }

    fn wait(&mut self) -> oneshot::Receiver<()> {
        let (reply, answer) = oneshot::channel();
        self.peer_barrier.wait(reply);
        answer
    }

    /// Asks, and receives the own question.
    fn ask(&mut self, ms: u64) {
        let question = self.peer_barrier.question().unwrap();
        self.hear(question, ms);
    }

    fn ack(&mut self, by: u128, number: u64, ms: u64) {
        let ack = Message::Ack {
            node: node(by),
            asker: node(1),
            number,
        };
        self.hear(ack, ms);
    }
}

fn is_told(answer: &mut oneshot::Receiver<()>) -> bool {
    answer.try_recv().is_ok()
}

#[test]
fn a_node_alone_is_told_when_its_question_comes_back() {
    let mut world = World::new();
    let mut answer = world.wait();
    let question = world.peer_barrier.question().unwrap();
    world.peer_barrier.settle(world.at(10_000));
    assert!(!is_told(&mut answer));
    world.hear(question, 10_000);
    assert!(is_told(&mut answer));
}

#[test]
fn all_that_were_heard_have_to_answer() {
    let mut world = World::new();
    world.heartbeat(2, 10_000);
    world.heartbeat(3, 10_000);
    let mut answer = world.wait();
    world.ask(10_001);
    world.ack(2, 1, 10_002);
    assert!(!is_told(&mut answer));
    world.ack(3, 1, 10_003);
    assert!(is_told(&mut answer));
}

#[test]
fn a_node_that_falls_silent_is_waited_for_until_it_believes_its_cache_no_more() {
    let mut world = World::new();
    world.heartbeat(2, 10_000);
    let mut answer = world.wait();
    world.ask(10_001);
    world.peer_barrier.settle(world.at(11_000));
    assert!(!is_told(&mut answer));
    world.peer_barrier.settle(world.at(11_050));
    assert!(is_told(&mut answer));
}

#[test]
fn a_node_that_begins_anew_is_asked_again_and_has_to_answer() {
    let mut world = World::new();
    world.heartbeat(2, 10_000);
    world.heartbeat(3, 10_000);
    let mut answer = world.wait();
    world.ask(10_001);
    world.ack(3, 1, 10_002);
    world.heartbeat(2, 10_002);
    world.beat_numbered(2, FIRST_HEARTBEAT, 10_003);
    assert!(!is_told(&mut answer), "its first heartbeat proves nothing");
    world.ask(10_004);
    assert_eq!(world.peer_barrier.question(), None, "once is enough");
    assert!(!is_told(&mut answer));
    world.ack(2, 1, 10_005);
    assert!(
        is_told(&mut answer),
        "a node that has answered is not missing again"
    );
}

#[test]
fn nothing_is_complete_until_every_node_had_time_to_be_heard() {
    let mut world = World::new();
    let mut answer = world.wait();
    world.ask(10);
    assert!(!is_told(&mut answer));
    world.peer_barrier.settle(world.at(1_050));
    assert!(is_told(&mut answer));
}

#[test]
fn who_comes_while_a_question_is_open_waits_for_the_next() {
    let mut world = World::new();
    world.heartbeat(2, 10_000);
    let mut first = world.wait();
    world.ask(10_001);
    let mut second = world.wait();
    assert_eq!(world.peer_barrier.question(), None);
    world.ack(2, 1, 10_002);
    assert!(is_told(&mut first) && !is_told(&mut second));
    world.ask(10_003);
    world.ack(2, 1, 10_004);
    assert!(!is_told(&mut second), "an answer to an earlier question");
    world.ack(2, 2, 10_005);
    assert!(is_told(&mut second));
}

#[test]
fn others_are_answered_and_their_answers_left_alone() {
    let mut world = World::new();
    let ask = Message::Ask {
        node: node(2),
        number: 9,
    };
    let ack = Message::Ack {
        node: node(1),
        asker: node(2),
        number: 9,
    };
    assert_eq!(world.hear(ask, 10_000), Some(ack));
    assert_eq!(world.hear(ack, 10_000), None);
}

#[test]
fn who_has_gone_is_not_asked_for() {
    let mut world = World::new();
    drop(world.wait());
    assert_eq!(world.peer_barrier.question(), None);
}

#[test]
fn imitated_nodes_are_limited_and_never_complete_a_change() {
    let mut world = World::new();
    world.heartbeat(2, 10_000);
    for pretended in 1_000..3_000 {
        world.heartbeat(pretended, 10_000);
    }
    assert_eq!(world.peer_barrier.others.len(), NODES_MAX);
    // A known node is still tracked.
    world.heartbeat(2, 10_500);
    let mut answer = world.wait();
    world.ask(10_600);
    world.ack(2, 1, 10_700);
    assert!(!is_told(&mut answer));
    // Silent nodes, real or imitated, no longer use a cache.
    world.heartbeat(2, 11_040);
    assert!(!is_told(&mut answer));
    world.heartbeat(2, 11_060);
    assert!(is_told(&mut answer));
}
