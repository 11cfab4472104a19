//! Measures valid callers during a flood of well-formed but unknown secrets.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use keyward_domain::{KeyPrefix, Mode, Secret};
use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::client::Client;
use crate::nodes::Random;
use crate::subject::Subject;
use crate::{ROUNDS, SECONDS, report, verify};

const VALID_CALLERS: usize = 2;
const ATTACKERS: usize = 4;
/// Requests per second of all attackers together.
const GARBAGE_PER_SECOND: u64 = 5_000;
const PATH: &str = "/internal/v1/api-keys/verify";

/// The results of one phase.
struct Phase {
    p99: Duration,
    answered: usize,
    garbage: usize,
    lookups_most: usize,
}

pub(crate) async fn run() {
    let database = TestDatabase::postgres().await;
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let secrets = verify::secrets(&database).await;
    let (mut quiet, mut attacked) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        quiet.push(phase(subject.internal, &secrets, 0));
        attacked.push(phase(subject.internal, &secrets, ATTACKERS));
    }
    let mut ratios: Vec<f64> = quiet
        .iter()
        .zip(&attacked)
        .map(|(quiet, attacked)| attacked.p99.as_secs_f64() / quiet.p99.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    let median = |phases: &[Phase], of: fn(&Phase) -> f64| {
        let mut values: Vec<f64> = phases.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let p99_us = |phase: &Phase| phase.p99.as_secs_f64() * 1e6;
    let per_second = |phase: &Phase| rate(phase.answered);
    let garbage = |phase: &Phase| rate(phase.garbage);
    let lookups = attacked.iter().map(|phase| phase.lookups_most).max();
    let table = format!(
        "| | valid callers | their p99 | garbage | look-ups at once, most |\n|---|---|---|---|---|\n\
         | quiet | {:.0}/s | {:.0} us | 0/s | - |\n\
         | under attack | {:.0}/s | {:.0} us | {:.0}/s | {} |\n\
         | ratio of p99, median (range); goal <= 2 | | **{:.2}** ({:.2} to {:.2}) | | |\n",
        median(&quiet, per_second),
        median(&quiet, p99_us),
        median(&attacked, per_second),
        median(&attacked, p99_us),
        median(&attacked, garbage),
        lookups.unwrap_or_default(),
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1],
    );
    report::write_between("attack", &table);
}

/// The number per second.
fn rate(count: usize) -> f64 {
    let seconds = Duration::from_secs(SECONDS).as_secs_f64();
    f64::from(u32::try_from(count).unwrap()) / seconds
}

fn phase(addr: SocketAddr, secrets: &[String], attackers: usize) -> Phase {
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let (is_over, garbage) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for at in 0..attackers {
            let (garbage, is_over) = (&garbage, &is_over);
            scope.spawn(move || attack(addr, at, garbage, is_over));
        }
        let lookups = scope.spawn(|| lookups_most(addr, &is_over));
        let callers: Vec<_> = (0..VALID_CALLERS)
            .map(|at| scope.spawn(move || call(addr, secrets, at, until)))
            .collect();
        let mut latencies: Vec<Duration> = callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect();
        is_over.store(true, Ordering::SeqCst);
        latencies.sort_unstable();
        Phase {
            p99: latencies[latencies.len() * 99 / 100],
            answered: latencies.len(),
            garbage: garbage.load(Ordering::SeqCst),
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

/// Sends its share of unknown secrets at an even rate. A question without a timely decision gets
/// 503.
fn attack(addr: SocketAddr, at: usize, sent: &AtomicUsize, is_over: &AtomicBool) {
    let mut client = Client::of(addr);
    let mut random = Random::new(u64::try_from(at).unwrap() + 1_000);
    let every = Duration::from_nanos(1_000_000_000 * 4 / GARBAGE_PER_SECOND);
    let mut next = Instant::now();
    while !is_over.load(Ordering::SeqCst) {
        let mut entropy = zeroize::Zeroizing::new([0; 32]);
        for byte in entropy.iter_mut() {
            *byte = u8::try_from(random.below(256)).unwrap();
        }
        let secret = Secret::from_entropy(KeyPrefix::default(), Mode::Live, &entropy);
        let question = json!({ "secret": secret.expose() }).to_string();
        let answer = client.send("POST", PATH, "", &question);
        assert!(matches!(&answer, Some((200 | 503, _))), "{answer:?}");
        sent.fetch_add(1, Ordering::Relaxed);
        next += every;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

/// The maximum number of concurrent look-ups that was observed.
fn lookups_most(addr: SocketAddr, is_over: &AtomicBool) -> usize {
    let mut client = Client::of(addr);
    let mut most = 0;
    while !is_over.load(Ordering::SeqCst) {
        let (_, metrics) = client.send("GET", "/metrics", "", "").unwrap();
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("keyward_store_lookups_in_flight "));
        most = most.max(line.unwrap().parse().unwrap());
        std::thread::sleep(Duration::from_millis(20));
    }
    most
}
