//! The memory of a node that has cached many keys.

use std::time::{Duration, Instant};

use serde_json::json;

use super::fill::{self, Filled};
use crate::client::Client;
use crate::docs;
use crate::subject::Subject;

/// The number of keys to be cached.
const KEYS_MAX: u32 = 1_000_000;
/// The bound of the cache.
const CACHE_MEBIBYTES: &str = "320";
const CLIENTS: u32 = 4;
const BATCH: usize = 100;

/// The node is asked once about every key.
pub(super) fn run(many: &Filled<'_>) {
    let count = many.count.min(KEYS_MAX);
    let variables = [
        ("KEYWARD_CACHE_MEBIBYTES", CACHE_MEBIBYTES),
        // So that the uses that wait to be written take little of what is measured.
        ("KEYWARD_LAST_USE_SECONDS", "1"),
    ];
    let subject = Subject::serve_on_one_core(many.url(), &variables);
    let before = rss_kib(subject.process_id());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for at in 0..CLIENTS {
            let subject = &subject;
            scope.spawn(move || ask(subject, at * count / CLIENTS, (at + 1) * count / CLIENTS));
        }
    });
    let elapsed = begun.elapsed();
    // The last uses are written.
    std::thread::sleep(Duration::from_secs(3));
    let after = rss_kib(subject.process_id());
    let metrics = Client::of(subject.internal).send("GET", "/metrics", "", "");
    let (_, metrics) = metrics.unwrap();
    let metric = |name: &str| -> f64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    let (keys, bytes) = (
        metric("keyward_cache_keys "),
        metric("keyward_cache_bytes "),
    );
    let grown = f64::from(after - before) * 1024.0;
    let table = format!(
        "| | |\n|---|---|\n\
         | bound of the cache | {CACHE_MEBIBYTES} MiB |\n\
         | RSS before, after {count} keys were asked for | {:.0} MiB, {:.0} MiB |\n\
         | keys held | {keys:.0} (goal: all) |\n\
         | bytes a key, as the cache weighs it | {:.0} |\n\
         | bytes a key, by the growth of RSS, last uses included | **{:.0}** (goal <= 300) |\n\
         | asking took | {:.0} s |\n",
        f64::from(before) / 1024.0,
        f64::from(after) / 1024.0,
        bytes / keys,
        grown / keys,
        elapsed.as_secs_f64(),
    );
    docs::write_between("memory", &table);
}

fn ask(subject: &Subject, first: u32, end: u32) {
    let mut client = Client::of(subject.internal);
    let numbers: Vec<u32> = (first..end).collect();
    for batch in numbers.chunks(BATCH) {
        let question = |number: &u32| {
            let secret = fill::secret(*number);
            json!({ "secret": secret.expose(), "ip": "192.168.1.7" })
        };
        let questions: Vec<_> = batch.iter().map(question).collect();
        let body = json!({ "questions": questions }).to_string();
        let answer = client.send("POST", "/internal/v1/api-keys/verify/batch", "", &body);
        assert!(matches!(&answer, Some((200, _))), "{answer:?}");
    }
}

fn rss_kib(process_id: u32) -> u32 {
    crate::process::status_kib(process_id, "VmRSS:").expect("the process runs")
}
