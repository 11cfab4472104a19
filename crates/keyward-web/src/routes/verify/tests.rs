mod limits;

use std::sync::Arc;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use keyward_domain::ports::{MockKeyLookup, RepositoryError};
use keyward_domain::testing::{altered, verification_key};
use keyward_domain::{ApiKey, IpAllowlist, Mode, StoredSecret};
use serde_json::json;

use crate::testing::{Answer, annotated_key, internal_state, key, now, secret};
use crate::{NotReady, Readiness, Ready, internal_app};

const PATH: &str = "/internal/v1/api-keys/verify";
const TOKEN: &str = "an-internal-token-of-32-characters";

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn check(&self) -> Result<Ready, NotReady> {
        Ok(Ready::default())
    }
}

type Found = fn() -> Result<Option<ApiKey>, RepositoryError>;

/// A key with the test secret and without IP rules.
fn stored() -> ApiKey {
    altered(key(), |fields| {
        fields.ip_allowlist = IpAllowlist::default();
        fields.secret = StoredSecret::of(&secret(Mode::Live), now());
    })
}

async fn ask(found: Found, token: Option<&str>, request: TestRequest) -> Answer {
    let mut key_lookup = MockKeyLookup::new();
    key_lookup
        .expect_find()
        .returning(move |_| found().map(|key| key.as_ref().map(verification_key)));
    let state = internal_state(Arc::new(Always), key_lookup, token);
    let app = init_service(internal_app(&state)).await;
    Answer::of(app.call(request.to_request()).await).await
}

fn asking(body: impl Into<String>) -> TestRequest {
    TestRequest::post()
        .uri(PATH)
        .insert_header(("content-type", "application/json"))
        .set_payload(body.into())
}

fn about_secret() -> String {
    json!({ "secret": secret(Mode::Live).expose() }).to_string()
}

#[actix_web::test]
async fn an_allowed_caller_hears_of_the_key_to_the_letter() {
    let answer = ask(|| Ok(Some(stored())), None, asking(about_secret())).await;
    answer.assert_decided("valid");
    let fields = stored().into_fields();
    let scopes: Vec<String> = fields
        .scopes
        .as_slice()
        .iter()
        .map(ToString::to_string)
        .collect();
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":true,"code":"2000","message":"SUCCESS","data":{{"valid":true,"decision":"VALID","apiKeyId":"{}","workspaceId":"{}","mode":"LIVE","scopes":{},"name":"{}"}}}}"#,
        fields.id,
        fields.workspace_id,
        json!(scopes),
        fields.name,
    );
    assert_eq!(answer.text, want);
}

#[actix_web::test]
async fn an_allowed_caller_hears_of_the_external_id_and_the_metadata_of_its_key() {
    let found: Found = || {
        Ok(Some(altered(stored(), |fields| {
            fields.annotations = annotated_key().into_fields().annotations;
        })))
    };
    let answer = ask(found, None, asking(about_secret())).await;
    let end = r#""name":"Production Key","externalId":"customer-4711","metadata":{"Team":"\"支\"","plan":"gold"}}}"#;
    assert!(answer.text.ends_with(end), "{}", answer.text);
}

#[actix_web::test]
async fn a_denied_caller_hears_of_the_decision_alone() {
    let cases: [(Found, String, serde_json::Value); 4] = [
        (
            || Ok(None),
            about_secret(),
            json!({ "valid": false, "decision": "UNKNOWN" }),
        ),
        (
            || panic!("no look-up"),
            json!({ "secret": "sk_live_nonsense" }).to_string(),
            json!({ "valid": false, "decision": "MALFORMED" }),
        ),
        (
            || {
                Ok(Some(altered(stored(), |fields| {
                    fields.is_disabled = true;
                    fields.annotations = annotated_key().into_fields().annotations;
                })))
            },
            about_secret(),
            json!({ "valid": false, "decision": "DISABLED" }),
        ),
        (
            || Ok(Some(stored())),
            json!({ "secret": secret(Mode::Live).expose(), "scopes": ["moon:write"] }).to_string(),
            json!({ "valid": false, "decision": "INSUFFICIENT_SCOPE", "missingScopes": ["moon:write"] }),
        ),
    ];
    for (found, body, want) in cases {
        let answer = ask(found, None, asking(body)).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        assert_eq!(answer.json()["data"], want);
    }
}

#[actix_web::test]
async fn an_explanation_lists_every_check_in_order() {
    let request = asking(about_secret()).uri(&format!("{PATH}?explain=true"));
    let answer = ask(|| Ok(Some(stored())), None, request).await;
    let checks = answer.json()["data"]["checks"].clone();
    let names: Vec<String> = checks
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "secret",
            "enabled",
            "notExpired",
            "mode",
            "address",
            "scopes",
            "limits"
        ]
    );
    let request = asking(about_secret()).uri(&format!("{PATH}?explain=maybe"));
    let answer = ask(|| Ok(Some(stored())), None, request).await;
    answer.assert("maybe", 400, "4000", "Invalid request");
    assert_eq!(answer.fields(), ["explain"]);
}

#[actix_web::test]
async fn what_cannot_be_decided_is_503() {
    let cases: [Found; 2] = [
        || Err(RepositoryError::Unavailable("gone".into())),
        || Err(RepositoryError::Corrupt("row 7".into())),
    ];
    for found in cases {
        let answer = ask(found, None, asking(about_secret())).await;
        answer.assert("undecided", 503, "5030", "Service temporarily unavailable");
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
}

#[actix_web::test]
async fn code_4010_asks_for_the_internal_token_when_there_is_one() {
    let found: Found = || Ok(Some(stored()));
    for request in [
        asking(about_secret()),
        asking(about_secret()).insert_header(("authorization", format!("Bearer {TOKEN}x"))),
        asking(about_secret()).insert_header(("authorization", format!("Basic {TOKEN}"))),
    ] {
        let answer = ask(found, Some(TOKEN), request).await;
        answer.assert("without", 401, "4010", "Invalid or expired token");
    }
    let with = asking(about_secret()).insert_header(("authorization", format!("Bearer {TOKEN}")));
    let answer = ask(found, Some(TOKEN), with).await;
    answer.assert_decided("with");
}

#[actix_web::test]
async fn code_4000_names_every_wrong_member() {
    let body =
        r#"{"secret":1,"ip":"10.0.0.0/8","scopes":["*"],"mode":1,"address":"x","Secret":"x"}"#;
    let answer = ask(|| Ok(None), None, asking(body)).await;
    answer.assert("six members", 400, "4000", "Invalid request");
    assert_eq!(
        answer.fields(),
        ["secret", "ip", "scopes[0]", "mode", "address", "Secret"]
    );
}

#[actix_web::test]
async fn code_4150_and_4050_as_elsewhere() {
    let untyped = TestRequest::post().uri(PATH).set_payload(about_secret());
    let answer = ask(|| Ok(None), None, untyped).await;
    answer.assert(
        "untyped",
        415,
        "4150",
        "Content type must be application/json",
    );
    let get = TestRequest::get().uri(PATH);
    let answer = ask(|| Ok(None), None, get).await;
    answer.assert("GET", 405, "4050", "Method not allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
}
