use keyward_domain::ports::{KeyDenials, KeyUses, ScopeUse};
use keyward_domain::testing::{address, limit, scope};
use keyward_domain::{ALARM_SECONDS, AddressSketch, Denial, LimitUse, Mode, Timestamp};

use crate::testing::{Operation, World, key_id, now};

#[actix_web::test]
async fn a_report_is_answered_to_the_letter() {
    let world = World {
        uses: |workspace_id, api_key_id, from, before| {
            assert_eq!(
                (workspace_id.as_str(), api_key_id),
                ("ws_1", key_id(Mode::Live))
            );
            assert_eq!(from.to_string(), "2026-03-20T23:00:00Z");
            assert_eq!(before, now());
            let sketch = |from| AddressSketch::of(Some(address(from)));
            let addresses = sketch("203.0.113.7").or(sketch("203.0.113.8"));
            let (hour, count) = (from, 3);
            Ok(vec![KeyUses {
                api_key_id,
                hour,
                addresses,
                count,
            }])
        },
        denials: |_, api_key_id, since, before| {
            let begin = now().plus_seconds(-3_600);
            if before == Timestamp::MAX {
                assert_eq!(since, now().plus_seconds(-ALARM_SECONDS));
            } else {
                assert_eq!((since, before), (begin, now()));
            }
            Ok(vec![KeyDenials {
                api_key_id,
                denial: Denial::IpNotAllowed,
                last_denied_at: begin,
                address: Some(address("203.0.113.9")),
                count: 2,
            }])
        },
        limit_uses: || {
            let used = |limit, is_of_workspace, used| LimitUse {
                limit,
                is_of_workspace,
                used,
            };
            vec![
                used(limit("requests", 100, "1m"), false, 100),
                used(limit("tokens", 1_000, "month"), true, 800),
            ]
        },
        scope_uses: |workspace_id, api_key_id| {
            assert_eq!(workspace_id.as_str(), "ws_1");
            let used = |code| ScopeUse {
                api_key_id,
                scope: scope(code),
                last_used_on: now().truncated_to_days(),
            };
            // The key does not have the first one any more.
            Ok(vec![used("payment:cancel"), used("payment:read")])
        },
        ..World::default()
    };
    let request = Operation::USAGE.with_query("from=2026-03-20T23:10:00Z&by=hour");
    let answer = world.send(request).await;
    answer.assert("one hour", 200, "2000", "SUCCESS");
    let counts = r#""allowed":3,"denied":2,"deniedByDecision":{"IP_NOT_ALLOWED":2},"addresses":2"#;
    let want = format!(
        r#""data":{{"from":"2026-03-20T23:00:00Z","to":"2026-03-21T00:00:00Z","by":"hour","total":{{{counts}}},"items":[{{"start":"2026-03-20T23:00:00Z",{counts}}}],"alarms":[{{"alarm":"WRONG_ADDRESS","denied":2,"lastDeniedAt":"2026-03-20T23:00:00Z","lastDeniedAddress":"203.0.113.9"}}],"limits":[{{"name":"requests","limit":100,"window":"1m","of":"key","used":100}},{{"name":"tokens","limit":1000,"window":"month","of":"workspace","used":800,"alarm":"QUOTA_NEARLY_REACHED"}}],"scopes":[{{"scope":"payment:read","lastUsedOn":"2026-03-21"}},{{"scope":"payment:write","lastUsedOn":null}}]}}}}"#
    );
    assert!(answer.text.ends_with(&want), "{}", answer.text);
}

#[actix_web::test]
async fn a_key_without_calls_has_an_empty_report() {
    let answer = World::default().send(Operation::USAGE.request()).await;
    answer.assert("no calls", 200, "2000", "SUCCESS");
    let counts = r#"{"allowed":0,"denied":0,"deniedByDecision":{},"addresses":0}"#;
    let want = format!(
        r#""by":"day","total":{counts},"items":[],"alarms":[],"limits":[],"scopes":[{{"scope":"payment:read","lastUsedOn":null}},{{"scope":"payment:write","lastUsedOn":null}}]}}}}"#
    );
    assert!(answer.text.ends_with(&want), "{}", answer.text);
}

#[actix_web::test]
async fn a_key_of_another_workspace_has_no_report() {
    let world = World {
        get: |_, _| Ok(None),
        ..World::default()
    };
    let answer = world.send(Operation::USAGE.request()).await;
    answer.assert("no key", 404, "4040", "API key not found");
}

#[actix_web::test]
async fn a_wrong_period_is_refused() {
    let answer = World::default()
        .send(Operation::USAGE.with_query("by=week"))
        .await;
    answer.assert("a week", 400, "4000", "Invalid request");
    assert!(
        answer
            .text
            .contains(r#"{"field":"by","message":"Must be hour or day"}"#),
        "{}",
        answer.text
    );
}
