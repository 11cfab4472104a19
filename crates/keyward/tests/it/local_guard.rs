//! Guards that decide by themselves, with real nodes: what they may believe and for how long.

mod cut;
mod streams;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use keyward_domain::ports::{Denials as _, HourlyUses as _};
use keyward_domain::testing::{secret as secret_of_nobody, workspace_id};
use keyward_domain::{ApiKeyId, Decision, Question, Scope, Timestamp};
use keyward_guard::{LocalVerifier, LocalVerifierConfig, Verdict, Verifier as _};
use serde_json::json;

use self::cut::Cut;
use crate::nodes::{change, created, until};
use crate::server::{On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

/// Much longer than anything here takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a guard may believe what it was told last.
const STALENESS_MAX: Duration = Duration::from_secs(1);

fn guard_of(internal: SocketAddr) -> LocalVerifier {
    let config = LocalVerifierConfig {
        timeout: Duration::from_secs(5),
        ..LocalVerifierConfig::at(&format!("http://{internal}"))
    };
    LocalVerifier::start(config).unwrap()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed(_) => "VALID",
        Verdict::Denied(decision) => decision.as_str(),
    }
}

fn at_once(guard: &LocalVerifier, secret: &str) -> Option<&'static str> {
    guard.at_once(secret, &Question::default()).map(word)
}

async fn decided(guard: &LocalVerifier, secret: &str) -> &'static str {
    let verdict = guard.verify(secret, &Question::default()).await;
    word(verdict.expect("the node can be asked"))
}

