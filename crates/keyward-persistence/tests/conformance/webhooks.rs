//! Webhooks, and the work of delivering events to them: each event once, in order within a key.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use keyward_domain::ports::{
    Backlog, DeliveryLease, DeploymentEvents as _, EventLog as _, FinishedDelivery, TakenDelivery,
    WebhookAdded, WebhookDeliveries as _, Webhooks, WorkspaceDirectory as _, WorkspaceRemoval,
};
use keyward_domain::testing::{at, by_operator, webhook, webhook_id, workspace_id};
use keyward_domain::{
    ApiKey, Attempt, Change, Delivery, DeliveryFailure, DeliveryStatus, DeploymentChange,
    DisabledReason, EventType, EventTypes, FAILING_SECONDS_MAX, Outcome, OwnedWorkspace,
    WEBHOOKS_MAX, Webhook, WebhookId, WorkspaceId,
};
use keyward_persistence::Store;
use uuid::Uuid;

use crate::subject::{Subject, on_both_stores, rename};

const ALL: u32 = 1_000;

/// The webhooks of this workspace.
#[expect(clippy::unnecessary_wraps, reason = "None would be the deployment")]
fn id(id: &str) -> Option<WorkspaceId> {
    Some(workspace_id(id))
}

/// A lease that nobody had before.
fn lease(until: i64) -> DeliveryLease {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    DeliveryLease {
        id: Uuid::from_u128(COUNT.fetch_add(1, Ordering::Relaxed).into()),
        until: at(until),
    }
}

/// A webhook with this number, of a workspace or of the deployment.
fn numbered(number: u8, workspace: Option<&str>) -> Webhook {
    Webhook {
        id: webhook_id(number),
        workspace_id: workspace.map(workspace_id),
        ..webhook()
    }
}

async fn add(store: &Store, webhook: Webhook) -> Webhook {
    let by = by_operator(at(0));
    let added = store.add(webhook.clone(), by).await.unwrap();
    assert_eq!(added, WebhookAdded::Done);
    webhook
}

async fn publish(store: &Store, second: i64) {
    store.publish(ALL, at(second)).await.unwrap();
}

/// Takes everything that is due at a second.
async fn take(store: &Store, second: i64) -> (Uuid, Vec<TakenDelivery>) {
    let lease = lease(second + 60);
    let taken = store.take(ALL, vec![], lease, at(second)).await.unwrap();
    (lease.id, taken)
}

fn positions(taken: &[TakenDelivery]) -> Vec<u64> {
    let positions: BTreeSet<u64> = taken.iter().map(|one| one.position).collect();
    positions.into_iter().collect()
}

fn answered(status: u16) -> Outcome {
    let answer = "so be it".to_owned();
    Outcome::Answered { status, answer }
}

fn finished(lease: Uuid, taken: &TakenDelivery, outcome: Outcome) -> FinishedDelivery {
    FinishedDelivery {
        lease,
        webhook_id: taken.webhook.id,
        position: taken.position,
        event_id: taken.event_id,
        attempt_number: taken.attempt,
        attempt: Attempt {
            at: at(1),
            duration: Duration::from_millis(20),
            outcome,
        },
    }
}

/// Ends all that was taken in this way, and returns the webhooks that were disabled.
async fn finish(
    store: &Store,
    (lease, taken): &(Uuid, Vec<TakenDelivery>),
    outcome: &Outcome,
    second: i64,
) -> Vec<Webhook> {
    let all = taken
        .iter()
        .map(|one| finished(*lease, one, outcome.clone()));
    store
        .finish(all.collect(), by_operator(at(second)))
        .await
        .unwrap()
}

async fn deliveries(store: &Store, webhook: &Webhook) -> Vec<Delivery> {
    let workspace_id = webhook.workspace_id.clone();
    let deliveries = store.deliveries(workspace_id, webhook.id, None, ALL).await;
    deliveries.unwrap().unwrap()
}

fn states(deliveries: &[Delivery]) -> Vec<(u64, DeliveryStatus, bool)> {
    let state = |one: &Delivery| (one.position, one.status, one.due_at.is_some());
    deliveries.iter().map(state).collect()
}

/// A key with so many more events.
async fn with_events(subject: &Subject, owned: &OwnedWorkspace, changes: usize) -> ApiKey {
    let mut key = subject.created(owned).await;
    for number in 0..changes {
        key = subject
            .change(owned, &key, &rename(&format!("name {number}")), at(1))
            .await;
    }
    key
}

