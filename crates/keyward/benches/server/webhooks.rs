//! Delivery of many events to one webhook: how fast, with how much memory, and what becomes of them when
//! the node is killed again and again.

mod receiver;

use std::time::{Duration, Instant};

use keyward_domain::ports::{
    ApiKeys as _, ChangedApiKey, EventLog as _, WebhookAdded, Webhooks as _,
};
use keyward_domain::testing::{
    at, by_operator, key_name, origin, webhook, webhook_url, workspace_id,
};
use keyward_domain::usecases::authorize;
use keyward_domain::{ApiKeyUpdate, Applied, Change, OwnedWorkspace, Timestamp, Webhook};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

use self::receiver::Receiver;
use crate::client::Client;
use crate::keys::new_key;
use crate::nodes::Random;
use crate::settings::number;
use crate::subject::{self, Subject};
use crate::{docs, process};

/// Each key is created, and changed so often afterwards.
const CHANGES: usize = 4;

/// A node sends to one webhook over about so many connections.
const CONNECTIONS: usize = 8;

const VARIABLES: [(&str, &str); 2] = [
    (
        "KEYWARD_WEBHOOK_KEY",
        "a-key-for-webhooks-of-more-than-32-bytes",
    ),
    ("KEYWARD_WEBHOOK_OWNER_NETWORKS", "127.0.0.0/8"),
];

pub(crate) async fn run() {
    let events = number("BENCH_WEBHOOK_EVENTS", 100_000);
    let kills = number("BENCH_WEBHOOK_KILLS", 500);
    let floor = floor(events);
    let mut table = vec![
        "| | |".to_owned(),
        "|---|---|".to_owned(),
        format!(
            "| bare POSTs of the same size, {CONNECTIONS} connections (floor) | {floor:.0}/s |"
        ),
    ];
    table.extend(delivered(events, floor).await);
    table.extend(killed(events / 2, kills).await);
    let table = table.join("\n") + "\n";
    println!("{table}");
    docs::write_between("webhooks", &table);
}

/// How many requests a second a plain client gets answered.
fn floor(events: usize) -> f64 {
    let receiver = Receiver::start();
    let body = format!("{{\"x\":\"{}\"}}", "x".repeat(800));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _connection in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut client = Client::of(receiver.addr);
                for _request in 0..events / CONNECTIONS {
                    client.send("POST", "/in", "", &body).unwrap();
                }
            });
        }
    });
    rate(events, begun.elapsed())
}

async fn delivered(events: usize, floor: f64) -> Vec<String> {
    let (database, receiver) = prepared(events).await;
    let begun = Instant::now();
    let server = Subject::serve_with(database.url(), &VARIABLES);
    let memory = || process::status_kib(server.process_id(), "VmRSS:").unwrap_or(0) / 1_024;
    wait_for(&receiver, events / 10);
    let early = memory();
    wait_for(&receiver, events);
    let (time, late) = (begun.elapsed(), memory());
    let ours = rate(events, time);
    let got = receiver.got();
    let doubled = got.events.values().filter(|count| **count > 1).count();
    vec![
        format!(
            "| {events} events, one node | {ours:.0}/s, **{:.3}** of the floor |",
            ours / floor
        ),
        format!("| memory of the node after a tenth, and at the end | {early} MiB, {late} MiB |"),
        format!(
            "| doubled, out of order | {doubled}, {} |",
            got.out_of_order
        ),
    ]
}

async fn killed(events: usize, kills: usize) -> Vec<String> {
    let (database, receiver) = prepared(events).await;
    let mut random = Random::new(7);
    let mut interrupted = 0;
    for _kill in 0..kills {
        let before = receiver.count();
        let server = Subject::serve_with(database.url(), &VARIABLES);
        // In the middle of deliveries, as long as there are any.
        let patience = Instant::now();
        while receiver.count() == before && patience.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(
            u64::try_from(random.below(100)).unwrap(),
        ));
        interrupted += usize::from(receiver.count() > before);
        // Dropping it kills the process.
        drop(server);
    }
    let _last = Subject::serve_with(database.url(), &VARIABLES);
    wait_for(&receiver, events);
    let got = receiver.got();
    let doubled = got.events.values().filter(|count| **count > 1).count();
    let most = got.events.values().max().unwrap();
    vec![
        format!(
            "| {kills} kills, {interrupted} of them while events were delivered: arrived | {} of {events} |",
            got.events.len()
        ),
        format!("| doubled; the most attempts that arrived of one event | {doubled}; {most} |"),
        format!("| out of order | {} |", got.out_of_order),
    ]
}

/// A database with so many published events for a webhook.
async fn prepared(events: usize) -> (TestDatabase, Receiver) {
    let receiver = Receiver::start();
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    subject::seed(&store).await;
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(&store, &workspace)
        .await
        .unwrap()
        .unwrap();
    let mut webhook: Webhook = webhook();
    webhook.workspace_id = Some(workspace);
    webhook.settings.url = webhook_url(&format!("http://{}/in", receiver.addr));
    let added = store.add(webhook, by_operator(at(0))).await.unwrap();
    assert_eq!(added, WebhookAdded::Done);
    let keys = events / (CHANGES + 1);
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let (store, owned) = (store.clone(), owned.clone());
            let count = keys / 16 + usize::from(task < keys % 16);
            tokio::spawn(async move {
                for _key in 0..count {
                    change(&store, &owned).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    while store.publish(10_000, long_ago()).await.unwrap().count > 0 {}
    store.close().await;
    (database, receiver)
}

/// Before the run, so that the deliveries are due.
fn long_ago() -> Timestamp {
    Timestamp::from_unix_seconds(1_700_000_000).unwrap()
}

/// Creates a key and changes it.
async fn change(store: &Store, owned: &OwnedWorkspace) {
    let new = new_key(owned);
    let mut key = new.key.clone();
    store.insert(new).await.unwrap();
    for number in 0..CHANGES {
        let change = Change::Update(ApiKeyUpdate {
            name: Some(key_name(&format!("name {number}"))),
            ..ApiKeyUpdate::default()
        });
        let Applied::Changed(changed) = key.apply(&change, owned, at(0), origin()).unwrap() else {
            panic!("the name is new");
        };
        let (after, event) = *changed;
        key = after.clone();
        let changed = ChangedApiKey {
            key: after,
            event,
            idempotency: None,
            events_per_minute_max: None,
            notices: Vec::new(),
        };
        store.save(changed).await.unwrap();
    }
}

fn wait_for(receiver: &Receiver, events: usize) {
    let mut seen = (receiver.count(), Instant::now());
    while seen.0 < events {
        std::thread::sleep(Duration::from_millis(5));
        let count = receiver.count();
        if count > seen.0 {
            seen = (count, Instant::now());
        }
        assert!(
            seen.1.elapsed() < Duration::from_mins(2),
            "only {count} of {events} events came"
        );
    }
}

fn rate(events: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(events).unwrap()) / time.as_secs_f64()
}
