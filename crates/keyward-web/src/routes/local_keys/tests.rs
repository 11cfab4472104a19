use std::sync::Arc;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use keyward_domain::ports::{
    ChangePosition, GuardMessage, KeyChange, MockKeyChangeStream, MockKeyChanges, MockKeyLookup,
    MockUsageRecorder, RepositoryError, StreamStart,
};
use keyward_domain::testing::{altered, verification_key};
use keyward_domain::{Mode, SecretHash, StoredSecret};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::state::InternalState;
use crate::testing::{
    Answer, annotated_key, bare_key, internal_state, key_in_overlap, now, secret,
};
use crate::{NotReady, Readiness, Ready, internal_app};

const TOKEN: &str = "an-internal-token-of-32-characters";

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn check(&self) -> Result<Ready, NotReady> {
        Ok(Ready::default())
    }
}

fn epoch() -> Uuid {
    Uuid::from_u128(0xE)
}

fn state(key_lookup: MockKeyLookup, key_changes: MockKeyChanges) -> InternalState {
    InternalState {
        key_changes: Arc::new(key_changes),
        ..internal_state(Arc::new(Always), key_lookup, Some(TOKEN))
    }
}

async fn answered(state: &InternalState, request: TestRequest) -> Answer {
    let app = init_service(internal_app(state)).await;
    let request = request.insert_header(("authorization", format!("Bearer {TOKEN}")));
    Answer::of(app.call(request.to_request()).await).await
}

fn post(path: &str, body: &Value) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.to_string())
}

fn hash(number: u8) -> SecretHash {
    SecretHash::from_bytes([number; 32])
}

async fn looked_up(body: &Value) -> Answer {
    let mut key_lookup = MockKeyLookup::new();
    key_lookup.expect_find().returning(|asked| {
        let found = [annotated_key(), bare_key(), key_in_overlap()];
        let at = (1..=3).find(|number| *asked == hash(*number));
        if *asked == hash(9) {
            return Err(RepositoryError::Corrupt("unreadable".into()));
        }
        let key = at.map(|at| &found[usize::from(at) - 1]);
        Ok(key.map(|key| {
            verification_key(&altered(key.clone(), |fields| {
                fields.secret = StoredSecret::of(&secret(Mode::Live), now());
            }))
        }))
    });
    let mut key_changes = MockKeyChanges::new();
    key_changes.expect_epoch().returning(epoch);
    answered(
        &state(key_lookup, key_changes),
        post("/internal/v1/lookup", body),
    )
    .await
}

