//! What limits cost: verification of limited keys compared with others, and the rows that are written
//! for a question.

mod nodes;

use std::time::{Duration, Instant};

use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::{limit, workspace_id};
use keyward_domain::usecases::authorize;
use keyward_domain::{ApiKey, Limit, Limits};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;
use serde_json::json;

use crate::client::Client;
use crate::floor_server::PATH;
use crate::keys::{ALLOWED, new_key_and_secret};
use crate::psql::{number, psql};
use crate::report::{Rounds, Row};
use crate::settings::{self, rounds};
use crate::subject::{self, Subject};
use crate::verify::{CONNECTIONS, questions};
use crate::{docs, report, wrk};

/// The keys of the comparison.
const KEYS: usize = 1_000;

/// The keys of the count of writes.
const WRITTEN_KEYS: usize = 100;

/// The threads that ask, and the questions of each in a second.
const ASKERS: u64 = 4;
const ASKED_PER_SECOND: u64 = 250;

pub(crate) async fn run() {
    report::print_and_write("limits", &[compared().await]);
    docs::write_between("writes", &writes().await);
    let table = nodes::run().await;
    docs::write_between("limited-nodes", &table);
}

/// The same server, asked about keys without limits and with two.
async fn compared() -> Row {
    let database = TestDatabase::postgres().await;
    let subject = Subject::start_on_one_core(&database, &[]).await;
    let store = database.open().await;
    let free = questions(&secrets(&store, KEYS, &[]).await);
    let two = [
        limit("requests", 1_000_000, "1m"),
        limit("quota", 1_000_000_000, "day"),
    ];
    let limited = questions(&secrets(&store, KEYS, &two).await);
    let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(wrk::run(subject.internal, &free, CONNECTIONS));
        // A key that was not used for some seconds has no lease. Its first calls wait for one.
        wrk::run(subject.internal, &limited, CONNECTIONS);
        ours.add(wrk::run(subject.internal, &limited, CONNECTIONS));
    }
    Row::new(
        format!("verify, two limits, {CONNECTIONS} connections"),
        "verify, no limit",
        &floor,
        &ours,
        ">= 0.9",
    )
}

/// The secrets of new keys with these limits, in the first workspace.
pub(crate) async fn secrets(store: &Store, count: usize, limits: &[Limit]) -> Vec<String> {
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(store, &workspace).await;
    let owned = owned.unwrap().unwrap();
    let mut secrets = Vec::with_capacity(count);
    for _ in 0..count {
        let (mut new, secret) = new_key_and_secret(&owned, ALLOWED);
        let mut fields = new.key.into_fields();
        fields.limits = Limits::of(limits.to_vec()).unwrap();
        new.key = ApiKey::from_fields(fields);
        store.insert(new).await.unwrap();
        secrets.push(secret.expose().to_owned());
    }
    secrets
}

/// Rows that PostgreSQL has written for a question, at 1,000 questions a second about 100 keys.
async fn writes() -> String {
    let seconds = settings::number("BENCH_LIMITS_WRITES_SECONDS", 60);
    let mut lines = vec![
        "| keys | rows written a question | of them in `key_uses` | in `limit_ledgers` |"
            .to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    let cases: [(&str, Vec<Limit>); 2] = [
        ("no limit", vec![]),
        ("one limit", vec![limit("requests", 10_000, "1m")]),
    ];
    for (name, limits) in cases {
        let database = TestDatabase::postgres().await;
        let subject = Subject::start(&database).await;
        let store = database.open().await;
        let secrets = secrets(&store, WRITTEN_KEYS, &limits).await;
        store.close().await;
        psql(database.url(), "SELECT pg_stat_reset()");
        let asked = ask_steadily(&subject, &secrets, Duration::from_secs(seconds));
        // The last uses are written after 10 s, and PostgreSQL counts some time later.
        std::thread::sleep(Duration::from_secs(12));
        let count = |tables: &str| {
            let sum = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)";
            let of = format!("{sum} FROM pg_stat_user_tables WHERE relname IN ({tables})");
            number(database.url(), &of) / asked
        };
        let all = count("'key_uses', 'secret_uses', 'api_keys', 'key_denials', 'limit_ledgers'");
        let line = format!(
            "| {name} | {all:.4} | {:.4} | {:.4} |",
            count("'key_uses'"),
            count("'limit_ledgers'")
        );
        println!("{line}");
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// Asks 1,000 questions a second. Returns how many were answered.
fn ask_steadily(subject: &Subject, secrets: &[String], time: Duration) -> f64 {
    let begun = Instant::now();
    let pause = Duration::from_secs(1) / u32::try_from(ASKED_PER_SECOND).unwrap();
    let ask = |first: u64| {
        let mut client = Client::of(subject.internal);
        let mut asked = 0_u32;
        let secrets = secrets.iter().cycle().skip(usize::try_from(first).unwrap());
        for secret in secrets.step_by(usize::try_from(ASKERS).unwrap()) {
            if begun.elapsed() >= time {
                break;
            }
            let question =
                json!({ "secret": secret, "ip": "192.168.1.7", "scopes": ["payment:read"] });
            let (status, body) = client
                .send("POST", PATH, "", &question.to_string())
                .expect("an answer");
            assert!(status == 200 && body.contains("VALID"), "{body}");
            asked += 1;
            let due = begun + pause * asked;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        f64::from(asked)
    };
    std::thread::scope(|scope| {
        let askers: Vec<_> = (0..ASKERS)
            .map(|first| scope.spawn(move || ask(first)))
            .collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).sum()
    })
}
