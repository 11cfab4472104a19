use keyward_domain::ports::{ChangePosition, GuardMessage, KeyChange};

use super::*;

const STALENESS: Duration = Duration::from_secs(1);

struct World {
    invalidations: Arc<Invalidations>,
    guards: Arc<Guards>,
}

/// A guard, as its node sees it.
struct Connected {
    stream: Box<dyn KeyChangeStream>,
    id: Uuid,
}

impl World {
    fn new() -> Self {
        let invalidations = Arc::new(Invalidations::default());
        Self {
            guards: Guards::new(Arc::clone(&invalidations), STALENESS),
            invalidations,
        }
    }

    /// A guard that has just connected and knows nothing.
    async fn connect(&self) -> Connected {
        let stream = self.guards.stream(StreamStart::default()).unwrap();
        self.opened(stream).await.0
    }

    async fn opened(&self, mut stream: Box<dyn KeyChangeStream>) -> (Connected, Vec<KeyChange>) {
        let messages = stream.next().await.unwrap();
        let GuardMessage::Opened {
            stream: id,
            staleness_max,
        } = messages[0]
        else {
            panic!("{messages:?}");
        };
        assert_eq!(staleness_max, STALENESS);
        let changes = messages[1..].iter().map(|message| match message {
            GuardMessage::Changed(_, change) => *change,
            other @ (GuardMessage::Opened { .. } | GuardMessage::Heartbeat { .. }) => {
                panic!("{other:?}")
            }
        });
        let changes = changes.collect();
        (Connected { stream, id }, changes)
    }

    fn change(&self, key: u128) -> u64 {
        self.invalidations.changed(Uuid::from_u128(key));
        self.guards.latest()
    }

    fn hear(&self, guard: &Connected, number: u64, applied: u64) -> bool {
        self.guards.heard(GuardHeartbeat {
            stream: guard.id,
            number,
            applied,
        })
    }

    /// The guard gets an answer to a heartbeat, so it may use its keys.
    async fn trust(&self, guard: &mut Connected, applied: u64) {
        assert!(self.hear(guard, 1, applied));
        let messages = guard.stream.next().await.unwrap();
        let last = messages.last().unwrap();
        assert!(matches!(last, GuardMessage::Heartbeat { number: 1, .. }));
    }

    async fn knows(&self, change: u64) -> Duration {
        let begun = tokio::time::Instant::now();
        self.guards.know(change).await;
        begun.elapsed()
    }

    fn at(&self, number: u64) -> ChangePosition {
        ChangePosition {
            epoch: self.guards.epoch(),
            number,
        }
    }
}

fn key(number: u128) -> KeyChange {
    KeyChange::Key(Uuid::from_u128(number))
}

#[tokio::test]
async fn a_new_guard_believes_nothing_and_then_gets_every_change_in_order() {
    let world = World::new();
    world.change(1);
    let stream = world.guards.stream(StreamStart::default()).unwrap();
    let (mut guard, changes) = world.opened(stream).await;
    assert_eq!(changes, [KeyChange::AllKeys]);
    world.change(2);
    world.change(3);
    let messages = guard.stream.next().await.unwrap();
    let told = |at, change| GuardMessage::Changed(world.at(at), change);
    assert_eq!(messages, [told(2, key(2)), told(3, key(3))]);
}

#[tokio::test]
async fn a_heartbeat_comes_back_after_all_changes_that_were_known_before() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.change(1);
    assert!(world.hear(&guard, 7, 0));
    let messages = guard.stream.next().await.unwrap();
    let heartbeat = |position, unconfirmed_for| GuardMessage::Heartbeat {
        number: 7,
        position,
        unconfirmed_for,
    };
    let changed = GuardMessage::Changed(world.at(1), key(1));
    assert_eq!(messages, [changed, heartbeat(world.at(1), None)]);
    world.invalidations.confirmed(Instant::now());
    assert!(world.hear(&guard, 7, 1));
    let messages = guard.stream.next().await.unwrap();
    let told = match messages.as_slice() {
        [
            GuardMessage::Heartbeat {
                unconfirmed_for, ..
            },
        ] => *unconfirmed_for,
        other => panic!("{other:?}"),
    };
    assert!(told.is_some_and(|age| age < STALENESS), "{told:?}");
}

