//! Three servers that Patroni manages fail over again and again, while three nodes create and change keys
//! and are asked about them. No acknowledged write may be lost, and no answer may contradict one.

use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;
use serde_json::{Value, json};

use super::{CHANGERS, Changes, World, asker, changer, key};
use crate::client::Client;
use crate::settings::number;
use crate::subject::{self, Subject};
use crate::{WORKSPACES, docs};

const NODES: usize = 3;
const FAULTS: [&str; 4] = ["switchover", "kill", "freeze", "cut"];
/// The pause between a recovery and the next fault.
const CALM: Duration = Duration::from_secs(3);
/// The pause between two creates.
const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_mins(1);

/// The secrets of the acknowledged creates, and when each was acknowledged.
type Created = Mutex<Vec<(String, Instant)>>;

/// What a kind of fault has caused.
#[derive(Default)]
struct Seen {
    database_recovered: Vec<Duration>,
    creates_recovered: Vec<Duration>,
    asked: u64,
    undecided: u64,
}

/// `BENCH_FAILOVERS` failovers (50), of each kind in turn. Less are a trial.
pub(crate) async fn run() {
    let times: usize = number("BENCH_FAILOVERS", 50);
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    subject::seed(&store).await;
    let keys = key::create(&store, number("BENCH_NODES_KEYS", 10_000)).await;
    store.close().await;
    let nodes = (0..NODES).map(|_| Subject::serve_url(database.url()));
    let world = Arc::new(World::of(keys, nodes.collect()));
    let created: Arc<Created> = Arc::default();
    let mut threads = Vec::new();
    for at in 0..NODES {
        let world = Arc::clone(&world);
        threads.push(thread::spawn(move || asker::run(&world, at)));
    }
    for at in 0..CHANGERS {
        let world = Arc::clone(&world);
        threads.push(thread::spawn(move || changer::run(&world, at)));
    }
    let creating = {
        let (world, created) = (Arc::clone(&world), Arc::clone(&created));
        thread::spawn(move || create(&world, &created))
    };
    let mut seen: [Seen; FAULTS.len()] = Default::default();
    for at in 0..times {
        thread::sleep(CALM);
        let kind = at % FAULTS.len();
        one(FAULTS[kind], &world, &created, &mut seen[kind]);
    }
    thread::sleep(CALM);
    world.is_over.store(true, Ordering::SeqCst);
    creating.join().expect("the creates end");
    let changes = Changes::of(threads);
    let created = created.lock().unwrap();
    let lost = lost_creates(&world, &created) + lost_changes(&world);
    let acknowledged = created.len() + changes.complete.len() + changes.pending;
    write(times, &seen, acknowledged, changes.failed, lost);
    assert_eq!(lost, 0, "acknowledged writes are lost");
}

fn one(fault: &str, world: &World, created: &Created, seen: &mut Seen) {
    let counts = || {
        let asked = world.asked.load(Ordering::SeqCst);
        (asked, world.undecided.load(Ordering::SeqCst))
    };
    let (before, begun) = (counts(), Instant::now());
    let script = Command::new("scripts/with-patroni")
        .args(["--fault", fault])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit())
        .output()
        .expect("scripts/with-patroni");
    assert!(script.status.success(), "{fault}: the servers recover");
    let seconds: f64 = String::from_utf8(script.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let after = counts();
    let pause = longest_pause(&created.lock().unwrap(), begun);
    println!(
        "  {fault}: PostgreSQL {seconds} s, creates {:.3} s",
        pause.as_secs_f64()
    );
    seen.database_recovered
        .push(Duration::from_secs_f64(seconds));
    seen.creates_recovered.push(pause);
    seen.asked += after.0 - before.0;
    seen.undecided += after.1 - before.1;
}

/// The longest time without an acknowledged create since an instant.
fn longest_pause(created: &[(String, Instant)], since: Instant) -> Duration {
    let acknowledged = created
        .iter()
        .map(|(_secret, at)| *at)
        .filter(|at| *at > since);
    let mut last = since;
    let mut longest = Duration::ZERO;
    for at in acknowledged {
        longest = longest.max(at - last);
        last = at;
    }
    assert!(last.elapsed() < PATIENCE, "creating goes on");
    longest
}

