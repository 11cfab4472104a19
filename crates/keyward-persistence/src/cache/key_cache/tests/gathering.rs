//! How questions share statements. Paused time only moves when nothing else is left to do, so no
//! statement becomes slow by itself.

use tokio::task::JoinHandle;

use super::*;

type Found = Result<Option<Arc<VerificationKey>>, RepositoryError>;

impl World {
    fn ask(&self, number: u64) -> JoinHandle<Found> {
        let cache = Arc::clone(&self.cache);
        tokio::spawn(async move { cache.find(&secret(number).hash()).await })
    }

    fn ask_all(&self, numbers: std::ops::Range<u64>) -> Vec<JoinHandle<Found>> {
        numbers.map(|number| self.ask(number)).collect()
    }

    /// Two statements, for the questions 1 and 2, that do not end.
    async fn keep_busy(&self) -> Vec<JoinHandle<Found>> {
        self.hold(true);
        let mut asking = vec![];
        for number in [1, 2] {
            asking.push(self.ask(number));
            self.lookup.begun.notified().await;
        }
        asking
    }

    /// From now on, all statements end.
    fn release(&self) {
        self.hold(false);
        self.lookup.let_go.notify_waiters();
    }

    /// How many questions each statement had so far.
    fn batch_sizes(&self) -> Vec<usize> {
        let batches = self.lookup.batches.lock().unwrap();
        batches.iter().map(Vec::len).collect()
    }
}

/// Lets all tasks do what they can without time.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

async fn answers(asking: Vec<JoinHandle<Found>>) -> Vec<Found> {
    let answers = join_all(asking).await;
    answers.into_iter().map(Result::unwrap).collect()
}

#[tokio::test(start_paused = true)]
async fn questions_that_wait_share_a_statement_in_their_order() {
    let world = World::new();
    let mut asking = world.keep_busy().await;
    asking.extend(world.ask_all(3..103));
    settle().await;
    assert_eq!(world.batch_sizes(), [1, 1]);
    world.release();
    for answer in answers(asking).await {
        assert_eq!(answer.unwrap(), Some(key()));
    }
    assert_eq!(world.batch_sizes(), [1, 1, 64, 36]);
    let asked = world.lookup.batches.lock().unwrap().concat();
    let in_order: Vec<SecretHash> = (1..103).map(|number| secret(number).hash()).collect();
    assert_eq!(asked, in_order);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_finds_a_free_place_is_sent_at_once() {
    let world = World::new();
    world.hold(true);
    let first = world.ask(1);
    settle().await;
    assert_eq!(world.batch_sizes(), [1]);
    let second = world.ask(2);
    settle().await;
    assert_eq!(world.batch_sizes(), [1, 1]);
    world.release();
    answers(vec![first, second]).await;
}

#[tokio::test(start_paused = true)]
async fn while_statements_are_slow_more_begin_up_to_the_bound() {
    let world = World::new();
    world.hold(true);
    let asking = world.ask_all(0..1_000);
    let under_way = || world.lookup.under_way.load(Ordering::SeqCst);
    let begun = tokio::time::Instant::now();
    while under_way() < BOUNDS.lookups_max {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(begun.elapsed() < BOUNDS.deadline / 10);
    tokio::time::sleep(BOUNDS.deadline / 2).await;
    assert_eq!(under_way(), BOUNDS.lookups_max);
    assert_eq!(world.cache.stats().lookups_in_flight, BOUNDS.lookups_max);
    world.release();
    for answer in answers(asking).await {
        assert_eq!(answer.unwrap(), Some(key()));
    }
    let most = world.lookup.most_under_way.load(Ordering::SeqCst);
    assert_eq!(most, BOUNDS.lookups_max);
    assert_eq!(world.cache.stats().lookups_in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_answers_all_who_share_the_statement() {
    let world = World::new();
    let busy = world.keep_busy().await;
    let asking = world.ask_all(3..13);
    settle().await;
    *world.lookup.is_down.lock().unwrap() = true;
    world.release();
    for answer in answers(asking).await {
        assert!(matches!(answer, Err(RepositoryError::Unavailable(_))));
    }
    assert_eq!(world.batch_sizes(), [1, 1, 10]);
    *world.lookup.is_down.lock().unwrap() = false;
    answers(busy).await;
    assert_eq!(world.ask(3).await.unwrap().unwrap(), Some(key()));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_key_only_concerns_those_who_ask_for_it() {
    let world = World::new();
    *world.lookup.unreadable.lock().unwrap() = Some(secret(5).hash());
    let busy = world.keep_busy().await;
    let asking = world.ask_all(3..13);
    settle().await;
    world.release();
    for (number, answer) in (3..).zip(answers(asking).await) {
        if number == 5 {
            assert!(matches!(answer, Err(RepositoryError::Corrupt(_))));
        } else {
            assert_eq!(answer.unwrap(), Some(key()));
        }
    }
    assert_eq!(world.batch_sizes(), [1, 1, 10]);
    answers(busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_waits_for_any_more_is_not_asked() {
    let world = World::new();
    let mut asking = world.keep_busy().await;
    let (leaving, staying) = (world.ask(3), world.ask(4));
    settle().await;
    leaving.abort();
    settle().await;
    world.release();
    asking.push(staying);
    answers(asking).await;
    let asked = world.lookup.batches.lock().unwrap().concat();
    assert_eq!(asked, [1, 2, 4].map(|number| secret(number).hash()));
}

#[tokio::test(start_paused = true)]
async fn one_question_too_many_is_refused_at_once() {
    let bounds = LookupBounds {
        waiting_max: 3,
        ..BOUNDS
    };
    let world = World::within(KeyCacheConfig::default(), bounds);
    let mut asking = world.keep_busy().await;
    asking.extend(world.ask_all(3..6));
    settle().await;
    let refused = world.ask(6).await.unwrap();
    assert!(matches!(refused, Err(RepositoryError::Unavailable(_))));
    world.release();
    for answer in answers(asking).await {
        assert_eq!(answer.unwrap(), Some(key()));
    }
}

/// The change is known before the statement is sent, which therefore reads it.
#[tokio::test(start_paused = true)]
async fn a_change_while_a_question_waits_does_not_outdate_its_answer() {
    let world = World::new();
    let mut asking = world.keep_busy().await;
    asking.push(world.ask(3));
    settle().await;
    world.invalidations.all_changed();
    world.release();
    answers(asking).await;
    let before = world.asked();
    assert_eq!(world.ask(3).await.unwrap().unwrap(), Some(key()));
    assert_eq!(world.asked(), before);
    world.ask(1).await.unwrap().unwrap();
    assert_eq!(world.asked(), before + 1, "it was read before the change");
}
