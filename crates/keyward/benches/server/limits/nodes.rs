//! Four nodes are asked about the same limited keys, more often than their limits allow. The load
//! itself counts what they allowed: in no window more than the limit, and nearly all of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keyward_domain::testing::limit;
use keyward_domain::{Limit, LimitWindow};
use keyward_persistence::testing::TestDatabase;
use serde_json::{Value, json};

use super::secrets;
use crate::client::Client;
use crate::floor_server::PATH;
use crate::nodes::Random;
use crate::settings::number;
use crate::subject::{self, Subject};

const NODES: usize = 4;

/// The limits of the keys: name, units, window, and the calls a second on all nodes together.
const LIMITS: [(&str, u32, &str, u32); 4] = [
    ("second", 100, "1s", 150),
    ("ten-seconds", 1_000, "10s", 150),
    ("minute", 3_000, "1m", 75),
    ("day", 10_000, "day", 50),
];

/// What happened to one key.
struct LimitedKey {
    limit: Limit,
    calls_per_second: u32,
    secret: String,
    /// When each allowed call was sent, and answered.
    allowed: Mutex<Vec<(Instant, Instant)>>,
    denied: AtomicU64,
    undecided: AtomicU64,
}

/// The table of a run without faults, and of one in which a node is killed again and again.
pub(super) async fn run() -> String {
    let time = Duration::from_secs(number("BENCH_LIMITS_SECONDS", 300));
    let mut lines = vec![
        "| run | limit | allowed | denied | could not be decided | most in a window | budget used |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (name, has_kills) in [("four nodes", false), ("one killed every 10 s", true)] {
        lines.extend(one(name, has_kills, time).await);
    }
    lines.join("\n") + "\n"
}

async fn one(name: &str, has_kills: bool, time: Duration) -> Vec<String> {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    subject::seed(&store).await;
    let mut keys = Vec::new();
    for (name, max, window, calls_per_second) in LIMITS {
        let limit = limit(name, max.into(), window);
        let secret = secrets(&store, 1, std::slice::from_ref(&limit)).await;
        keys.push(LimitedKey {
            limit,
            calls_per_second,
            secret: secret.into_iter().next().unwrap(),
            allowed: Mutex::default(),
            denied: AtomicU64::new(0),
            undecided: AtomicU64::new(0),
        });
    }
    store.close().await;
    let url = database.url();
    let nodes: Vec<Mutex<Subject>> = (0..NODES)
        .map(|_| Mutex::new(Subject::serve_url(url)))
        .collect();
    let is_over = AtomicBool::new(false);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for node in &nodes {
            for key in &keys {
                scope.spawn(|| ask(node, key, &is_over));
            }
        }
        let mut random = Random::new(3);
        while begun.elapsed() < time {
            std::thread::sleep(Duration::from_secs(10).min(time));
            if has_kills {
                let killed = &nodes[random.below(NODES)];
                // Dropping it kills the process.
                *killed.lock().unwrap() = Subject::serve_url(url);
            }
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let lines = keys.iter().map(|key| row(name, key, begun, time));
    lines.inspect(|line| println!("{line}")).collect()
}

/// Asks one node about one key, at its part of the load.
fn ask(node: &Mutex<Subject>, key: &LimitedKey, is_over: &AtomicBool) {
    let pause = Duration::from_secs(u64::try_from(NODES).unwrap()) / key.calls_per_second;
    let question = json!({ "secret": key.secret, "ip": "192.168.1.7", "scopes": ["payment:read"] });
    let question = question.to_string();
    let mut addr = node.lock().unwrap().internal;
    let mut client = Client::of(addr);
    let mut due = Instant::now();
    while !is_over.load(Ordering::SeqCst) {
        let sent = Instant::now();
        let answer = client.send("POST", PATH, "", &question);
        let answered = Instant::now();
        match answer {
            Some((200, body)) => {
                let body: Value = serde_json::from_str(&body).unwrap();
                match body["data"]["decision"].as_str().unwrap() {
                    "VALID" => key.allowed.lock().unwrap().push((sent, answered)),
                    "RATE_LIMITED" | "QUOTA_EXCEEDED" => {
                        key.denied.fetch_add(1, Ordering::Relaxed);
                    }
                    other => panic!("{other}"),
                }
            }
            Some((503, _)) => {
                key.undecided.fetch_add(1, Ordering::Relaxed);
            }
            Some(other) => panic!("{other:?}"),
            None => {
                // The answer may have been an allowance, which the load can't count.
                key.undecided.fetch_add(1, Ordering::Relaxed);
                let current = node.lock().unwrap().internal;
                if current != addr {
                    addr = current;
                    client = Client::of(addr);
                }
            }
        }
        // What a slow answer has delayed is not made up for.
        due = (due + pause).max(answered);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// The row of a key; panics when more was allowed than its limit.
fn row(name: &str, key: &LimitedKey, begun: Instant, time: Duration) -> String {
    let mut allowed = std::mem::take(&mut *key.allowed.lock().unwrap());
    allowed.sort_unstable();
    let max = key.limit.max.get();
    let (most, budget) = match key.limit.window {
        LimitWindow::Sliding(window) => {
            let window = window.duration();
            let windows = time.as_secs_f64() / window.as_secs_f64();
            (most_within(&allowed, window), windows)
        }
        // Midnight may be within the run.
        LimitWindow::Day | LimitWindow::Month => (allowed.len(), 1.0),
    };
    let most = u64::try_from(most).unwrap();
    assert!(most <= max, "EXCEEDED: {name}: {most} of {:?}", key.limit);
    let (_, last) = allowed.last().copied().unwrap_or((begun, begun));
    println!("  the last allowance after {:?}", last - begun);
    let count = |number: u64| f64::from(u32::try_from(number).unwrap());
    let used = f64::from(u32::try_from(allowed.len()).unwrap()) / (budget * count(max));
    format!(
        "| {name} | {max} in {} | {} | {} | {} | {most} | {:.1} % |",
        key.limit.window,
        allowed.len(),
        key.denied.load(Ordering::SeqCst),
        key.undecided.load(Ordering::SeqCst),
        used * 100.0,
    )
}

/// The most calls that were certainly allowed within a window: each was sent after its beginning and
/// answered before its end.
fn most_within(allowed: &[(Instant, Instant)], window: Duration) -> usize {
    let most = allowed.iter().enumerate().map(|(at, (first, _))| {
        let within = allowed[at..]
            .iter()
            .take_while(|(sent, _)| *sent < *first + window);
        within
            .filter(|(_, answered)| *answered <= *first + window)
            .count()
    });
    most.max().unwrap_or(0)
}
