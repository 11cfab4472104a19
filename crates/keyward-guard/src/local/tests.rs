//! The verifier with a fake node, whose faults come at the worst moment.

mod fake_node;

use std::time::{Duration, Instant};

use keyward_domain::testing::{scope, secret};
use keyward_domain::{Decision, Question};
use serde_json::json;

use self::fake_node::{FakeNode, State};
use super::{LocalVerifier, LocalVerifierConfig};
use crate::{Guard, Undecided, Verdict, Verifier as _};

/// Much longer than anything here takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn verifier(node: &FakeNode) -> LocalVerifier {
    let config = LocalVerifierConfig {
        timeout: Duration::from_secs(5),
        report_every: Duration::from_millis(20),
        ..LocalVerifierConfig::at(&node.url())
    };
    LocalVerifier::start(config).unwrap()
}

async fn ask(verifier: &LocalVerifier) -> Result<Verdict, Undecided> {
    verifier
        .verify(secret(1).expose(), &Question::default())
        .await
}

fn at_once(verifier: &LocalVerifier) -> Option<bool> {
    let verdict = verifier.at_once(secret(1).expose(), &Question::default())?;
    Some(matches!(verdict, Verdict::Allowed(_)))
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The verifier decides by itself.
async fn warm(verifier: &LocalVerifier) {
    let begun = Instant::now();
    while at_once(verifier) != Some(true) {
        assert!(begun.elapsed() < PATIENCE, "never warm");
        let _decided_or_not = ask(verifier).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_look_up_and_answer_is_not_cached_away() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    until("connected", || !node.state().acknowledged.is_empty()).await;
    node.set(|state| state.holds_lookups = true);
    let lookups = node.state().lookups;
    let asking = async {
        until("asked", || node.state().lookups > lookups).await;
        node.disable();
        let told = node.state().at();
        until("acknowledged", || node.state().acknowledged == told).await;
        node.set(|state| state.holds_lookups = false);
    };
    // The question came before the change, so both answers are right.
    let (_either, ()) = tokio::join!(ask(&verifier), asking);
    assert_ne!(at_once(&verifier), Some(true));
    let denied = ask(&verifier).await.unwrap();
    assert_eq!(denied, Verdict::Denied(Decision::Disabled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_applied_and_acknowledged_at_once() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    let mut times = Vec::new();
    for _ in 0..11 {
        node.set(|state| state.is_disabled = false);
        warm(&verifier).await;
        node.disable();
        let (told, begun) = (node.state().at(), Instant::now());
        until("acknowledged", || node.state().acknowledged == told).await;
        assert_ne!(at_once(&verifier), Some(true));
        times.push(begun.elapsed());
    }
    // Not only with the next heartbeat, which comes after 200 ms. The machine may be slow at times.
    times.sort_unstable();
    assert!(times[5] < Duration::from_millis(60), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_node_answers_one_question_only() {
    let node = FakeNode::start();
    node.set(|state| state.other_epoch = Some(2));
    let verifier = verifier(&node);
    until("connected", || !node.state().acknowledged.is_empty()).await;
    for _ in 0..5 {
        assert!(matches!(ask(&verifier).await, Ok(Verdict::Allowed(_))));
        assert_eq!(at_once(&verifier), None);
    }
    node.set(|state| state.other_epoch = None);
    warm(&verifier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_gap_or_nonsense_in_the_stream_nothing_is_believed() {
    for fault in [
        // A change is missing before this one.
        |state: &mut State| {
            state.position += 2;
            state.changed()
        },
        |state: &mut State| {
            state.epoch = 7;
            state.changed()
        },
        |_state: &mut State| "event: changed\ndata: {}\n\n".to_owned(),
        |_state: &mut State| "x".repeat(10_000),
    ] {
        let node = FakeNode::start();
        let verifier = verifier(&node);
        warm(&verifier).await;
        let streams = node.state().streams;
        node.set(|state| {
            state.is_disabled = true;
            let event = fault(state);
            state.tell(&event);
        });
        until("another stream", || node.state().streams > streams).await;
        assert_ne!(at_once(&verifier), Some(true));
        let denied = ask(&verifier).await.unwrap();
        assert_eq!(denied, Verdict::Denied(Decision::Disabled));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_newer_node_may_be_a_change() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    warm(&verifier).await;
    node.set(|state| {
        state.is_disabled = true;
        state.tell("event: policy\ndata: 1\n\n");
    });
    until("believed no more", || at_once(&verifier) != Some(true)).await;
    let denied = ask(&verifier).await.unwrap();
    assert_eq!(denied, Verdict::Denied(Decision::Disabled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_guard_of_a_node_that_was_cut_off_before_believes_nothing() {
    let node = FakeNode::start();
    node.set(|state| state.unconfirmed_millis = Some(5_000));
    let verifier = verifier(&node);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1_200) {
        let asked = ask(&verifier).await;
        assert!(
            matches!(asked, Ok(Verdict::Allowed(_)) | Err(_)),
            "{asked:?}"
        );
        assert_eq!(at_once(&verifier), None);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    node.set(|state| state.unconfirmed_millis = Some(0));
    warm(&verifier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_confirmation_nothing_is_believed_for_longer_than_a_second() {
    for (unconfirmed_millis, answers, believed_max) in [
        (Some(0), false, 1_000),
        // The node itself has not been confirmed.
        (Some(700), true, 1_000),
        (None, true, 1_000),
    ] {
        let node = FakeNode::start();
        let verifier = verifier(&node);
        warm(&verifier).await;
        node.set(|state| {
            state.answers_heartbeats = answers;
            state.unconfirmed_millis = unconfirmed_millis;
        });
        let begun = Instant::now();
        if unconfirmed_millis == Some(700) {
            // Still trusted, 300 ms each time, because the node goes on to confirm.
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            node.set(|state| state.answers_heartbeats = false);
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(at_once(&verifier), None);
            continue;
        }
        // When it was last asked and decided by itself, however late the answer was seen.
        let mut believed_for = Duration::ZERO;
        let is_over = || {
            let asked_at = begun.elapsed();
            let is_over = at_once(&verifier).is_none();
            if !is_over {
                believed_for = asked_at;
            }
            is_over
        };
        until("believed no more", is_over).await;
        let max = Duration::from_millis(believed_max + 300);
        assert!(believed_for < max, "{believed_for:?}");
        // Each question is asked instead.
        let lookups = node.state().lookups;
        for _ in 0..3 {
            assert!(matches!(ask(&verifier).await, Ok(Verdict::Allowed(_))));
        }
        assert_eq!(node.state().lookups, lookups + 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_epoch_has_confirmed_is_forgotten() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    warm(&verifier).await;
    node.set(|state| {
        state.epoch = 9;
        state.is_disabled = true;
        state.answers_heartbeats = false;
    });
    let streams = node.state().streams;
    node.cut();
    until("another stream", || node.state().streams > streams).await;
    until("believed no more", || at_once(&verifier).is_none()).await;
}

fn counts(node: &FakeNode) -> Vec<u64> {
    let reports = &node.state().reports;
    let uses = reports
        .iter()
        .filter_map(|report| report["uses"][0]["count"].as_u64());
    uses.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_never_counted_twice() {
    for (status, want) in [
        (204, vec![1]),
        (409, vec![1, 1]),
        (500, vec![1, 0]),
        (0, vec![1, 0]),
    ] {
        let node = FakeNode::start();
        node.set(|state| state.report_status = status);
        let verifier = verifier(&node);
        assert!(matches!(ask(&verifier).await, Ok(Verdict::Allowed(_))));
        until("reported", || counts(&node).len() == want.len()).await;
        node.set(|state| state.report_status = 204);
        verifier.close().await;
        assert_eq!(counts(&node)[..want.len()], want, "{status}");
    }
}

/// The reported scopes, and whether a report had anything else.
fn scopes(node: &FakeNode) -> Vec<(String, bool)> {
    let reports = &node.state().reports;
    let with_scopes = reports
        .iter()
        .filter(|report| report.get("scopeUses").is_some());
    let told = with_scopes.map(|report| {
        let scope = report["scopeUses"][0]["scope"].as_str().unwrap().to_owned();
        let has_more = report["uses"] != json!([]) || report["denials"] != json!([]);
        (scope, has_more)
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn used_scopes_are_reported_once_a_day_in_a_report_of_their_own() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    let question = Question {
        scopes: vec![scope("payment:read")],
        ..Question::default()
    };
    for _ in 0..3 {
        let reported = counts(&node).len();
        let verdict = verifier.verify(secret(1).expose(), &question).await;
        assert!(matches!(verdict, Ok(Verdict::Allowed(_))));
        until("reported", || counts(&node).len() > reported).await;
    }
    verifier.close().await;
    assert_eq!(scopes(&node), [("payment:read".to_owned(), false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_refuses_used_scopes_loses_nothing_else() {
    let node = FakeNode::start();
    node.set(|state| state.scope_report_status = 400);
    let verifier = verifier(&node);
    let question = Question {
        scopes: vec![scope("payment:read")],
        ..Question::default()
    };
    for _ in 0..2 {
        let verdict = verifier.verify(secret(1).expose(), &question).await;
        assert!(matches!(verdict, Ok(Verdict::Allowed(_))));
        let refused = scopes(&node).len();
        until("refused", || scopes(&node).len() > refused).await;
    }
    // A newer node is told later.
    node.set(|state| state.scope_report_status = 204);
    verifier.close().await;
    assert_eq!(counts(&node), [1, 1]);
    assert!(scopes(&node).len() > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_call_needs_no_memory() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    warm(&verifier).await;
    let question = Question {
        scopes: vec![scope("payment:read")],
        ..Question::default()
    };
    let secret = secret(1);
    // The first call of a day notes the scope.
    assert!(verifier.at_once(secret.expose(), &question).is_some());
    let mut allowed = 0;
    let allocated = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            let verdict = verifier.at_once(secret.expose(), &question);
            allowed += u32::from(matches!(verdict, Some(Verdict::Allowed(_))));
        }
    });
    assert_eq!(allowed, 1_000);
    // A report may take the room for the one secret away at any time.
    assert!(allocated.count_total <= 8, "{allocated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_asks_the_verifier_at_once_first() {
    let node = FakeNode::start();
    let verifier = verifier(&node);
    warm(&verifier).await;
    let lookups = node.state().lookups;
    let require = Guard::new(verifier).require(&["payment:read"]).unwrap();
    let name = crate::headers::FieldName::XApiKey;
    let secret = secret(1);
    let headers = crate::testing::Headers::of([(name, secret.expose().as_bytes())]);
    let caller = require.decide(None, &headers).await.unwrap();
    assert_eq!(caller.name(), "Key");
    assert_eq!(node.state().lookups, lookups);
}

#[test]
fn outside_of_a_runtime_it_does_not_start() {
    let started = LocalVerifier::start(LocalVerifierConfig::at("http://127.0.0.1:1"));
    assert!(started.is_err());
}