/// Creates keys through all nodes in turn until the end of the run.
fn create(world: &World, created: &Created) {
    let mut clients: Vec<Client> = world
        .nodes
        .iter()
        .map(|node| Client::of(node.addr))
        .collect();
    let body = json!({ "name": "Failover", "scopes": ["payment:read"] }).to_string();
    for number in 0.. {
        if world.is_over.load(Ordering::SeqCst) {
            return;
        }
        thread::sleep(PAUSE);
        let (node, workspace) = (number % clients.len(), number % WORKSPACES);
        let headers = world.nodes[node].headers(workspace);
        let path = format!(
            "/web/v1/workspaces/{}/api-keys",
            subject::workspace(workspace)
        );
        let answer = clients[node].send("POST", &path, &headers, &body);
        if let Some((201, body)) = answer {
            let body: Value = serde_json::from_str(&body).unwrap();
            let secret = body["data"]["secret"].as_str().unwrap().to_owned();
            created.lock().unwrap().push((secret, Instant::now()));
        }
    }
}

fn decision(client: &mut Client, secret: &str) -> String {
    let question = json!({ "secret": secret, "ip": "192.168.1.7", "scopes": ["payment:read"] });
    let begun = Instant::now();
    loop {
        let path = "/internal/v1/api-keys/verify";
        if let Some((200, body)) = client.send("POST", path, "", &question.to_string()) {
            let body: Value = serde_json::from_str(&body).unwrap();
            return body["data"]["decision"].as_str().unwrap().to_owned();
        }
        assert!(begun.elapsed() < PATIENCE, "the node does not recover");
        thread::sleep(Duration::from_millis(100));
    }
}

fn lost_creates(world: &World, created: &[(String, Instant)]) -> usize {
    let mut client = Client::of(world.nodes[0].internal);
    let secrets = created.iter().map(|(secret, _at)| secret);
    secrets
        .filter(|secret| decision(&mut client, secret) != "VALID")
        .count()
}

/// Keys that are not as their last change was acknowledged. A key with an unknown outcome is as one of its
/// last two states.
fn lost_changes(world: &World) -> usize {
    let mut client = Client::of(world.nodes[0].internal);
    let is_lost = |key: &&super::Key| {
        let history = key.history();
        let secret_at = history.secrets.len() - 1;
        let told = decision(&mut client, &history.secrets[secret_at]);
        let since = history
            .states
            .iter()
            .rposition(|state| state.binding_from.is_some());
        let may_be = &history.states[since.unwrap_or(0)..];
        !may_be.iter().any(|state| state.decision(secret_at) == told)
    };
    world.keys.iter().filter(is_lost).count()
}

fn write(times: usize, seen: &[Seen], acknowledged: usize, failed: usize, lost: usize) {
    let mut lines = vec![
        "| fault | runs | PostgreSQL accepts writes after, median | most | creates go on after, median | most | questions | could not be decided |".to_owned(),
        "|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (fault, seen) in FAULTS.iter().zip(seen) {
        let runs = seen.creates_recovered.len();
        if runs == 0 {
            continue;
        }
        let [database, creates] =
            [&seen.database_recovered, &seen.creates_recovered].map(|times| {
                let mut times = times.clone();
                times.sort_unstable();
                let (median, most) = (times[runs / 2], times[runs - 1]);
                format!(
                    "{:.1} s | {:.1} s",
                    median.as_secs_f64(),
                    most.as_secs_f64()
                )
            });
        let (asked, undecided) = (seen.asked, seen.undecided);
        lines.push(format!(
            "| {fault} | {runs} | {database} | {creates} | {asked} | {undecided} |"
        ));
    }
    let summary = format!(
        "\n{acknowledged} creates and changes were acknowledged, **{lost} of them lost**; {failed} changes had no answer or \
         503; 0 contradictions."
    );
    lines.push(summary);
    let table = lines.join("\n") + "\n";
    if times < 50 {
        println!("\n{table}");
    } else {
        docs::write_between("failovers", &table);
    }
}
