//! `keyward audit export` of few and of many events, on PostgreSQL.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use keyward_persistence::testing::TestDatabase;

use crate::psql::{psql, vacuum};
use crate::report::{median, sorted};
use crate::settings::rounds;
use crate::{WORKSPACES, docs, process, subject};

const FEW: u32 = 100_000;
const MANY: u32 = 1_000_000;
const ROUNDS_MAX: usize = 3;

/// One export.
struct Export {
    seconds: f64,
    rss_most_kib: u32,
}

pub(super) async fn run() {
    let (few, many) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    fill(&few, FEW).await;
    fill(&many, MANY).await;
    let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
    for _ in 0..rounds().min(ROUNDS_MAX) {
        of_few.push(export(few.url(), FEW));
        of_many.push(export(many.url(), MANY));
    }
    let middle = |exports: &[Export], value: fn(&Export) -> f64| {
        median(&sorted(exports.iter().map(value))).expect("at least one round")
    };
    let seconds = |export: &Export| export.seconds;
    let rss_mib = |export: &Export| f64::from(export.rss_most_kib) / 1024.0;
    let line = |count: u32, exports: &[Export]| {
        let taken = middle(exports, seconds);
        format!(
            "| {count} events | {taken:.1} s | {:.1} us | {:.1} MiB |\n",
            taken * 1e6 / f64::from(count),
            middle(exports, rss_mib),
        )
    };
    let an_event =
        middle(&of_many, seconds) / middle(&of_few, seconds) * f64::from(FEW) / f64::from(MANY);
    let table = format!(
        "| | time | time an event | RSS, most |\n|---|---|---|---|\n{}{}\
         | ratio; goal <= 1.2 | | **{an_event:.2}** | **{:.2}** |\n",
        line(FEW, &of_few),
        line(MANY, &of_many),
        middle(&of_many, rss_mib) / middle(&of_few, rss_mib),
    );
    docs::write_between("export", &table);
}

/// Inserts this many events in all workspaces, like those of new keys.
async fn fill(database: &TestDatabase, count: u32) {
    println!("filling in {count} events");
    let store = database.open().await;
    subject::seed(&store).await;
    store.close().await;
    let (url, owner) = (database.url(), subject::OWNER);
    psql(
        url,
        &format!(
            "INSERT INTO audit_events (workspace_id, position, hash, api_key_id, api_key_mode, \
             action, actor_kind, actor_user_id, portal, address, request_id, occurred_at, after) \
             SELECT 'ws_' || n % {WORKSPACES}, n / {WORKSPACES} + 1, sha256(n::text::bytea), \
             ('01a2b3c4-d5e6-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'LIVE', 'CREATED', \
             'USER', '{owner}', 'PARTNER', '127.0.0.1', '00000000-0000-7000-8000-000000000000', \
             timestamptz '2026-01-01Z' + n * interval '1 second', \
             jsonb_build_object('name', 'Production Key', 'scopes', \
             ARRAY['payment:read', 'payment:write'], 'ipWhitelist', ARRAY['192.168.1.0/24'], \
             'expiresAt', NULL, 'isDisabled', false, 'isDeleted', false, 'secretHint', 'a1b2', \
             'overlap', NULL) FROM generate_series(0, {count} - 1) AS n"
        ),
    );
    vacuum(url);
    psql(url, "CHECKPOINT");
}

fn export(url: &str, count: u32) -> Export {
    let output = tempfile::NamedTempFile::new().unwrap();
    let begun = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_keyward"))
        .args(["audit", "export", "--since", "2026-01-01T00:00:00Z"])
        .env("DATABASE_URL", url)
        .stdin(Stdio::null())
        .stdout(output.reopen().unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut rss_most_kib = 0;
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        let rss = process::status_kib(process.id(), "VmHWM:");
        rss_most_kib = rss_most_kib.max(rss.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(10));
    };
    let seconds = begun.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    let text = std::fs::read(output.path()).unwrap();
    let lines = text.split(|byte| *byte == b'\n').skip(1).count();
    assert_eq!(u32::try_from(lines), Ok(count));
    println!("  {count} events: {seconds:.1} s, {rss_most_kib} KiB");
    Export {
        seconds,
        rss_most_kib,
    }
}
