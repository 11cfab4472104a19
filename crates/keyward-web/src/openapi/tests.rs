use std::collections::BTreeSet;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use serde_json::Value;

use super::openapi_json;
use crate::codes::Code;
use crate::testing::{Answer, World, internal_state};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

fn description() -> Value {
    serde_json::from_str(&openapi_json()).unwrap()
}

/// Every operation: method, path and description.
fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let paths = description["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &'_ Value)| {
        let methods = item.as_object().unwrap().keys();
        let methods: Vec<String> = methods.cloned().collect();
        let path = path.clone();
        methods
            .into_iter()
            .map(move |method| (method, path.clone()))
    };
    let all = paths.iter().flat_map(of_path);
    all.map(|(method, path)| {
        let operation = &paths[&path][&method];
        (method, path, operation)
    })
    .collect()
}

/// `KEYWARD_UPDATE_OPENAPI=1` updates the stored description (`just openapi`).
#[test]
fn the_kept_description_is_what_the_handlers_say() {
    let made = openapi_json();
    let is_kept = std::env::var_os("KEYWARD_UPDATE_OPENAPI").is_some();
    if is_kept {
        std::fs::write(KEPT, &made).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap();
    assert!(
        kept == made,
        "docs/api/openapi.json is outdated: run just openapi"
    );
}

#[test]
fn every_code_of_the_contract_has_an_example() {
    let description = description();
    let mut found = BTreeSet::new();
    for (_method, _path, operation) in operations(&description) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let examples = response["content"]["application/json"]["examples"].as_object();
            for (code, example) in examples.into_iter().flatten() {
                assert!(code.starts_with(status.as_str()), "{status} {code}");
                assert_eq!(example["value"]["code"], code.as_str());
                found.insert(code.clone());
            }
        }
    }
    // It belongs to methods that no description has.
    let all = Code::ALL
        .into_iter()
        .filter(|code| *code != Code::MethodNotAllowed);
    let all: BTreeSet<String> = all.map(|code| code.as_str().to_owned()).collect();
    assert_eq!(found, all);
}

/// The credentials of a gateway, as `routes::authorize` reads them.
#[test]
fn a_gateway_shows_its_token_beside_its_clients_key() {
    let description = description();
    let schemes = &description["components"]["securitySchemes"];
    let scheme = |name: &str| {
        (
            schemes[name]["type"].as_str(),
            schemes[name]["name"].as_str(),
        )
    };
    let header = Some("apiKey");
    assert_eq!(
        scheme("gateway"),
        (header, Some("X-Keyward-Internal-Token"))
    );
    assert_eq!(scheme("clientHeader"), (header, Some("X-Api-Key")));
    assert_eq!(schemes["clientBearer"]["scheme"], "bearer");
    for (family, read) in [
        ("forwarded", &["X-Forwarded-For"][..]),
        ("nginx", &["X-Real-IP"]),
        (
            "envoy/{path}",
            &[
                "X-Keyward-Scopes",
                "X-Keyward-Mode",
                "X-Keyward-Cost",
                "X-Forwarded-For",
            ],
        ),
    ] {
        let operation = &description["paths"][format!("/internal/v1/authorize/{family}")]["get"];
        let parameters = operation["parameters"].as_array().unwrap();
        let headers = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "header");
        let headers: Vec<&str> = headers
            .map(|header| header["name"].as_str().unwrap())
            .collect();
        assert_eq!(headers, read, "{family}");
        let optional = parameters
            .iter()
            .filter(|parameter| parameter["in"] != "path");
        assert!(
            optional
                .into_iter()
                .all(|parameter| parameter["required"] != true),
            "{family}"
        );
        let security = operation["security"].to_string();
        assert!(!security.contains("internal"), "{family}: {security}");
        assert!(
            security.contains(r#"{"clientHeader":[],"gateway":[]}"#),
            "{security}"
        );
    }
    for asked in ["/internal/v1/api-keys/verify", "/metrics"] {
        let security = description["paths"][asked].to_string();
        assert!(
            security.contains(r#""security":[{},{"internal":[]}]"#),
            "{security}"
        );
    }
}

#[test]
fn every_operation_of_the_administration_needs_a_service_token() {
    let description = description();
    let mut found = 0;
    for (method, path, operation) in operations(&description) {
        if path.starts_with("/internal/v1/admin/") {
            found += 1;
            assert_eq!(operation["security"].to_string(), r#"[{"service":[]}]"#);
            for status in ["400", "401", "403", "500", "503"] {
                let response = &operation["responses"][status];
                assert!(response.is_object(), "{method} {path} {status}");
            }
        }
    }
    assert_eq!(found, 29);
}

#[actix_web::test]
async fn every_described_operation_is_there() {
    let description = description();
    let described = operations(&description);
    assert_eq!(described.len(), 67);
    let world = World {
        github_keys_url: Some("http://127.0.0.1:1/"),
        ..World::default()
    };
    let readiness = std::sync::Arc::new(Always);
    let lookup = keyward_domain::ports::MockKeyLookup::new();
    let internal = init_service(crate::internal_app(&internal_state(
        readiness, lookup, None,
    )))
    .await;
    for (method, path, _operation) in described {
        let filled = path
            .replace("{workspaceId}", "ws_1")
            .replace("{apiKeyId}", "x")
            .replace("{userId}", "u")
            .replace("{code}", "a:b")
            .replace("{name}", "pro");
        let request = TestRequest::with_uri(&filled.replace("{path}", "x"))
            .method(method.to_uppercase().parse().unwrap());
        let answer = if path.starts_with("/web/") || path.starts_with("/public/") {
            world.send(request).await
        } else {
            Answer::of(internal.call(request.to_request()).await).await
        };
        let status = answer.status.as_u16();
        assert!(!matches!(status, 404 | 405), "{method} {path}: {status}");
    }
}

#[test]
fn every_operation_of_an_owner_says_what_all_of_them_need() {
    let description = description();
    for (method, path, operation) in operations(&description) {
        if !path.starts_with("/web/v1/workspaces/") {
            continue;
        }
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let mut headers = parameters.filter(|parameter| parameter["in"] == "header");
        assert!(
            headers.any(|header| header["name"] == "X-Workspace-Id" && header["required"] == true),
            "{method} {path}"
        );
        assert!(operation["responses"]["403"].is_object(), "{method} {path}");
    }
}

struct Always;

#[async_trait::async_trait]
impl crate::Readiness for Always {
    async fn check(&self) -> Result<crate::Ready, crate::NotReady> {
        Ok(crate::Ready::default())
    }
}

#[actix_web::test]
async fn it_is_served_and_so_are_docs_that_need_no_network() {
    let world = World::default();
    let get = |path: &str| TestRequest::get().uri(path);
    let served = world.send(get("/openapi.json")).await;
    assert_eq!(served.text, openapi_json());
    assert_eq!(served.header("content-type"), Some("application/json"));
    assert_eq!(
        world.send(get("/docs")).await.header("location"),
        Some("docs/")
    );
    let page = world.send(get("/docs/")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("https://"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert_eq!(world.send(get("/docs/none.js")).await.status, 404);
}