/// Asks until the guard decides without the node.
async fn warmed(guard: &LocalVerifier, secret: &str) -> &'static str {
    let begun = Instant::now();
    loop {
        let decided = decided(guard, secret).await;
        if let Some(at_once) = at_once(guard, secret) {
            assert_eq!(at_once, decided);
            return at_once;
        }
        assert!(begun.elapsed() < PATIENCE, "it never decides by itself");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The change, and the decision that it leads to.
fn toggle(round: usize) -> (&'static str, &'static str) {
    if round.is_multiple_of(2) {
        ("disable", "DISABLED")
    } else {
        ("enable", "VALID")
    }
}

on_both_stores! {
    async fn a_guard_decides_by_itself_and_never_contradicts_a_complete_change(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let guard = guard_of(server.internal);
        let (id, secret) = created(&server);
        assert_eq!(warmed(&guard, &secret).await, "VALID");
        let mut complete = 0;
        for round in 0..60 {
            let (toggle, want) = toggle(round);
            let propagation = change(&server, "POST", &format!("/{id}/{toggle}"));
            if propagation == "complete" {
                complete += 1;
                if let Some(told) = at_once(&guard, &secret) {
                    assert_eq!(told, want, "{round}");
                }
                assert_eq!(decided(&guard, &secret).await, want, "{round}");
            } else {
                tokio::time::sleep(STALENESS_MAX + Duration::from_millis(100)).await;
            }
            assert_eq!(warmed(&guard, &secret).await, want, "{round}");
        }
        assert!(complete > 30, "{complete} changes were known in time");
    }

    async fn a_guard_that_is_cut_off_is_not_told_and_not_believed(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let cut = Cut::before(server.internal);
        let guard = guard_of(cut.address);
        let (id, secret) = created(&server);
        assert_eq!(warmed(&guard, &secret).await, "VALID");
        until(|| change(&server, "POST", &format!("/{id}/enable")) == "complete", "calm");
        for round in 0..4 {
            let (toggle, want) = toggle(round);
            let before = warmed(&guard, &secret).await;
            // Nothing arrives any more, in the moment before the change.
            cut.hold_up(true);
            let changing = Instant::now();
            let propagation = change(&server, "POST", &format!("/{id}/{toggle}"));
            assert_eq!(propagation, "pending; within=1s", "{round}");
            while let Some(told) = at_once(&guard, &secret) {
                assert_eq!(told, before, "{round}");
                let believed_for = changing.elapsed();
                assert!(believed_for < STALENESS_MAX + Duration::from_millis(200), "{believed_for:?}");
            }
            cut.hold_up(false);
            assert_eq!(warmed(&guard, &secret).await, want, "{round}");
            until(|| change(&server, "POST", &format!("/{id}/{toggle}")) == "complete", "calm");
        }
    }

    async fn a_stream_that_is_cut_is_resumed_and_misses_nothing(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let cut = Cut::before(server.internal);
        let guard = guard_of(cut.address);
        let (id, secret) = created(&server);
        warmed(&guard, &secret).await;
        for round in 0..20 {
            let (toggle, want) = toggle(round);
            warmed(&guard, &secret).await;
            cut.cut_all();
            let changed = change(&server, "POST", &format!("/{id}/{toggle}"));
            let told = at_once(&guard, &secret);
            if changed == "complete" {
                assert!(told.is_none_or(|told| told == want), "{round}: {told:?}");
            } else {
                until(|| at_once(&guard, &secret).is_none_or(|told| told == want), "told");
            }
            assert_eq!(warmed(&guard, &secret).await, want, "{round}");
        }
    }

    async fn without_a_node_a_guard_soon_decides_nothing(on: On) {
        let store = TestStore::create(on).await;
        let mut server = TestServer::start(&store.database);
        let guard = guard_of(server.internal);
        let (_, secret) = created(&server);
        assert_eq!(warmed(&guard, &secret).await, "VALID");
        server.signal("KILL");
        server.wait();
        let killed = Instant::now();
        while at_once(&guard, &secret).is_some() {
            let believed_for = killed.elapsed();
            assert!(believed_for < STALENESS_MAX + Duration::from_millis(200), "{believed_for:?}");
        }
        let verdict = guard.verify(&secret, &Question::default()).await;
        assert!(verdict.is_err(), "{verdict:?}");
    }

    async fn a_node_that_starts_again_is_asked_about_everything(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let cut = Cut::before(server.internal);
        let guard = guard_of(cut.address);
        let (id, secret) = created(&server);
        assert_eq!(warmed(&guard, &secret).await, "VALID");
        drop(server);
        let again = TestServer::start(&store.database);
        // Before the guard has found the new node.
        cut.hold_up(true);
        cut.lead_to(again.internal);
        cut.cut_all();
        let propagation = change(&again, "POST", &format!("/{id}/disable"));
        if propagation == "complete" {
            assert_ne!(at_once(&guard, &secret), Some("VALID"));
        }
        cut.hold_up(false);
        until(|| at_once(&guard, &secret) != Some("VALID"), "believed no more");
        assert_eq!(warmed(&guard, &secret).await, "DISABLED");
    }

    async fn uses_and_denials_of_a_guard_are_counted_once(on: On) {
        let store = TestStore::create(on).await;
        let mut server = TestServer::start_with(&store.database, &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "0"),
        ]);
        let guard = guard_of(server.internal);
        let (id, secret) = created(&server);
        for _ in 0..1_000 {
            assert_eq!(decided(&guard, &secret).await, "VALID");
        }
        let question = Question {
            scopes: vec![Scope::parse("payment:write").unwrap()],
            ..Question::default()
        };
        for _ in 0..7 {
            let verdict = guard.verify(&secret, &question).await.unwrap();
            assert!(matches!(verdict, Verdict::Denied(Decision::InsufficientScope { .. })));
        }
        guard.close().await;
        // A server writes all that it has collected before it ends.
        server.signal("TERM");
        server.wait();
        let keys = store.keys().await;
        let last_use = keys[0].fields().secret.last_use.as_ref();
        assert_eq!(last_use.map(|last_use| last_use.count), Some(1_000));
        let workspace = workspace_id(WORKSPACE);
        let id = ApiKeyId::parse(&id).unwrap();
        let end = Timestamp::MAX;
        let denials = store.store.denials_of_key(&workspace, id, Timestamp::MIN, end).await.unwrap();
        let hourly = store.store.hourly_uses_of_key(&workspace, id, Timestamp::MIN, end).await.unwrap();
        assert_eq!(hourly.iter().map(|uses| uses.count).sum::<u64>(), 1_000);
        // A test may begin in the previous hour.
        assert_eq!(denials.iter().map(|denials| denials.count).sum::<u64>(), 7);
    }

    async fn an_expired_key_and_unknown_secrets_are_denied(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let guard = guard_of(server.internal);
        let expires = Timestamp::from_unix_seconds(tokens::now() + 3).unwrap();
        let body = json!({ "name": "Key", "scopes": ["payment:read"], "expiresAt": expires.to_string() });
        let response = server.create().body(body.to_string()).send();
        response.assert("create", 201, "2000");
        let secret = response.json()["data"]["secret"].as_str().unwrap().to_owned();
        assert_eq!(warmed(&guard, &secret).await, "VALID");
        // No change tells of it: the guard knows the time.
        until(|| at_once(&guard, &secret) == Some("EXPIRED"), "expired");
        // A clock that follows another one is off by up to half of a round trip.
        assert!(tokens::now() + 1 >= expires.unix_seconds());
        let (_, gone) = created(&server);
        let nobodys = secret_of_nobody(9);
        assert_eq!(decided(&guard, nobodys.expose()).await, "UNKNOWN");
        assert_eq!(at_once(&guard, nobodys.expose()), Some("UNKNOWN"));
        assert_eq!(decided(&guard, "none").await, "MALFORMED");
        assert_eq!(warmed(&guard, &gone).await, "VALID");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_guards_of_two_nodes_never_contradict_a_complete_change() {
    let store = TestStore::create(On::Postgres).await;
    let nodes = [(); 2].map(|()| TestServer::start(&store.database));
    let guards = nodes.each_ref().map(|node| guard_of(node.internal));
    let (id, secret) = created(&nodes[0]);
    let mut complete = 0;
    for round in 0..100 {
        for guard in &guards {
            warmed(guard, &secret).await;
        }
        let (toggle, want) = toggle(round);
        let here = &nodes[round / 2 % 2];
        if change(here, "POST", &format!("/{id}/{toggle}")) == "complete" {
            complete += 1;
            for guard in &guards {
                let told = at_once(guard, &secret);
                assert!(told.is_none_or(|told| told == want), "{round}: {told:?}");
                assert_eq!(decided(guard, &secret).await, want, "{round}");
            }
        } else {
            tokio::time::sleep(STALENESS_MAX + Duration::from_millis(100)).await;
        }
    }
    assert!(complete > 50, "{complete} changes were known in time");
}
