//! The server's own purge.

use std::time::{Duration, Instant};

use keyward_domain::ports::{
    EndedSessions as _, HourlyUses as _, Housekeeping as _, KeyUses, Purgeable,
};
use keyward_domain::testing::workspace_id;
use keyward_domain::{AddressSketch, SessionId, Timestamp};

use crate::http::Request;
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

const NOTHING: Purgeable = Purgeable {
    api_keys: 0,
    idempotency_records: 0,
    denial_counts: 0,
    use_counts: 0,
    ended_sessions: 0,
};

/// Serves with one purge per second that removes deleted keys at once.
fn server(store: &TestStore, seconds: &str) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_HOUSEKEEPING_SECONDS", seconds),
        ("KEYWARD_DELETED_KEYS_DAYS", "0"),
        ("KEYWARD_USAGE_DAYS", "30"),
    ];
    TestServer::start_with(&store.database, &variables)
}

/// Three deleted keys and one that stays. The idempotency record of one of them has expired. Two
/// ended sessions, one of which can no longer be opened. A key that was used 31 and 29 days ago.
async fn leave_something(store: &TestStore, server: &TestServer) {
    let named = |name: &str| server.create().also("Idempotency-Key", name).send();
    for name in ["old", "young"] {
        named(name).assert(name, 201, "2000");
    }
    let api_key_id = store.keys().await[0].id();
    let hour = |days: i64| KeyUses {
        api_key_id,
        hour: days_ago(days).truncated_to_hours(),
        addresses: AddressSketch::default(),
        count: 1,
    };
    let uses = vec![hour(31), hour(29)];
    store.store.record_hourly_uses(uses).await.unwrap();
    let old = tokens::now() - 2 * 24 * 60 * 60;
    let old = Timestamp::from_unix_seconds(old).unwrap();
    let [over, young] = ended_sessions();
    store.store.end(over, old).await.unwrap();
    let in_a_day = old.plus_seconds(3 * 24 * 60 * 60);
    store.store.end(young, in_a_day).await.unwrap();
    let is_sqlite = store.database.url().starts_with("sqlite:");
    let instant = if is_sqlite {
        old.unix_micros().to_string()
    } else {
        format!("'{old}'")
    };
    store
        .database
        .tamper(&format!(
            "UPDATE idempotency_records SET created_at = {instant} WHERE key = 'old'"
        ))
        .await;
    for _ in 0..3 {
        let (id, _secret) = server.created();
        let deleted = server.owner("DELETE", &format!("/{id}")).send();
        assert_eq!(deleted.status, 204);
    }
}

fn days_ago(days: i64) -> Timestamp {
    let now = Timestamp::from_unix_seconds(tokens::now()).unwrap();
    now.plus_seconds(-24 * 60 * 60 * days)
}

fn ended_sessions() -> [SessionId; 2] {
    ["over", "young"].map(|name| SessionId::of(name.as_bytes()))
}

async fn left(store: &TestStore) -> Purgeable {
    let now = Timestamp::from_unix_seconds(tokens::now()).unwrap();
    let expired = now.plus_seconds(-keyward_domain::IDEMPOTENCY_SECONDS);
    let ended = now.plus_seconds(-keyward_domain::ENDED_SESSION_SECONDS);
    let purgeable = store.store.purgeable(now, expired, days_ago(30), ended);
    purgeable.await.unwrap()
}

fn purged(server: &TestServer) -> [u64; 4] {
    let text = Request::new(server.internal, "GET", "/metrics")
        .send()
        .text();
    let count = |name: &str| -> u64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    [
        count("keyward_purged_api_keys_total "),
        count("keyward_purged_idempotency_records_total "),
        count("keyward_purged_ended_sessions_total "),
        count("keyward_purged_use_counts_total "),
    ]
}

on_both_stores! {
    async fn what_is_past_its_time_goes_by_itself(on: On) {
        let store = TestStore::create(on).await;
        let server = server(&store, "1");
        leave_something(&store, &server).await;
        let until = Instant::now() + Duration::from_secs(30);
        while left(&store).await != NOTHING {
            assert!(Instant::now() < until, "{:?}", left(&store).await);
            tokio::task::yield_now().await;
        }
        while purged(&server) != [3, 1, 1, 1] {
            assert!(Instant::now() < until, "{:?}", purged(&server));
            tokio::task::yield_now().await;
        }
        assert!(server.comes_to_log("housekeeping.purged"));
        assert_eq!(store.keys().await.len(), 2);
        // Recent data still counts.
        let (workspace, id) = (workspace_id("ws_1"), store.keys().await[0].id());
        let uses = store.store.hourly_uses_of_key(&workspace, id, Timestamp::MIN, Timestamp::MAX);
        assert_eq!(uses.await.unwrap().len(), 1);
        let [_over, young] = ended_sessions();
        assert!(store.store.state(young, None).await.unwrap().is_ended);
        let again = server.create().also("Idempotency-Key", "young").send();
        again.assert("young", 409, "4091");
    }

    async fn a_server_ends_in_the_middle_of_a_round(on: On) {
        let store = TestStore::create(on).await;
        let mut server = server(&store, "1");
        leave_something(&store, &server).await;
        server.signal("INT");
        assert_eq!(server.wait(), Some(0));
        assert!(!server.logs().contains("housekeeping.lost"), "{}", server.logs());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_take_turns() {
    let store = TestStore::create(On::Postgres).await;
    let servers = [server(&store, "1"), server(&store, "1")];
    leave_something(&store, &servers[0]).await;
    let until = Instant::now() + Duration::from_secs(30);
    while left(&store).await != NOTHING {
        assert!(Instant::now() < until, "{:?}", left(&store).await);
        tokio::task::yield_now().await;
    }
    let counts = || servers.each_ref().map(purged);
    while counts().map(|[keys, ..]| keys).iter().sum::<u64>() != 3 {
        assert!(Instant::now() < until, "{:?}", counts());
        tokio::task::yield_now().await;
    }
    for server in &servers {
        assert!(
            !server.logs().contains("housekeeping.failed"),
            "{}",
            server.logs()
        );
    }
}
