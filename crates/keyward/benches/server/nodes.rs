//! Four nodes with one PostgreSQL answer questions about the same keys while these change at
//! random. After a change was reported as complete, or after its time limit, no node may contradict
//! it. In the last run, two guards with their own keys are asked beside two nodes.

mod asker;
mod changer;
pub(crate) mod failovers;
mod feed_proxy;
mod guard_asker;
mod key;
mod server_crash;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use keyward_guard::LocalVerifier;
use keyward_persistence::testing::{Pooler, TestDatabase};

use tokio::runtime::Handle;

use self::feed_proxy::FeedProxy;
use self::key::Key;
pub(crate) use self::key::Random;
use crate::docs;
use crate::settings::number;
use crate::subject::{self, Subject};

const NODES: usize = 4;
const CHANGERS: usize = 2;

/// The state that all tasks share.
pub(crate) struct World {
    keys: Vec<Key>,
    nodes: Vec<Subject>,
    guards: Vec<LocalVerifier>,
    is_over: AtomicBool,
    asked: AtomicU64,
    undecided: AtomicU64,
}

/// The observed changes.
#[derive(Default)]
pub(crate) struct Changes {
    /// The time from sending a change until the response that all nodes know it.
    complete: Vec<Duration>,
    pending: usize,
    /// Changes that the store failed to make.
    failed: usize,
}

impl Changes {
    /// What the tasks of a run have observed together; they have been told to end.
    fn of(tasks: Vec<JoinHandle<Self>>) -> Self {
        let mut changes = Self::default();
        for task in tasks {
            // A contradiction has panicked in the task.
            let seen = task.join().expect("no contradiction");
            changes.complete.extend(seen.complete);
            changes.pending += seen.pending;
            changes.failed += seen.failed;
        }
        changes
    }
}

/// The disturbance during a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// Calls use `PgBouncer` in transaction mode; listening is direct.
    Pooled,
    /// The feed of one node at a time is delayed by up to 3 s.
    FeedsHeldUp,
    /// Two nodes with a guard each. The feed of one of these four at a time is delayed by up to 3 s,
    /// or cut.
    Guards,
    /// The database is killed and restarted this many times.
    Restarts(usize),
}

impl World {
    /// Without guards, at the beginning of a run.
    fn of(keys: Vec<Key>, nodes: Vec<Subject>) -> Self {
        Self {
            keys,
            nodes,
            guards: Vec::new(),
            is_over: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            undecided: AtomicU64::new(0),
        }
    }
}

/// The five runs, each with a number of seconds and of keys; or only one of them, `BENCH_NODES_RUN`, whose row is only
/// printed.
pub(crate) async fn run() {
    let seconds = Duration::from_secs(number("BENCH_NODES_SECONDS", 300));
    let keys = number("BENCH_NODES_KEYS", 10_000);
    let restarts = number("BENCH_NODES_RESTARTS", 20);
    let only: usize = number("BENCH_NODES_RUN", 0);
    let killed = format!("PostgreSQL killed {restarts} times");
    let runs = [
        ("four nodes", Trouble::None, seconds),
        (
            "through PgBouncer in transaction mode",
            Trouble::Pooled,
            seconds,
        ),
        ("feeds held up", Trouble::FeedsHeldUp, seconds),
        (
            "two nodes and two guards, feeds held up and cut",
            Trouble::Guards,
            seconds,
        ),
        (killed.as_str(), Trouble::Restarts(restarts), Duration::MAX),
    ];
    let mut lines = vec![
        "| run | questions | could not be decided | changes complete | pending | complete after, median | p99 | most | contradictions |".to_owned(),
        "|---|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (number, (name, trouble, time)) in (1..).zip(runs) {
        if only == 0 || only == number {
            lines.push(one(name, trouble, keys, time).await);
        }
    }
    let table = lines.join("\n") + "\n";
    if only == 0 {
        docs::write_between("nodes", &table);
    } else {
        println!("\n{table}");
    }
}

async fn one(name: &str, trouble: Trouble, keys: usize, time: Duration) -> String {
    let database = TestDatabase::postgres().await;
    let store = database.open().await;
    subject::seed(&store).await;
    println!("{name}: creating {keys} keys");
    let keys = key::create(&store, keys).await;
    store.close().await;
    let count = if trouble == Trouble::Guards { 2 } else { NODES };
    let (mut proxies, urls): (Vec<FeedProxy>, Vec<String>) = (0..count)
        .map(|_| FeedProxy::before(database.url()))
        .unzip();
    let pooler = (trouble == Trouble::Pooled).then(|| {
        let settings = "default_pool_size = 32\nmax_client_conn = 500";
        Pooler::start(&database, "transaction", settings)
    });
    let nodes: Vec<Subject> = urls
        .iter()
        .map(|url| match &pooler {
            Some(pooler) => Subject::serve_pooled(pooler.url(), url),
            None => Subject::serve_url(url),
        })
        .collect();
    let mut guards = Vec::new();
    if trouble == Trouble::Guards {
        for node in &nodes {
            let proxy = FeedProxy::before_node(node.internal);
            guards.push(guard_asker::guard(&proxy));
            proxies.push(proxy);
        }
    }
    let guard_count = guards.len();
    let world = Arc::new(World {
        guards,
        ..World::of(keys, nodes)
    });
    let spawn = |run: Box<dyn FnOnce(&World) -> Changes + Send>| {
        let world = Arc::clone(&world);
        std::thread::spawn(move || run(&world))
    };
    let mut threads = Vec::new();
    for at in 0..guard_count {
        let runtime = Handle::current();
        threads.push(spawn(Box::new(move |world| {
            guard_asker::run(world, at, &runtime)
        })));
    }
    for at in 0..count {
        threads.push(spawn(Box::new(move |world| asker::run(world, at))));
    }
    for at in 0..CHANGERS {
        threads.push(spawn(Box::new(move |world| changer::run(world, at))));
    }
    let mut more = String::new();
    let begun = Instant::now();
    match trouble {
        Trouble::None | Trouble::Pooled => std::thread::sleep(time),
        Trouble::FeedsHeldUp | Trouble::Guards => {
            let mut random = Random::new(7);
            while begun.elapsed() < time {
                let proxy = &proxies[random.below(proxies.len())];
                if trouble == Trouble::Guards && random.below(3) == 0 {
                    proxy.cut();
                } else {
                    proxy.hold_up(true);
                    std::thread::sleep(Duration::from_millis(200 + random.milliseconds(2_800)));
                    proxy.hold_up(false);
                }
                std::thread::sleep(Duration::from_millis(random.milliseconds(1_500)));
            }
        }
        Trouble::Restarts(times) => {
            more = server_crash::again_and_again(database.url(), times, &world);
        }
    }
    world.is_over.store(true, Ordering::SeqCst);
    let changes = Changes::of(threads);
    println!("{} changes failed", changes.failed);
    row(&format!("{name}{more}"), &world, changes)
}

/// The row of a run.
fn row(name: &str, world: &World, mut changes: Changes) -> String {
    changes.complete.sort_unstable();
    let at = |share: usize| {
        let last = changes.complete.len().saturating_sub(1);
        let duration = changes.complete.get(last * share / 100);
        duration.map_or_else(
            || "-".to_owned(),
            |d| format!("{:.1} ms", d.as_secs_f64() * 1e3),
        )
    };
    let line = format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} | 0 |",
        world.asked.load(Ordering::SeqCst),
        world.undecided.load(Ordering::SeqCst),
        changes.complete.len(),
        changes.pending,
        at(50),
        at(99),
        at(100),
    );
    println!("{line}");
    line
}
