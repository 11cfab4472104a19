//! Contract §11: the limits of keys that services create and import.

use serde_json::json;

use super::send;

const KEYS: &str = "workspaces/ws_1/api-keys";
const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[actix_web::test]
async fn a_service_creates_a_key_with_limits() {
    let limits = r#"[{"name":"requests","max":100,"window":"60s"}]"#;
    for secret in [String::new(), format!(r#","secretHash":"{HASH}""#)] {
        let body = format!(r#"{{"name":"K","limits":{limits}{secret}}}"#);
        let answer = send("POST", KEYS, &body).await;
        answer.assert(&body, 201, "2000", "SUCCESS");
        let want = json!([
            { "name": "requests", "max": 100, "window": "1m", "onUnavailable": "deny" },
        ]);
        assert_eq!(answer.json()["data"]["limits"], want);
    }
    let answer = send("POST", KEYS, r#"{"name":"K","limit":[]}"#).await;
    answer.assert("limit", 400, "4000", "Invalid request");
    assert!(
        answer.text.contains("did you mean limits"),
        "{}",
        answer.text
    );
    let answer = send("POST", KEYS, r#"{"name":"K","limits":[{"max":0}]}"#).await;
    answer.assert("max", 400, "4000", "Invalid request");
    let fields = ["limits[0].name", "limits[0].max", "limits[0].window"];
    assert_eq!(answer.fields(), fields);
}

#[actix_web::test]
async fn each_imported_key_has_its_own_limits() {
    let key = |max: &str| {
        format!(
            r#"{{"workspaceId":"ws_1","name":"K","secretHash":"{HASH}",
                "limits":[{{"name":"requests","max":{max},"window":"day"}}]}}"#
        )
    };
    let body = format!(r#"{{"keys":[{},{}]}}"#, key("100"), key("1.5"));
    let answer = send("POST", "api-keys:import", &body).await;
    answer.assert("import", 200, "2000", "SUCCESS");
    let results = answer.json()["data"]["results"].clone();
    assert_eq!(results[0]["outcome"], "ADDED", "{results}");
    assert_eq!(results[1]["code"], "4000", "{results}");
    assert_eq!(results[1]["errors"][0]["field"], "limits[0].max");
}