#[tokio::test]
async fn a_guard_that_was_away_gets_what_it_missed_or_forgets_all() {
    let world = World::new();
    let guard = world.connect().await;
    world.change(1);
    let earlier = Some(guard.id);
    drop(guard);
    world.change(2);
    let resume = |after| StreamStart {
        after,
        stream: earlier,
    };
    let elsewhere = ChangePosition {
        epoch: Uuid::nil(),
        number: 1,
    };
    for (after, want) in [
        (Some(world.at(1)), vec![key(2)]),
        (Some(world.at(2)), vec![]),
        (Some(world.at(3)), vec![KeyChange::AllKeys]),
        (Some(elsewhere), vec![KeyChange::AllKeys]),
        (None, vec![KeyChange::AllKeys]),
    ] {
        let stream = world.guards.stream(resume(after)).unwrap();
        assert_eq!(world.opened(stream).await.1, want, "{after:?}");
    }
    for _ in 0..5_000 {
        world.change(3);
    }
    let stream = world.guards.stream(resume(Some(world.at(2)))).unwrap();
    assert_eq!(world.opened(stream).await.1, [KeyChange::AllKeys]);
}

#[tokio::test]
async fn a_guard_that_never_got_an_answer_holds_up_nothing() {
    let world = World::new();
    let guard = world.connect().await;
    // Heard, but the answer was never sent.
    assert!(world.hear(&guard, 1, 0));
    assert!(world.knows(world.change(1)).await < STALENESS / 2);
}

#[tokio::test]
async fn a_change_is_known_when_the_guard_has_applied_it() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.trust(&mut guard, 0).await;
    let change = world.change(1);
    let (waited, ()) = tokio::join!(world.knows(change), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(world.hear(&guard, 2, change));
    });
    assert!(waited < Duration::from_millis(200), "{waited:?}");
}

#[tokio::test]
async fn a_guard_that_is_gone_holds_up_changes_until_it_can_use_no_key() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.trust(&mut guard, 0).await;
    drop(guard);
    let waited = world.knows(world.change(1)).await;
    assert!(waited + MARGIN > STALENESS, "{waited:?}");
    assert!(waited < 3 * STALENESS, "{waited:?}");
    assert!(world.knows(world.change(2)).await < STALENESS / 2);
}

#[tokio::test]
async fn a_guard_that_applies_nothing_gets_no_more_answers() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.trust(&mut guard, 0).await;
    let change = world.change(1);
    let silent = async {
        let mut number = 1;
        loop {
            number += 1;
            assert!(world.hear(&guard, number, 0));
            tokio::select! {
                _messages = guard.stream.next() => {}
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::select! {
        waited = world.knows(change) => waited,
        () = silent => unreachable!("it goes on forever"),
    };
    assert!(waited > STALENESS && waited < 4 * STALENESS, "{waited:?}");
}

#[tokio::test]
async fn a_stream_that_replaces_another_ends_it_and_takes_over_its_promises() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.trust(&mut guard, 0).await;
    let change = world.change(1);
    let start = StreamStart {
        after: Some(world.at(0)),
        stream: Some(guard.id),
    };
    let stream = world.guards.stream(start).unwrap();
    let (again, changes) = world.opened(stream).await;
    assert_eq!((again.id, changes), (guard.id, vec![key(1)]));
    assert_eq!(guard.stream.next().await, None);
    drop(guard);
    assert!(world.hear(&again, 2, change));
    assert!(world.knows(change).await < STALENESS / 2);
}

#[tokio::test]
async fn nobody_can_claim_what_the_node_does_not_know_yet() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.trust(&mut guard, u64::MAX).await;
    let change = world.change(1);
    let waited = world.knows(change).await;
    assert!(waited + MARGIN > STALENESS, "{waited:?}");
}

#[tokio::test]
async fn a_silent_guard_loses_its_stream() {
    let world = World::new();
    let mut guard = world.connect().await;
    world.guards.known().silence(guard.id, SILENCE_MAX);
    assert_eq!(guard.stream.next().await, None);
    drop(guard);
    assert_eq!(world.guards.streams(), 0);
}

#[tokio::test]
async fn streams_are_bounded_and_end_with_the_node() {
    let world = World::new();
    let mut streams = Vec::new();
    while let Some(stream) = world.guards.stream(StreamStart::default()) {
        streams.push(stream);
        assert!(streams.len() <= 256, "without end");
    }
    assert_eq!(streams.len(), 256);
    drop(streams.pop());
    let mut guard = world.connect().await;
    world.guards.close();
    assert_eq!(guard.stream.next().await, None);
    drop((guard, streams));
    assert_eq!(world.guards.streams(), 0);
    assert!(world.guards.stream(StreamStart::default()).is_none());
    let gone = GuardHeartbeat {
        stream: Uuid::nil(),
        number: 1,
        applied: 0,
    };
    assert!(!world.guards.heard(gone));
}
