use std::sync::Mutex;

use keyward_domain::ports::{
    Backlog, MockClock, MockEventEncoder, MockWebhookDeliveries, MockWebhookSender,
};
use keyward_domain::testing::{at, published_event, webhook, webhook_id};
use keyward_domain::{MessageContent, Webhook, WebhookMessage};
use tokio::sync::oneshot;

use super::*;

fn taken(number: u8, position: u64, is_readable: bool) -> TakenDelivery {
    let mut webhook = webhook();
    webhook.id = webhook_id(number);
    let event = published_event(1);
    TakenDelivery {
        webhook,
        position,
        event_id: event.id,
        attempt: 1,
        event: is_readable.then_some(event),
    }
}

fn attempt() -> Attempt {
    Attempt {
        at: at(0),
        duration: Duration::ZERO,
        outcome: Outcome::Answered {
            status: 200,
            answer: String::new(),
        },
    }
}

/// A deliverer whose store gives these batches, one for each time it is asked, and keeps what was finished.
fn deliverer(
    batches: Vec<Vec<TakenDelivery>>,
    sender: MockWebhookSender,
) -> (
    Deliverer,
    Arc<Mutex<Vec<FinishedDelivery>>>,
    oneshot::Receiver<()>,
) {
    let finished = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&finished);
    let (end, ended) = oneshot::channel();
    let mut end = Some(end);
    let mut batches = batches.into_iter();
    let mut deliveries = MockWebhookDeliveries::new();
    deliveries.expect_take().returning(move |_, _, _, _| {
        let batch = batches.next();
        if batch.is_none() {
            drop(end.take());
        }
        Ok(batch.unwrap_or_default())
    });
    deliveries.expect_finish().returning(move |all, _| {
        kept.lock().unwrap().extend(all);
        Ok(vec![])
    });
    deliveries.expect_repair().returning(|_| Ok(0));
    deliveries
        .expect_backlog()
        .returning(|| Ok(Backlog::default()));
    let mut encoder = MockEventEncoder::new();
    encoder.expect_encode().returning(|event, _| {
        let id = event.id.to_string();
        let content = MessageContent::Json("{}".to_owned());
        Some(WebhookMessage { id, content })
    });
    let mut clock = MockClock::new();
    clock.expect_now().returning(|| at(0));
    let deliverer = Deliverer {
        deliveries: Arc::new(deliveries),
        sender: Arc::new(sender),
        encoder: Arc::new(encoder),
        clock: Arc::new(clock),
        counts: Arc::default(),
    };
    (deliverer, finished, ended)
}

fn answering() -> MockWebhookSender {
    let mut sender = MockWebhookSender::new();
    sender.expect_send().returning(|_: &Webhook, _| attempt());
    sender
}

async fn run(deliverer: &Deliverer, ended: oneshot::Receiver<()>) {
    let (_published, head) = watch::channel(0);
    deliverer.run_until(async { drop(ended.await) }, head).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_is_sent_and_recorded() {
    let batches = vec![
        vec![taken(1, 1, true), taken(2, 2, true)],
        vec![taken(1, 3, true)],
    ];
    let (deliverer, finished, ended) = deliverer(batches, answering());
    run(&deliverer, ended).await;
    let mut positions: Vec<u64> = finished
        .lock()
        .unwrap()
        .iter()
        .map(|one| one.position)
        .collect();
    positions.sort_unstable();
    assert_eq!(positions, [1, 2, 3]);
    assert_eq!(
        (deliverer.counts.delivered(), deliverer.counts.failed()),
        (3, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_event_is_a_failed_attempt() {
    let (deliverer, finished, ended) =
        deliverer(vec![vec![taken(1, 1, false)]], MockWebhookSender::new());
    run(&deliverer, ended).await;
    let finished = finished.lock().unwrap();
    let unreadable = Outcome::Failed(DeliveryFailure::Unreadable);
    assert_eq!(finished[0].attempt.outcome, unreadable);
    assert_eq!(deliverer.counts.failed(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_more_is_taken_of_a_webhook_with_many_attempts() {
    let mut sender = MockWebhookSender::new();
    sender.expect_send().returning(|_, _| attempt());
    let (deliverer, _finished, _ended) = deliverer(vec![], sender);
    let mut work = Work::new();
    for position in 1..8 {
        deliverer.begin(&mut work, Uuid::nil(), taken(1, position, true));
    }
    assert_eq!(work.busy(), []);
    deliverer.begin(&mut work, Uuid::nil(), taken(1, 8, true));
    deliverer.begin(&mut work, Uuid::nil(), taken(2, 9, true));
    assert_eq!(work.busy(), [webhook_id(1)]);
    while let Some(attempted) = work.attempts.join_next_with_id().await {
        work.ends(attempted);
    }
    assert_eq!((work.busy(), work.finished.len()), (vec![], 9));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_panics_has_failed() {
    let mut sender = MockWebhookSender::new();
    sender.expect_send().returning(|_, _| panic!("a fault"));
    let (deliverer, _finished, _ended) = deliverer(vec![], sender);
    let mut work = Work::new();
    deliverer.begin(&mut work, Uuid::nil(), taken(1, 1, true));
    while let Some(attempted) = work.attempts.join_next_with_id().await {
        work.ends(attempted);
    }
    assert_eq!((work.running.len(), work.finished.len()), (0, 1));
    let unreadable = Outcome::Failed(DeliveryFailure::Unreadable);
    assert_eq!(work.finished[0].attempt.outcome, unreadable);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_recorded_is_recorded_later() {
    let (mut deliverer, _finished, _ended) = deliverer(vec![], answering());
    let recorded = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&recorded);
    let mut deliveries = MockWebhookDeliveries::new();
    let mut failures = 2;
    deliveries.expect_finish().returning(move |all, _| {
        if failures > 0 {
            failures -= 1;
            return Err(RepositoryError::Unavailable("down".into()));
        }
        *seen.lock().unwrap() += all.len();
        Ok(vec![])
    });
    deliverer.deliveries = Arc::new(deliveries);
    let mut work = Work::new();
    deliverer.begin(&mut work, Uuid::nil(), taken(1, 1, true));
    while let Some(attempted) = work.attempts.join_next_with_id().await {
        work.ends(attempted);
    }
    assert!(deliverer.finish(&mut work).await.is_err());
    assert!(deliverer.finish(&mut work).await.is_err());
    deliverer.finish(&mut work).await.unwrap();
    deliverer.finish(&mut work).await.unwrap();
    assert_eq!(*recorded.lock().unwrap(), 1);
}
