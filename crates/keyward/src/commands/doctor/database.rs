use std::time::{Duration, Instant};

use keyward_domain::ports::Clock as _;
use keyward_persistence::{
    ChangeFeed, DatabaseUrl, PostgresDiagnosis, SchemaState, Store, StoreConfig, StoreError,
};

use super::{CONFIGURATION, FAILED, SCHEMA, UNREACHABLE, report::Report};
use crate::failure::with_causes;
use crate::schema;
use crate::system::SystemClock;
use crate::wiring;

const DATABASE: &str = "database";

/// How long the first heartbeat may take. A fault is known earlier.
const HEARTBEAT_MAX: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// As long as [`FeedFault`](keyward_persistence::FeedFault)s need to be told from slowness.
const STALENESS_MAX: Duration = Duration::from_secs(1);
/// When a certificate must be replaced soon.
const CERTIFICATE_DAYS_MIN: i64 = 30;
const SECONDS_OF_DAY: i64 = 24 * 60 * 60;
/// The difference of the clocks that is worth a warning.
const OFFSET_WARNED_SECONDS: f64 = 1.0;
const LAG_WARNED_SECONDS: f64 = 10.0;

pub(super) async fn check(
    mut config: StoreConfig,
    offset_max: Option<Duration>,
    report: &mut Report,
) {
    root_certificates(&config.url, report);
    if let DatabaseUrl::Sqlite(path) = &config.url
        && !path.exists()
    {
        let found = format!("{} does not exist", path.display());
        let advice = "Correct the path in DATABASE_URL, or create it: keyward migrate";
        report.failed(DATABASE, UNREACHABLE, found, advice);
        return;
    }
    let connections_max = config.connections_max;
    config.connections_max = 2;
    let store = match Store::open(config).await {
        Ok(store) => store,
        Err(error) => {
            let code = match error {
                StoreError::RootCertificates { .. } => CONFIGURATION,
                StoreError::Unreachable { .. }
                | StoreError::Schema(_)
                | StoreError::Migration(_)
                | StoreError::NoRuntime(_) => UNREACHABLE,
            };
            let advice = "Check DATABASE_URL, the server, and the network between.";
            report.failed(DATABASE, code, with_causes(&error), advice);
            return;
        }
    };
    server(&store, connections_max, report).await;
    if schema(&store, report).await {
        feed_and_clock(&store, offset_max, report).await;
    }
    store.close().await;
}

fn root_certificates(url: &DatabaseUrl, report: &mut Report) {
    const CHECK: &str = "certificates";
    let DatabaseUrl::Postgres(url) = url else {
        return;
    };
    match url.root_certificates_end() {
        Ok(None) => {}
        Err(error) => report.failed(
            CHECK,
            CONFIGURATION,
            with_causes(&error),
            "Correct sslrootcert in DATABASE_URL.",
        ),
        Ok(Some(end)) => {
            let seconds = end.unix_seconds() - SystemClock.now().unix_seconds();
            let days = seconds.div_euclid(SECONDS_OF_DAY);
            let advice = "Put the new certificate beside the old one into the file of sslrootcert.";
            if days < 0 {
                report.failed(CHECK, FAILED, "one of sslrootcert has expired", advice);
            } else if days < CERTIFICATE_DAYS_MIN {
                report.warning(
                    CHECK,
                    format!("one of sslrootcert expires in {days} days"),
                    advice,
                );
            } else {
                report.ok(
                    CHECK,
                    format!("those of sslrootcert are valid for {days} days"),
                );
            }
        }
    }
}

async fn server(store: &Store, connections_max: u32, report: &mut Report) {
    match store.diagnosis().await {
        Ok(None) => report.ok(DATABASE, "SQLite"),
        Ok(Some(found)) => postgres(&found, connections_max, report),
        Err(error) => {
            let advice = "Look at the log of the server.";
            report.failed(DATABASE, UNREACHABLE, with_causes(&error), advice);
            return;
        }
    }
    match store.standbys().await {
        Err(error) => {
            let advice = "Look at the log of the server.";
            report.warning("replication", with_causes(&error), advice);
        }
        Ok(standbys) => {
            for standby in standbys {
                let state = standby.state.as_deref().unwrap_or("unknown to this role");
                let mode = standby.sync_state.as_deref().unwrap_or("-");
                let lag = standby.lag_seconds.unwrap_or(0.0);
                let found = format!("{}: {state}, {mode}, {lag:.1} s behind", standby.name);
                if lag > LAG_WARNED_SECONDS {
                    let advice =
                        "A failover would lose these seconds. Check the standby and the network.";
                    report.warning("replication", found, advice);
                } else {
                    report.ok("replication", found);
                }
            }
        }
    }
}

