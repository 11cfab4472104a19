//! How often the real server allocates memory for a cached question, counted by `perf` with probes on
//! the functions of its allocator. Needs the rights of root.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::client::Client;
use crate::floor_server::{GATEWAY_PATH, PATH};
use crate::subject::Subject;
use crate::{docs, verify};

const QUESTIONS: u32 = 20_000;
const WARMING: u32 = 2_000;
/// perf says nothing when it has begun.
const BEGINS_WITHIN: Duration = Duration::from_millis(500);
/// The group of our probes in the kernel.
const GROUP: &str = "keyward_bench";
const OF_LIBC: [&str; 5] = [
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
];
/// The functions of allocators that may be linked into the server: mimalloc and jemalloc.
const OF_BINARY: [&str; 12] = [
    "mi_malloc",
    "mi_malloc_aligned",
    "mi_zalloc",
    "mi_zalloc_aligned",
    "mi_calloc",
    "mi_realloc",
    "mi_realloc_aligned",
    "_rjem_malloc",
    "_rjem_mallocx",
    "_rjem_calloc",
    "_rjem_realloc",
    "_rjem_rallocx",
];

pub(crate) async fn run() {
    let database = TestDatabase::sqlite();
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let secret = verify::secrets(&database).await.remove(0);
    let probes = Probes::on(&subject);
    let question = json!({ "secret": secret, "ip": "192.168.1.7", "scopes": ["payment:read"] });
    let question = question.to_string();
    let verify = ["POST", PATH, "", &question];
    let path = format!("{GATEWAY_PATH}?scope=payment:read");
    let headers = format!("X-Api-Key: {secret}\r\nX-Forwarded-For: 192.168.1.7\r\n");
    let forwarded = ["GET", &path, &headers, ""];
    let table = format!(
        "| path | allocations a question | goal |\n|---|---|---|\n\
         | verify, cached | **{:.1}** | <= 12 |\n\
         | forward-auth, cached | **{:.1}** | <= 12 |\n",
        a_question(&subject, &probes, verify),
        a_question(&subject, &probes, forwarded),
    );
    docs::write_between("allocations", &table);
}

/// The allocations of one question, without what the server allocates meanwhile without any.
fn a_question(subject: &Subject, probes: &Probes, request: [&str; 4]) -> f64 {
    let mut client = Client::of(subject.internal);
    let mut ask = |times: u32| {
        let [method, path, headers, body] = request;
        for _ in 0..times {
            let answer = client.send(method, path, headers, body);
            assert!(matches!(&answer, Some((200, _))), "{answer:?}");
        }
    };
    ask(WARMING);
    let begun = Instant::now();
    let counted = probes.count(subject, || ask(QUESTIONS));
    let took = begun.elapsed();
    let quiet = probes.count(subject, || {
        std::thread::sleep(took.saturating_sub(BEGINS_WITHIN));
    });
    println!("  {counted} allocations, {quiet} in the same time without a question");
    (counted - quiet) / f64::from(QUESTIONS)
}

/// Probes in the kernel, until this is dropped.
struct Probes {
    events: String,
}

impl Probes {
    fn on(subject: &Subject) -> Self {
        let process_id = subject.process_id();
        let binary = std::fs::read_link(format!("/proc/{process_id}/exe")).unwrap();
        let maps = std::fs::read_to_string(format!("/proc/{process_id}/maps")).unwrap();
        let libc = maps
            .lines()
            .filter_map(|line| line.split_whitespace().last())
            .find(|file| file.contains("/libc.so"))
            .expect("the server uses glibc");
        remove_all();
        for function in OF_BINARY {
            // Most of them are missing.
            let _is_there = add(&binary, function);
        }
        for function in OF_LIBC {
            assert!(add(Path::new(libc), function), "perf probe needs root");
        }
        Self {
            events: format!("{GROUP}:*"),
        }
    }

    /// The number of allocations by all threads of the server meanwhile.
    fn count(&self, subject: &Subject, work: impl FnOnce()) -> f64 {
        let perf = Command::new("perf")
            .args(["stat", "--field-separator", ",", "--event", &self.events])
            .args(["--pid", &subject.process_id().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("perf is installed");
        std::thread::sleep(BEGINS_WITHIN);
        work();
        interrupt(&perf);
        let output = perf.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        let counts = text.lines().filter(|line| line.contains(GROUP));
        let counts: Vec<f64> = counts
            .map(|line| line.split(',').next().unwrap().parse().unwrap_or(0.0))
            .collect();
        assert!(!counts.is_empty(), "{text}");
        counts.iter().sum()
    }
}

impl Drop for Probes {
    fn drop(&mut self) {
        remove_all();
    }
}

fn add(file: &Path, function: &str) -> bool {
    let event = format!("{GROUP}:{function}={function}");
    let added = Command::new("perf")
        .args(["probe", "--quiet", "--exec"])
        .arg(file)
        .args(["--add", &event])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    added.expect("perf is installed").success()
}

fn remove_all() {
    let _none_there = Command::new("perf")
        .args(["probe", "--quiet", "--del", &format!("{GROUP}:*")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

fn interrupt(perf: &Child) {
    let sent = Command::new("kill")
        .args(["-s", "INT", &perf.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}