#[actix_web::test]
async fn keys_are_found_in_the_order_of_their_hashes() {
    let hashes: Vec<String> = [3, 8, 1, 9, 2]
        .map(|number| hash(number).to_base64url())
        .into();
    let answer = looked_up(&json!({ "secretHashes": hashes })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let data = &answer.json()["data"];
    assert_eq!(data["epoch"], epoch().simple().to_string());
    assert_eq!(data["nowMicros"], now().unix_micros());
    assert_eq!(data["hasImportedSecrets"], false);
    let keys = data["keys"].as_array().unwrap();
    let hash = secret(Mode::Live).hash().to_base64url();
    assert_eq!(keys[0]["secretHash"], hash);
    let previous = &keys[0]["previousSecret"];
    assert_eq!(
        previous["endsAtMicros"],
        now().plus_seconds(3_600).unix_micros()
    );
    assert_eq!(keys[1], Value::Null);
    assert_eq!(keys[2]["externalId"], "customer-4711");
    assert_eq!(keys[2]["metadata"]["plan"], "gold");
    assert_eq!(keys[2]["ipWhitelist"], json!(["192.168.1.0/24"]));
    assert_eq!(keys[2]["disabled"], false);
    assert!(keys[2]["endsAtMicros"].is_i64());
    assert_eq!(keys[3], json!({ "code": "5030" }));
    let members: Vec<&String> = keys[4].as_object().unwrap().keys().collect();
    let want = [
        "apiKeyId",
        "disabled",
        "ipWhitelist",
        "name",
        "scopes",
        "secretHash",
        "workspaceId",
    ];
    assert_eq!(members, want);
}

#[actix_web::test]
async fn a_faulty_look_up_is_refused() {
    let hash = hash(1).to_base64url();
    for (body, field) in [
        (json!({}), "secretHashes"),
        (json!({ "secretHashes": hash }), "secretHashes"),
        (json!({ "secretHashes": vec![&hash; 101] }), "secretHashes"),
        (json!({ "secretHashes": [hash, "x"] }), "secretHashes[1]"),
        (json!({ "secretHashes": [1] }), "secretHashes[0]"),
        (json!({ "secretHashes": [], "secrets": [] }), "secrets"),
    ] {
        let answer = looked_up(&body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
}

#[actix_web::test]
async fn every_path_needs_the_permission_to_verify() {
    let state = state(MockKeyLookup::new(), MockKeyChanges::new());
    let app = init_service(internal_app(&state)).await;
    for request in [
        post("/internal/v1/lookup", &json!({ "secretHashes": [] })),
        TestRequest::get().uri("/internal/v1/changes"),
        post("/internal/v1/changes/heartbeats", &json!({})),
        post("/internal/v1/uses", &json!({ "uses": [], "denials": [] })),
    ] {
        let answer = Answer::of(app.call(request.to_request()).await).await;
        assert_eq!(answer.status, 401);
    }
}

/// A stream that ends after one event. Returns where it was to begin.
async fn streamed(uri: &str, last_event_id: &str) -> (Answer, Option<StreamStart>) {
    let started = Arc::new(std::sync::Mutex::new(None));
    let start = Arc::clone(&started);
    let mut key_changes = MockKeyChanges::new();
    key_changes.expect_stream().returning(move |asked| {
        *start.lock().unwrap() = Some(asked);
        let mut stream = MockKeyChangeStream::new();
        let position = ChangePosition {
            epoch: epoch(),
            number: 3,
        };
        let mut messages = vec![vec![GuardMessage::Changed(position, KeyChange::AllKeys)]];
        stream.expect_next().returning(move || messages.pop());
        Some(Box::new(stream))
    });
    let request = TestRequest::get()
        .uri(uri)
        .insert_header(("last-event-id", last_event_id));
    let answer = answered(&state(MockKeyLookup::new(), key_changes), request).await;
    let start = *started.lock().unwrap();
    (answer, start)
}

#[actix_web::test]
async fn a_stream_has_events_from_a_position_on() {
    let position = format!("{}-2", epoch().simple());
    let uri = format!(
        "/internal/v1/changes?stream={}",
        Uuid::from_u128(5).simple()
    );
    let (answer, start) = streamed(&uri, &position).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let want = format!("id: {}-3\nevent: all\ndata: {{}}\n\n", epoch().simple());
    assert_eq!(answer.text, want);
    let start = start.unwrap();
    assert_eq!(start.stream, Some(Uuid::from_u128(5)));
    assert_eq!(start.after, ChangePosition::parse(&position));
    let (_answer, start) = streamed("/internal/v1/changes", "nonsense").await;
    assert_eq!(start, Some(StreamStart::default()));
    let (answer, start) = streamed("/internal/v1/changes?stream=x", "").await;
    assert_eq!((answer.status.as_u16(), start), (400, None));
}

#[actix_web::test]
async fn a_further_stream_is_503_and_head_begins_none() {
    let mut key_changes = MockKeyChanges::new();
    key_changes.expect_stream().once().returning(|_| None);
    let state = state(MockKeyLookup::new(), key_changes);
    let uri = "/internal/v1/changes";
    let answer = answered(&state, TestRequest::get().uri(uri)).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["code"], "5030");
    let head = TestRequest::default().method("HEAD".parse().unwrap());
    let answer = answered(&state, head.uri(uri)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.text, "");
}

#[actix_web::test]
async fn a_heartbeat_is_heard_or_has_no_stream() {
    let mut key_changes = MockKeyChanges::new();
    key_changes.expect_heard().returning(|heartbeat| {
        assert_eq!((heartbeat.number, heartbeat.applied), (7, 4));
        heartbeat.stream == Uuid::from_u128(5)
    });
    let state = state(MockKeyLookup::new(), key_changes);
    let heartbeat = |stream: u128| {
        let (stream, epoch) = (Uuid::from_u128(stream).simple(), epoch().simple());
        json!({ "stream": stream.to_string(), "number": 7, "position": format!("{epoch}-4") })
    };
    let path = "/internal/v1/changes/heartbeats";
    assert_eq!(
        answered(&state, post(path, &heartbeat(5))).await.status,
        204
    );
    assert_eq!(
        answered(&state, post(path, &heartbeat(6))).await.status,
        404
    );
    let answer = answered(
        &state,
        post(path, &json!({ "number": -1, "position": "4" })),
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn reported_uses_are_recorded_but_none_of_a_faulty_report() {
    let mut recorder = MockUsageRecorder::new();
    recorder.expect_add_uses().once().returning(|used| {
        assert_eq!((used.secret_hash, used.count), (hash(1), 3));
        assert_eq!(used.api_key_id, bare_key().id());
        assert_eq!(used.addresses.to_string(), "fffffffffffffff7");
        // A guard's clock may be ahead.
        assert_eq!(used.last_used_at, now());
        assert_eq!(used.address.unwrap().ip().to_string(), "10.0.0.1");
    });
    recorder.expect_add_denials().once().returning(|denied| {
        assert_eq!((denied.denial.as_str(), denied.count), ("DISABLED", 1));
        assert_eq!(denied.address, None);
    });
    recorder
        .expect_add_scope_use()
        .times(2)
        .returning(|scope_use| {
            assert_eq!(scope_use.api_key_id, bare_key().id());
            assert_eq!(scope_use.scope.as_str(), "payment:read");
            assert_eq!(scope_use.last_used_on, now().truncated_to_days());
        });
    let mut state = state(MockKeyLookup::new(), MockKeyChanges::new());
    state.verify.usage_recorder = Arc::new(recorder);
    let late = now().plus_seconds(60).unix_micros();
    let id = bare_key().id().to_string();
    let used = json!({
        "secretHash": hash(1).to_base64url(), "apiKeyId": id, "lastUsedAtMicros": late,
        "address": "10.0.0.1", "addresses": "fffffffffffffff7", "count": 3,
    });
    let denied =
        json!({ "apiKeyId": id, "denial": "DISABLED", "lastDeniedAtMicros": 1, "count": 1 });
    let report = |used: &Value, denied: &Value| json!({ "uses": [used], "denials": [denied] });
    let path = "/internal/v1/uses";
    let answer = answered(&state, post(path, &report(&used, &denied))).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    for (member, value) in [
        ("secretHash", json!("x")),
        ("apiKeyId", json!("sk_live_1")),
        ("addresses", json!("1")),
        ("addresses", json!(1)),
        ("lastUsedAtMicros", json!(-1)),
        ("address", json!("here")),
        ("count", json!(u64::from(u32::MAX) + 1)),
        ("unknown", json!(1)),
    ] {
        let mut faulty = used.clone();
        faulty[member] = value;
        let answer = answered(&state, post(path, &report(&faulty, &denied))).await;
        assert_eq!(answer.status, 400, "{member}");
        assert_eq!(answer.json()["errors"][0]["field"], "uses[0]");
    }
    let many = json!({ "uses": [], "denials": vec![denied; 1_025] });
    assert_eq!(answered(&state, post(path, &many)).await.status, 400);
    let of_scopes =
        |scope_uses: Value| json!({ "uses": [], "denials": [], "scopeUses": scope_uses });
    let later = now().plus_seconds(2 * 86_400).unix_micros();
    let scope_use = json!({ "apiKeyId": id, "scope": "payment:read", "lastUsedOnMicros": later });
    let mut today = scope_use.clone();
    today["lastUsedOnMicros"] = now().unix_micros().into();
    let reported = of_scopes(json!([scope_use, today]));
    assert_eq!(answered(&state, post(path, &reported)).await.status, 204);
    for (member, value) in [
        ("apiKeyId", json!(1)),
        ("scope", json!("payment")),
        ("scope", json!(null)),
        ("lastUsedOnMicros", json!("2026-11-30")),
        ("count", json!(1)),
    ] {
        let mut faulty = scope_use.clone();
        faulty[member] = value;
        let answer = answered(&state, post(path, &of_scopes(json!([scope_use, faulty])))).await;
        assert_eq!(answer.status, 400, "{member}");
        assert_eq!(answer.json()["errors"][0]["field"], "scopeUses[1]");
    }
    for no_list in [json!(null), json!({}), json!(vec![&scope_use; 1_025])] {
        let answer = answered(&state, post(path, &of_scopes(no_list))).await;
        assert_eq!(answer.json()["errors"][0]["field"], "scopeUses");
    }
}
