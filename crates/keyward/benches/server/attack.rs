//! Measures valid callers during a flood of well-formed but unknown secrets.

pub(crate) mod garbage;

use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use self::garbage::Attack;
use crate::client::Client;
use crate::floor_server::PATH;
use crate::report::{median, sorted};
use crate::settings::{rounds, seconds};
use crate::subject::Subject;
use crate::{docs, verify};

const VALID_CALLERS: usize = 2;

/// The results of one phase.
struct Phase {
    p99: Duration,
    answered: usize,
    garbage: usize,
    lookups_most: Option<usize>,
}

pub(crate) async fn run() {
    let database = TestDatabase::postgres().await;
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let secrets = verify::secrets(&database).await;
    to_second_core();
    let (mut quiet, mut attacked) = (Vec::new(), Vec::new());
    for _ in 0..rounds() {
        quiet.push(phase(subject.internal, &secrets, None));
        let attack = Attack::prepare(subject.internal);
        attacked.push(phase(subject.internal, &secrets, Some(attack)));
    }
    let both = quiet.iter().zip(&attacked);
    let ratios =
        sorted(both.map(|(quiet, attacked)| attacked.p99.as_secs_f64() / quiet.p99.as_secs_f64()));
    let of = |phases: &[Phase], value: fn(&Phase) -> f64| {
        median(&sorted(phases.iter().map(value))).expect("at least one round")
    };
    let p99_us = |phase: &Phase| phase.p99.as_secs_f64() * 1e6;
    let per_second = |phase: &Phase| rate(phase.answered);
    let garbage = |phase: &Phase| rate(phase.garbage);
    let lookups = attacked.iter().filter_map(|phase| phase.lookups_most).max();
    let table = format!(
        "| | valid callers | their p99 | garbage answered | look-ups at once, most |\n\
         |---|---|---|---|---|\n\
         | quiet | {:.0}/s | {:.0} us | 0/s | - |\n\
         | under attack of {}/s | {:.0}/s | {:.0} us | {:.0}/s | {} |\n\
         | ratio of p99, median (range); goal <= 1.3 | | **{:.2}** ({:.2} to {:.2}) | | |\n",
        of(&quiet, per_second),
        of(&quiet, p99_us),
        garbage::PER_SECOND,
        of(&attacked, per_second),
        of(&attacked, p99_us),
        of(&attacked, garbage),
        lookups.map_or_else(|| "-".to_owned(), |most| most.to_string()),
        median(&ratios).expect("at least one round"),
        ratios[0],
        ratios[ratios.len() - 1],
    );
    docs::write_between("attack", &table);
}

/// Moves this process, the valid callers, to the second core, like wrk. The server has the first.
fn to_second_core() {
    let this = std::process::id().to_string();
    let moved = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", "1", &this])
        .output();
    assert!(moved.expect("taskset is installed").status.success());
}

/// The number per second.
fn rate(count: usize) -> f64 {
    let seconds = Duration::from_secs(seconds()).as_secs_f64();
    f64::from(u32::try_from(count).unwrap()) / seconds
}

fn phase(addr: SocketAddr, secrets: &[String], attack: Option<Attack>) -> Phase {
    let attack = attack.map(Attack::begin);
    let until = Instant::now() + Duration::from_secs(seconds());
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let lookups = scope.spawn(|| lookups_most(addr, &is_over));
        let callers: Vec<_> = (0..VALID_CALLERS)
            .map(|at| scope.spawn(move || call(addr, secrets, at, until)))
            .collect();
        let mut latencies: Vec<Duration> = callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect();
        let garbage = attack.map_or(0, Attack::end);
        is_over.store(true, Ordering::SeqCst);
        latencies.sort_unstable();
        Phase {
            p99: latencies[latencies.len() * 99 / 100],
            answered: latencies.len(),
            garbage,
            lookups_most: lookups.join().unwrap(),
        }
    })
}

/// Asks about existing keys, which are cached after the first question.
fn call(addr: SocketAddr, secrets: &[String], at: usize, until: Instant) -> Vec<Duration> {
    let mut client = Client::of(addr);
    let mut latencies = Vec::new();
    for secret in secrets.iter().cycle().skip(at * 7) {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        let question = json!({ "secret": secret, "ip": "192.168.1.7" }).to_string();
        let answer = client.send("POST", PATH, "", &question);
        assert!(
            matches!(&answer, Some((200, body)) if body.contains("VALID")),
            "{answer:?}"
        );
        latencies.push(sent.elapsed());
        std::thread::sleep(Duration::from_micros(500));
    }
    latencies
}

/// The maximum number of concurrent look-ups that was observed; `None` when the server does not
/// report it.
fn lookups_most(addr: SocketAddr, is_over: &AtomicBool) -> Option<usize> {
    let mut client = Client::of(addr);
    let mut most = None;
    while !is_over.load(Ordering::SeqCst) {
        let (_, metrics) = client.send("GET", "/metrics", "", "").unwrap();
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("keyward_store_lookups_in_flight "));
        most = most.max(line.and_then(|line| line.parse().ok()));
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}