on_both_stores! {
    async fn webhooks_are_kept_apart_and_their_changes_recorded(subject: &Subject) {
        subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        let ours = add(store, numbered(1, Some("ws_1"))).await;
        let deployment = add(store, numbered(2, None)).await;
        let unknown = store.add(numbered(3, Some("ws_9")), by_operator(at(0))).await.unwrap();
        assert_eq!(unknown, WebhookAdded::UnknownWorkspace);
        assert_eq!(Webhooks::list(store, id("ws_1")).await.unwrap(), std::slice::from_ref(&ours));
        assert_eq!(Webhooks::list(store, None).await.unwrap(), std::slice::from_ref(&deployment));
        for (workspace, webhook_id) in [(None, ours.id), (id("ws_2"), ours.id), (id("ws_1"), deployment.id)] {
            assert_eq!(found(store, workspace.clone(), webhook_id).await, None);
            assert!(!Webhooks::remove(store, workspace.clone(), webhook_id, by_operator(at(0))).await.unwrap());
            let enabled = store.enable(workspace.clone(), webhook_id, by_operator(at(0))).await.unwrap();
            assert_eq!(enabled, None);
            let replayed = store.replay(workspace.clone(), webhook_id, 0, at(0)).await.unwrap();
            assert_eq!(replayed, None);
            let listed = store.deliveries(workspace.clone(), webhook_id, None, 1).await.unwrap();
            assert_eq!(listed, None);
            let rotated = store.rotate(workspace, webhook_id, at(9), by_operator(at(0))).await.unwrap();
            assert_eq!(rotated, None);
        }
        let rotated = store.rotate(id("ws_1"), ours.id, at(9), by_operator(at(5))).await.unwrap().unwrap();
        assert_eq!((rotated.settings.secret_generation, rotated.previous_secret_until), (1, Some(at(9))));
        assert_eq!(found(store, id("ws_1"), ours.id).await, Some(rotated.clone()));
        assert!(Webhooks::remove(store, id("ws_1"), ours.id, by_operator(at(6))).await.unwrap());
        assert_eq!(Webhooks::list(store, id("ws_1")).await.unwrap(), []);
        let lines = store.deployment_lines(0, ALL).await.unwrap();
        let changes: Vec<DeploymentChange> = lines.into_iter()
            .map(|line| line.event.unwrap().change)
            .filter(|change| change.action().starts_with("WEBHOOK_")).collect();
        let change = |webhook: &Webhook, before, after| DeploymentChange::Webhook {
            webhook_id: webhook.id,
            workspace_id: webhook.workspace_id.clone(),
            before,
            after,
        };
        let want = [
            change(&ours, None, Some(ours.settings.clone())),
            change(&deployment, None, Some(deployment.settings.clone())),
            change(&ours, Some(ours.settings.clone()), Some(rotated.settings.clone())),
            change(&ours, Some(rotated.settings), None),
        ];
        assert_eq!(changes, want);
    }

    async fn there_are_only_so_many_webhooks(subject: &Subject) {
        subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        let adding = (1..=30).map(|number| async move {
            let webhook = numbered(number, Some("ws_1"));
            store.add(webhook, by_operator(at(0))).await.unwrap()
        });
        let added = join_all(adding).await;
        let done = added.iter().filter(|one| **one == WebhookAdded::Done).count();
        assert_eq!(u32::try_from(done).unwrap(), WEBHOOKS_MAX);
        add(store, numbered(40, Some("ws_2"))).await;
        add(store, numbered(41, None)).await;
    }

    async fn an_event_goes_to_the_webhooks_that_chose_it(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let all = add(store, numbered(1, Some("ws_1"))).await;
        add(store, numbered(2, Some("ws_2"))).await;
        let deployment = add(store, numbered(3, None)).await;
        let mut updates = numbered(4, Some("ws_1"));
        updates.settings.event_types = EventTypes::of([EventType::ApiKeyUpdated].into());
        add(store, updates.clone()).await;
        let key = with_events(subject, &owned, 1).await;
        publish(store, 2).await;
        let of = |webhook: Webhook| async move { deliveries(store, &webhook).await };
        let types = |all: Vec<Delivery>| -> Vec<&str> {
            all.iter().rev().map(|one| one.event_type.as_str()).collect()
        };
        assert_eq!(types(of(all.clone()).await), ["api_key.created", "api_key.updated"]);
        assert_eq!(types(of(updates).await), ["api_key.updated"]);
        let everything = ["webhook.added", "webhook.added", "webhook.added", "webhook.added",
            "api_key.created", "api_key.updated"];
        assert_eq!(types(of(deployment).await).into_iter().collect::<BTreeSet<_>>(),
            everything.into_iter().collect());
        assert_eq!(types(of(numbered(2, Some("ws_2"))).await), [""; 0]);
        let (_lease, taken) = take(store, 2).await;
        let ours: Vec<&TakenDelivery> = taken.iter().filter(|one| one.webhook.id == all.id).collect();
        assert_eq!(ours.len(), 1, "the second event of the key waits for the first");
        let event = ours[0].event.as_ref().unwrap();
        assert_eq!((event.api_key_id(), event.id), (Some(key.id()), ours[0].event_id));
        assert_eq!((ours[0].attempt, &ours[0].webhook), (1, &all));
    }

    async fn events_of_a_key_are_delivered_in_order_and_those_of_others_meanwhile(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 2).await;
        with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let first = take(store, 1).await;
        let all: Vec<u64> = deliveries(store, &webhook).await.iter().rev().map(|one| one.position).collect();
        assert_eq!(positions(&first.1), [all[0], all[3]]);
        assert_eq!(take(store, 2).await.1.len(), 0, "it is leased");
        finish(store, &first, &answered(200), 2).await;
        let second = take(store, 2).await;
        assert_eq!(positions(&second.1), [all[1]]);
        // A failure is tried again, and the next one waits for it.
        finish(store, &second, &answered(500), 3).await;
        assert_eq!(take(store, 4).await.1.len(), 0);
        let again = take(store, 20).await;
        assert_eq!((positions(&again.1), again.1[0].attempt), (vec![all[1]], 2));
        let key = with_events(subject, &owned, 0).await;
        publish(store, 21).await;
        finish(store, &again, &answered(204), 21).await;
        let last = take(store, 21).await;
        assert_eq!(last.1.len(), 2);
        assert!(last.1.iter().any(|one| one.event.as_ref().unwrap().api_key_id() == Some(key.id())));
        finish(store, &last, &answered(204), 22).await;
        let ended = deliveries(store, &webhook).await;
        assert!(ended.iter().all(|one| one.status == DeliveryStatus::Delivered));
        let attempt = ended[0].last_attempt.clone().unwrap();
        assert_eq!((attempt.at, attempt.duration), (at(1), Duration::from_millis(20)));
        assert_eq!(attempt.outcome, answered(204));
    }

    async fn after_ten_failures_the_next_event_is_due(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 1).await;
        publish(store, 1).await;
        let failure = Outcome::Failed(DeliveryFailure::HostUnknown);
        for number in 1..=10 {
            let second = number * 40 * 3_600;
            let taken = take(store, second).await;
            assert_eq!((taken.1.len(), taken.1[0].attempt), (1, u32::try_from(number).unwrap()));
            // The attempts end as if they were seconds apart, so that the webhook stays enabled.
            finish(store, &taken, &failure, number).await;
            let next = deliveries(store, &webhook).await[1].due_at;
            assert_eq!(next.is_some(), number < 10);
        }
        let ended = deliveries(store, &webhook).await;
        assert_eq!((ended[1].status, ended[1].attempts), (DeliveryStatus::Failed, 10));
        assert_eq!(ended[1].last_attempt.clone().unwrap().outcome, failure);
        assert_eq!(take(store, 500 * 3_600).await.1[0].position, ended[0].position);
    }

    async fn a_lost_node_only_delays_and_what_it_says_later_does_not_count(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 1).await;
        publish(store, 1).await;
        let lost = take(store, 1).await;
        assert_eq!(take(store, 60).await.1.len(), 0);
        let other = take(store, 61).await;
        assert_eq!((positions(&other.1), other.1[0].attempt), (positions(&lost.1), 1));
        finish(store, &lost, &answered(410), 62).await;
        assert_eq!(found(store, id("ws_1"), webhook.id).await.unwrap().disabled_at, None);
        assert_eq!(deliveries(store, &webhook).await[1].status, DeliveryStatus::Pending);
        finish(store, &other, &answered(200), 63).await;
        assert_eq!(deliveries(store, &webhook).await[1].status, DeliveryStatus::Delivered);
    }

    async fn nodes_never_take_the_same_delivery(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        add(store, numbered(1, Some("ws_1"))).await;
        for _key in 0..40 {
            with_events(subject, &owned, 0).await;
        }
        publish(store, 1).await;
        let nodes = (0..8).map(|_node| async {
            let lease = lease(60);
            store.take(5, vec![], lease, at(1)).await.unwrap()
        });
        let taken: Vec<TakenDelivery> = join_all(nodes).await.into_iter().flatten().collect();
        assert_eq!((taken.len(), positions(&taken).len()), (40, 40));
    }

    async fn busy_webhooks_are_passed_by(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        add(store, numbered(1, Some("ws_1"))).await;
        add(store, numbered(2, Some("ws_1"))).await;
        with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let lease = lease(60);
        let taken = store.take(ALL, vec![webhook_id(1)], lease, at(1)).await.unwrap();
        let receivers: Vec<WebhookId> = taken.iter().map(|one| one.webhook.id).collect();
        assert_eq!(receivers, [webhook_id(2)]);
    }

    async fn a_webhook_that_is_gone_or_fails_for_days_is_disabled(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        for (outcome, reason) in [
            (answered(410), DisabledReason::Gone),
            (Outcome::Failed(DeliveryFailure::TimedOut), DisabledReason::Failing),
        ] {
            with_events(subject, &owned, 1).await;
            publish(store, 1).await;
            let mut second = 1;
            let mut disabled = vec![];
            while disabled.is_empty() {
                let taken = take(store, second).await;
                disabled = finish(store, &taken, &outcome, second).await;
                second += 24 * 3_600;
                assert!(second <= FAILING_SECONDS_MAX + 3 * 24 * 3_600);
            }
            let now = found(store, id("ws_1"), webhook.id).await.unwrap();
            assert_eq!(disabled, std::slice::from_ref(&now));
            assert_eq!(now.settings.disabled, Some(reason));
            assert_eq!(take(store, second * 9).await.1.len(), 0);
            with_events(subject, &owned, 0).await;
            publish(store, 1).await;
            let waiting = deliveries(store, &webhook).await;
            let pending = |one: &&Delivery| one.status == DeliveryStatus::Pending;
            let pending = waiting.iter().filter(pending).count();
            let enabled = store.enable(id("ws_1"), webhook.id, by_operator(at(9))).await.unwrap().unwrap();
            assert_eq!((enabled.settings.disabled, enabled.failing_since), (None, None));
            let mut delivered = 0;
            loop {
                let taken = take(store, second).await;
                if taken.1.is_empty() { break; }
                delivered += taken.1.len();
                finish(store, &taken, &answered(200), second).await;
            }
            assert_eq!(delivered, pending, "what was pending, and nothing of the time when it was disabled");
        }
        assert_eq!(store.backlog().await.unwrap(), Backlog::default());
    }

    async fn a_replay_sends_events_again_in_their_order(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        with_events(subject, &owned, 2).await;
        publish(store, 1).await;
        let ours = add(store, numbered(1, Some("ws_1"))).await;
        let deployment = add(store, numbered(2, None)).await;
        assert_eq!(store.replay(id("ws_1"), ours.id, 1, at(5)).await.unwrap(), Some(2));
        let mut sequences = vec![];
        loop {
            let taken = take(store, 5).await;
            let Some(one) = taken.1.first() else { break };
            sequences.push((taken.1.len(), one.event.as_ref().unwrap().sequence));
            finish(store, &taken, &answered(200), 5).await;
        }
        assert_eq!(sequences, [(1, Some(2)), (1, Some(3))]);
        assert_eq!(store.replay(id("ws_1"), ours.id, 0, at(6)).await.unwrap(), Some(3));
        let (lease, taken) = take(store, 6).await;
        assert_eq!((taken.len(), taken[0].attempt), (1, 1));
        // What is pending keeps its order and its attempts.
        assert_eq!(store.replay(id("ws_1"), ours.id, 0, at(7)).await.unwrap(), Some(0));
        assert_eq!(take(store, 8).await.1.len(), 0);
        finish(store, &(lease, taken), &answered(200), 8).await;
        assert_eq!(take(store, 8).await.1.len(), 1);
        assert!(store.replay(None, deployment.id, 0, at(9)).await.unwrap().unwrap() >= 3);
    }

    async fn the_backlog_tells_how_much_waits_and_since_when(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        assert_eq!(store.backlog().await.unwrap(), Backlog::default());
        add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 1).await;
        publish(store, 7).await;
        with_events(subject, &owned, 0).await;
        publish(store, 9).await;
        let backlog = store.backlog().await.unwrap();
        assert_eq!((backlog.pending, backlog.oldest_published_at), (3, Some(at(7))));
        let taken = take(store, 9).await;
        finish(store, &taken, &answered(200), 9).await;
        assert_eq!(store.backlog().await.unwrap().pending, 1);
    }

    async fn events_that_are_purged_take_their_deliveries_with_them(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 1).await;
        publish(store, 1).await;
        store.purge_published(at(2), 100).await.unwrap();
        assert_eq!(states(&deliveries(store, &webhook).await), []);
        with_events(subject, &owned, 0).await;
        publish(store, 3).await;
        assert_eq!(take(store, 3).await.1.len(), 1);
    }

    async fn an_event_whose_predecessor_was_purged_is_made_due_again(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        let key = with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        subject.change(&owned, &key, &Change::Disable, at(5)).await;
        publish(store, 5).await;
        assert_eq!(store.repair(at(6)).await.unwrap(), 0);
        let failed = take(store, 5).await;
        finish(store, &failed, &answered(500), 6).await;
        store.purge_published(at(2), 100).await.unwrap();
        let left = deliveries(store, &webhook).await;
        assert_eq!(left.iter().filter(|one| one.due_at.is_some()).count(), 0);
        assert_eq!(store.repair(at(7)).await.unwrap(), 1);
        assert_eq!(take(store, 7).await.1.len(), 1);
    }

    async fn a_replay_during_an_attempt_keeps_the_order(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 1).await;
        publish(store, 1).await;
        finish(store, &take(store, 1).await, &answered(200), 1).await;
        let second = take(store, 2).await;
        store.replay(id("ws_1"), webhook.id, 0, at(3)).await.unwrap();
        finish(store, &second, &answered(500), 4).await;
        let due = take(store, 1_000).await;
        assert_eq!(due.1.len(), 1, "only the first event of the key");
        assert!(due.1[0].position < second.1[0].position);
    }

    async fn what_was_delivered_when_a_webhook_was_disabled_is_not_sent_again(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        with_events(subject, &owned, 0).await;
        with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let (lease, taken) = take(store, 1).await;
        let all = vec![
            finished(lease, &taken[0], answered(410)),
            finished(lease, &taken[1], answered(200)),
        ];
        let disabled = store.finish(all, by_operator(at(2))).await.unwrap();
        assert_eq!(disabled.len(), 1);
        store.enable(id("ws_1"), webhook.id, by_operator(at(3))).await.unwrap();
        assert_eq!(positions(&take(store, 3).await.1), [taken[0].position]);
    }

    async fn a_webhook_of_a_newer_release_is_passed_by(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        add(store, numbered(1, Some("ws_1"))).await;
        let readable = add(store, numbered(2, Some("ws_1"))).await;
        with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let both = take(store, 1).await;
        subject.execute_on_both("UPDATE webhooks SET event_types = '[\"api_key.sung\"]'
            WHERE id = (SELECT id FROM webhooks ORDER BY id LIMIT 1)").await;
        finish(store, &both, &answered(500), 2).await;
        let later = take(store, 100).await;
        let receivers: Vec<WebhookId> = later.1.iter().map(|one| one.webhook.id).collect();
        assert_eq!(receivers, [readable.id]);
    }

    async fn a_workspace_takes_its_webhooks_with_it(subject: &Subject) {
        subject.workspace("ws_1").await;
        subject.workspace("ws_2").await;
        let store = &subject.store;
        add(store, numbered(1, Some("ws_2"))).await;
        let removal = store.remove_workspace(&workspace_id("ws_2"), by_operator(at(1))).await.unwrap();
        assert_eq!(removal, WorkspaceRemoval::Done);
        assert_eq!(Webhooks::list(store, id("ws_2")).await.unwrap(), []);
    }

    async fn publishing_and_delivering_at_once_leaves_nothing_behind(subject: &Subject) {
        let owned = subject.workspace("ws_1").await;
        let store = &subject.store;
        let webhook = add(store, numbered(1, Some("ws_1"))).await;
        let key = with_events(subject, &owned, 0).await;
        publish(store, 1).await;
        let changing = async {
            let mut key = key;
            for number in 0..30 {
                let change = if number % 2 == 0 { Change::Disable } else { Change::Enable };
                key = subject.change(&owned, &key, &change, at(2)).await;
                publish(store, 2).await;
            }
        };
        let delivering = async {
            let mut delivered = vec![];
            while delivered.len() < 31 {
                let taken = take(store, 3).await;
                delivered.extend(taken.1.iter().map(|one| one.position));
                finish(store, &taken, &answered(200), 3).await;
                tokio::task::yield_now().await;
            }
            delivered
        };
        let within = tokio::time::timeout(Duration::from_mins(1), async {
            tokio::join!(changing, delivering).1
        });
        let delivered = within.await.unwrap();
        assert!(delivered.is_sorted());
        assert_eq!(delivered.len(), deliveries(store, &webhook).await.len());
    }
}

/// The store has several methods of the name `get`, and of `list`.
async fn found(store: &Store, workspace: Option<WorkspaceId>, id: WebhookId) -> Option<Webhook> {
    Webhooks::get(store, workspace, id).await.unwrap()
}