fn postgres(found: &PostgresDiagnosis, connections_max: u32, report: &mut Report) {
    let how = if found.is_encrypted {
        "encrypted"
    } else {
        "not encrypted"
    };
    let server = format!("PostgreSQL {} as {}, {how}", found.version, found.role);
    if found.is_standby {
        let advice = "List all hosts in DATABASE_URL, with target_session_attrs=read-write.";
        report.failed(
            DATABASE,
            UNREACHABLE,
            format!("{server}, a standby"),
            advice,
        );
    } else {
        report.ok(DATABASE, server);
    }
    if found.may_change_trail == Some(true) {
        report.warning(
            "rights",
            format!("{} may change the audit trail", found.role),
            "Let another role own the tables, and serve with the role of docs/postgres-role.sql.",
        );
    }
    if found.missing_rights.is_empty() {
        report.ok("rights", format!("{} has all that it needs", found.role));
    } else {
        report.failed(
            "rights",
            FAILED,
            format!("{} lacks {}", found.role, found.missing_rights.join(", ")),
            "Run docs/postgres-role.sql of this release as the owner of the tables.",
        );
    }
    // Three more are for probes and the change feed.
    let needed = i64::from(connections_max) + 3;
    let free = found.connections_max - found.connections;
    let connections = format!(
        "{} of {} are open; a node opens up to {needed}",
        found.connections, found.connections_max
    );
    if free < needed {
        report.warning(
            "connections",
            connections,
            "Lower KEYWARD_DATABASE_CONNECTIONS_MAX, or raise max_connections, unless the open ones are those of this node.",
        );
    } else {
        report.ok("connections", connections);
    }
}

/// Whether there is a schema that this binary may serve.
async fn schema(store: &Store, report: &mut Report) -> bool {
    const CHECK: &str = "schema";
    let (found, advice) = match store.schema().await {
        Ok(SchemaState::Current) => {
            report.ok(CHECK, "current");
            return true;
        }
        Ok(SchemaState::Ahead { unknown }) => {
            let advice = "Upgrade this node when all are meant to be upgraded.";
            report.warning(CHECK, schema::ahead(&unknown), advice);
            return true;
        }
        Ok(SchemaState::Behind { pending }) => (schema::behind(&pending), "keyward migrate"),
        Ok(SchemaState::TooNew { unknown, oldest }) => (
            schema::too_new(&unknown, oldest.as_ref()),
            "Install the newer release.",
        ),
        Err(error) => (error.into(), "Look at the log of the server."),
    };
    report.failed(CHECK, SCHEMA, with_causes(&found), advice);
    false
}

/// Sends a heartbeat through the change feed, as a node does, and waits until it comes back.
async fn feed_and_clock(store: &Store, offset_max: Option<Duration>, report: &mut Report) {
    const FEED: &str = "change feed";
    let feed = ChangeFeed::start(store, STALENESS_MAX);
    let begun = Instant::now();
    while !feed.is_up() && feed.fault().is_none() && begun.elapsed() < HEARTBEAT_MAX {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let milliseconds = begun.elapsed().as_millis();
    match feed.fault() {
        Some(fault) => report.failed(
            FEED,
            FAILED,
            fault.to_string(),
            "Without it, the store answers every question: correct, but slow.",
        ),
        None if feed.is_up() => {
            report.ok(
                FEED,
                format!("a heartbeat came back within {milliseconds} ms"),
            );
        }
        None => report.failed(
            FEED,
            FAILED,
            format!("no heartbeat has come back after {milliseconds} ms"),
            "Check the load of the server, and KEYWARD_LISTEN_URL.",
        ),
    }
    let Some(ahead) = wiring::clock(store).offset_seconds() else {
        return;
    };
    let found = format!("this machine's is {ahead:+.3} s ahead of the database's");
    let advice = "Set both clocks with NTP.";
    if offset_max.is_some_and(|max| ahead.abs() > max.as_secs_f64()) {
        report.failed("clocks", FAILED, found, advice);
    } else if ahead.abs() > OFFSET_WARNED_SECONDS {
        report.warning("clocks", found, advice);
    } else {
        report.ok("clocks", found);
    }
}
