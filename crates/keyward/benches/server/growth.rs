//! Verification and creation with few and with many stored keys, on PostgreSQL; and the memory of a
//! node after questions about a million keys.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use keyward_domain::{Secret, testing};
use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::client::Client;
use crate::report::{Rounds, Row};
use crate::subject::{self, Subject};
use crate::{ROUNDS, WORKSPACES, load, report, verify, wrk};

const FEW: u32 = 1_000;
/// The default of `BENCH_GROWTH_KEYS`.
const MANY: u32 = 1_000_000;
const ASKED_FOR_MAX: u32 = 1_000_000;
const CLIENTS: usize = 8;
const BATCH: usize = 100;

pub(crate) async fn run() {
    let count = std::env::var("BENCH_GROWTH_KEYS");
    let count: u32 = count.map_or(MANY, |text| text.parse().expect("a number"));
    let (few, many) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    let uncached = [("KEYWARD_CACHE_STALENESS_SECONDS", "0")];
    let with_few = Subject::start_on_one_core(&few, &uncached).await;
    let with_many = Subject::start_on_one_core(&many, &uncached).await;
    fill(&few, FEW);
    fill(&many, count);
    let mut rows = Vec::new();

    let questions = |count: u32| {
        let step = usize::try_from(count / FEW).unwrap();
        let secrets: Vec<String> = (0..count).step_by(step).map(secret).collect();
        verify::questions(&secrets)
    };
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(wrk::run(with_few.internal, &questions(FEW), CLIENTS));
        ours.add(wrk::run(with_many.internal, &questions(count), CLIENTS));
    }
    rows.push(row("verify, uncached", count, &floor, &ours));

    let creates = |subject: &Subject| -> Vec<Vec<u8>> {
        (0..WORKSPACES).map(|at| subject.create(at)).collect()
    };
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        floor.add(load::run(with_few.addr, &creates(&with_few), 201, CLIENTS));
        ours.add(load::run(
            with_many.addr,
            &creates(&with_many),
            201,
            CLIENTS,
        ));
    }
    rows.push(row("create", count, &floor, &ours));
    report::print_and_write("growth", &rows);
    drop((with_few, with_many));

    report::write_between("memory", &memory(&many, count.min(ASKED_FOR_MAX)).await);
}

fn row(what: &str, count: u32, floor: &Rounds, ours: &Rounds) -> Row {
    Row::new(
        format!("{what}, PostgreSQL, {count} keys"),
        "the same with 1,000 keys",
        floor,
        ours,
        ">= 0.77 (within 1.3 x)",
    )
}

/// A node with the default cache of 64 MiB. It is asked once about every key, and then again about
/// the last ones.
async fn memory(database: &TestDatabase, count: u32) -> String {
    let subject = Subject::start_on_one_core(database, &[]).await;
    let before = rss_kib(subject.process_id());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let share = count / 4;
        for at in 0..4 {
            let addr = subject.internal;
            scope.spawn(move || {
                let mut client = Client::of(addr);
                let secrets: Vec<u32> = (at * share..(at + 1) * share).collect();
                for batch in secrets.chunks(BATCH) {
                    let question = |number: &u32| json!({ "secret": secret(*number) });
                    let questions: Vec<_> = batch.iter().map(question).collect();
                    let body = json!({ "questions": questions }).to_string();
                    let path = "/internal/v1/api-keys/verify/batch";
                    let answer = client.send("POST", path, "", &body);
                    assert!(matches!(&answer, Some((200, _))), "{answer:?}");
                }
            });
        }
    });
    let elapsed = begun.elapsed();
    let after = rss_kib(subject.process_id());
    let (_, metrics) = Client::of(subject.internal)
        .send("GET", "/metrics", "", "")
        .unwrap();
    let metric = |name: &str| -> f64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    let (keys, bytes) = (
        metric("keyward_cache_keys "),
        metric("keyward_cache_bytes "),
    );
    let grown = f64::from(after - before) * 1024.0;
    format!(
        "| | |\n|---|---|\n\
         | RSS before, after {count} keys were asked for | {:.0} MiB, {:.0} MiB (goal <= 256) |\n\
         | keys held | {keys:.0} |\n\
         | bytes a key, as the cache weighs it | {:.0} |\n\
         | bytes a key, by the growth of RSS, last uses included | {:.0} (goal <= 300) |\n\
         | asking took | {:.0} s |\n",
        f64::from(before) / 1024.0,
        f64::from(after) / 1024.0,
        bytes / keys,
        grown / keys,
        elapsed.as_secs_f64(),
    )
}

fn rss_kib(process_id: u32) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap()
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse()
        .unwrap()
}

/// The secret of the key with this number.
fn secret(number: u32) -> String {
    testing::secret(number.into()).expose().to_owned()
}

/// Inserts this many keys by copying rows, spread over the workspaces.
fn fill(database: &TestDatabase, count: u32) {
    println!("filling in {count} keys");
    let columns = "id, mode, workspace_id, name, name_folded, scopes, ip_allowlist, is_disabled, \
                   secret_hash, secret_hint, secret_created_at, created_at, version";
    let mut psql = Command::new("psql")
        .args(["--quiet", "--set", "ON_ERROR_STOP=1", "--command"])
        .arg(format!("COPY api_keys ({columns}) FROM STDIN"))
        .arg(database.url())
        .stdin(Stdio::piped())
        .spawn()
        .expect("psql is installed");
    let mut stdin = psql.stdin.take().unwrap();
    let mut line = String::new();
    for number in 0..count {
        let secret = Secret::parse(&secret(number)).unwrap();
        line.clear();
        let workspace = subject::workspace(usize::try_from(number).unwrap() % WORKSPACES);
        // An id like a real one: first the time, then random bits, here from a hash.
        let hash = secret.hash();
        let random = &hash.as_bytes()[..8];
        write!(line, "01a2b3c4-d5e6-7000-8").unwrap();
        for (at, byte) in random.iter().enumerate() {
            match at {
                0 => write!(line, "{:01x}", byte & 15).unwrap(),
                1 => write!(line, "{byte:02x}-").unwrap(),
                _ => write!(line, "{byte:02x}").unwrap(),
            }
        }
        write!(
            line,
            "\tLIVE\t{workspace}\tProduction Key\tproduction key\t{{payment:read,payment:write}}\t\
             {{192.168.1.0/24}}\tf\t\\\\x"
        )
        .unwrap();
        for byte in hash.as_bytes() {
            write!(line, "{byte:02x}").unwrap();
        }
        line.push_str("\ta1b2\t2026-01-01Z\t2026-01-01Z\t1\n");
        stdin.write_all(line.as_bytes()).unwrap();
    }
    drop(stdin);
    assert!(psql.wait().unwrap().success());
    let vacuumed = Command::new("vacuumdb")
        .args(["--quiet", "--analyze", database.url()])
        .status();
    assert!(vacuumed.expect("vacuumdb is installed").success());
}
