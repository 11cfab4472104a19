//! Contract §9: services administer workspaces, members, scopes and keys, each with its own token.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

const ALL: &str = "keys:verify,keys:read,keys:create,keys:disable,keys:delete,workspaces:read,workspaces:write,\
     members:write,scopes:read,scopes:write,events:read,leaks:report,metrics:read";

/// The secret of a new service token.
fn service_token(cli: &Cli<'_>, name: &str, can: &str) -> String {
    let printed = cli.ok(&format!("service-tokens create --name {name} --can {can}"));
    let secret = printed.trim_end();
    assert_eq!(printed, format!("{secret}\n"), "the secret alone");
    assert!(
        secret.starts_with("kwst_") && secret.len() == 54,
        "{secret}"
    );
    secret.to_owned()
}

fn send(server: &TestServer, token: &str, method: &str, path: &str, body: &str) -> Response {
    let target = format!("/internal/v1/admin/{path}");
    let request = Request::new(server.internal, method, &target)
        .also("Authorization", format!("Bearer {token}"));
    if body.is_empty() {
        request.send()
    } else {
        request
            .also("Content-Type", "application/json")
            .also("Content-Length", body.len().to_string())
            .body(body)
            .send()
    }
}

fn code(response: &Response) -> String {
    response.json()["code"].as_str().unwrap().to_owned()
}

fn verify(server: &TestServer, token: Option<&str>, secret: &str) -> Response {
    let mut request = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(json!({ "secret": secret }).to_string());
    if let Some(token) = token {
        request = request.also("Authorization", format!("Bearer {token}"));
    }
    request.send()
}

fn authorize(server: &TestServer, token: &str, secret: &str) -> u16 {
    Request::new(server.internal, "GET", "/internal/v1/authorize/nginx")
        .also("X-Real-IP", "203.0.113.7")
        .also("X-Keyward-Internal-Token", token)
        .also("X-Api-Key", secret)
        .send()
        .status
}

fn metrics(server: &TestServer, token: &str) -> Response {
    Request::new(server.internal, "GET", "/metrics")
        .also("Authorization", format!("Bearer {token}"))
        .send()
}

/// A key of a user in a portal session: its id and its secret.
fn created(server: &TestServer, user: &str, workspace: &str) -> (String, String) {
    let body = json!({ "name": "Key", "scopes": ["payment:read"] }).to_string();
    let response = server
        .create_as(&tokens::of(user, "TENANT"), workspace)
        .body(body)
        .send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

on_both_stores! {
    async fn a_service_provisions_a_workspace_and_stops_a_key_under_its_name(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let server = TestServer::start(&store.database);
        let portal = service_token(&cli, "portal", "workspaces:write,members:write,workspaces:read");
        let ops = service_token(&cli, "ops", "keys:read,keys:disable,keys:delete");

        let put = || send(&server, &portal, "PUT", "workspaces/ws_9", "");
        assert_eq!(put().status, 201);
        assert_eq!(put().status, 200);
        let member = |role: &str| {
            let body = json!({ "role": role }).to_string();
            send(&server, &portal, "PUT", "workspaces/ws_9/members/ann", &body)
        };
        assert_eq!(member("VIEWER").status, 201);
        let refused = server.create_as(&tokens::of("ann", "TENANT"), "ws_9").send();
        refused.assert("a viewer", 403, "4030");
        assert_eq!(member("OWNER").status, 200);
        let (id, secret) = created(&server, "ann", "ws_9");

        let listed = send(&server, &ops, "GET", "workspaces/ws_9/api-keys?status=ACTIVE", "");
        listed.assert("list", 200, "2000");
        assert_eq!(listed.json()["data"]["items"][0]["apiKeyId"], id.as_str());
        let disabled = send(&server, &ops, "POST", &format!("workspaces/ws_9/api-keys/{id}/disable"), "");
        disabled.assert("disable", 200, "2000");
        let answer = verify(&server, None, &secret);
        assert_eq!(answer.json()["data"]["decision"], "DISABLED");

        let target = format!("/web/v1/workspaces/ws_9/api-keys/{id}/events");
        let events = server.create_as(&tokens::of("ann", "TENANT"), "ws_9").method("GET").target(&target).body("").send();
        let actor = &events.json()["data"]["items"][0]["actor"];
        assert_eq!(*actor, json!({ "kind": "SERVICE", "name": "ops" }));
        let since = "--since 2020-01-01T00:00:00Z";
        let exported = cli.ok(&format!("audit export {since} --workspace ws_9"));
        assert!(exported.contains(r#""actorKind":"SERVICE""#) && exported.contains(r#""actorService":"ops""#), "{exported}");
        let csv = cli.ok(&format!("audit export {since} --workspace ws_9 -o csv"));
        assert!(csv.lines().next().unwrap().ends_with(",hash,actorService,foundAt"), "{csv}");
        assert!(csv.lines().last().unwrap().ends_with(",ops,"), "{csv}");
        let deployment = cli.ok(&format!("audit export {since} --deployment"));
        assert_eq!(deployment.matches(r#""actorService":"portal""#).count(), 3, "{deployment}");
        cli.ok("audit verify");

        let deleted = send(&server, &ops, "DELETE", &format!("workspaces/ws_9/api-keys/{id}"), "");
        assert_eq!(deleted.status, 204);
        assert_eq!(code(&send(&server, &ops, "GET", &format!("workspaces/ws_9/api-keys/{id}"), "")), "4040");
        assert_eq!(code(&send(&server, &portal, "DELETE", "workspaces/ws_9", "")), "4093");
        assert_eq!(send(&server, &portal, "DELETE", "workspaces/ws_9/members/ann", "").status, 204);
        assert_eq!(code(&send(&server, &portal, "GET", "workspaces/ws_9/members/ann", "")), "4043");
        cli.ok("audit verify");
    }

    async fn a_token_that_is_unknown_revoked_or_without_permission_is_refused_and_counted(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let internal = "an-internal-token-of-32-characters";
        let server = TestServer::start_with(
            &store.database,
            &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_INTERNAL_TOKEN", internal), ("KEYWARD_LOG", "trace")],
        );
        let (_, secret) = server.created();
        let verifier = service_token(&cli, "verifier", "keys:verify");
        let reader = service_token(&cli, "reader", "workspaces:read,metrics:read");
        let unknown = keyward_domain::ServiceSecret::from_entropy(&zeroize::Zeroizing::new([7; 32]));
        let unknown = unknown.expose();

        for token in [internal, &verifier] {
            verify(&server, Some(token), &secret).assert("verify", 200, "2000");
            assert_eq!(authorize(&server, token, &secret), 403, "a key without scopes");
        }
        verify(&server, Some(&reader), &secret).assert("without the permission", 403, "4032");
        assert_eq!(authorize(&server, &reader, &secret), 503, "its client's key was not checked");
        verify(&server, Some(unknown), &secret).assert("unknown", 401, "4010");
        assert_eq!(authorize(&server, unknown, &secret), 503);
        verify(&server, None, &secret).assert("none", 401, "4010");
        let workspaces = |token: &str| code(&send(&server, token, "GET", "workspaces", ""));
        assert_eq!(workspaces(&reader), "2000");
        assert_eq!(workspaces(&verifier), "4032");
        assert_eq!(workspaces(internal), "4032", "an internal token has no part in the administration");
        assert_eq!(workspaces(unknown), "4010");
        assert_eq!(workspaces(&secret), "4010");

        // In the place of a workspace, of a session and of a key.
        server.create_as(&tokens::of(crate::server::OWNER, "PARTNER"), &reader).send().assert("workspace", 403, "4030");
        server.create_as(&reader, "ws_1").send().assert("session", 401, "4010");
        let asked = verify(&server, Some(internal), &reader);
        assert_eq!(asked.json()["data"]["decision"], "MALFORMED");

        cli.ok("service-tokens revoke verifier");
        // Every node refuses it within a second, on a machine that is not busy.
        let begun = std::time::Instant::now();
        while verify(&server, Some(&verifier), &secret).status != 401 {
            assert!(begun.elapsed() < std::time::Duration::from_secs(10), "it goes on working");
        }
        verify(&server, Some(internal), &secret).assert("the others go on working", 200, "2000");

        assert_eq!(metrics(&server, &verifier).status, 401);
        let shown = metrics(&server, &reader);
        assert_eq!(shown.status, 200);
        let shown = shown.text();
        for line in [
            "keyward_internal_requests_total{caller=\"reader\"} 2\n",
            "keyward_internal_refusals_total{asked_as=\"caller\",reason=\"forbidden\"} 3\n",
            "keyward_internal_refusals_total{asked_as=\"gateway\",reason=\"forbidden\"} 1\n",
        ] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        let logs = server.logs();
        assert!(logs.contains("internal_token.refused"));
        let stored = store.database.dump();
        for token in [&verifier, &reader, unknown, internal] {
            assert!(!shown.contains(token) && !logs.contains(token), "in metrics or logs");
            let is_stored = stored.windows(token.len()).any(|part| part == token.as_bytes());
            assert!(!is_stored, "in the store");
        }
    }

    async fn service_tokens_are_created_listed_and_revoked(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let server = TestServer::start(&store.database);
        let token = service_token(&cli, "ops", "workspaces:read,keys:verify,keys:verify");
        cli.fails("service-tokens create --name ops --can keys:read", 1, "choose another name");
        cli.fails("service-tokens create --name a:b --can keys:read", 2, "1 to 31 ASCII letters");
        cli.fails("service-tokens create --name b --can keys:all", 2, "must be keys:verify");
        cli.fails("service-tokens create --name b", 2, "--can");
        cli.fails("service-tokens revoke nobody", 1, "service-tokens list");
        let row = || cli.json("service-tokens list -o json")[0].clone();
        assert_eq!(row()["name"], "ops");
        assert_eq!(row()["permissions"], json!(["keys:verify", "workspaces:read"]));
        assert_eq!((&row()["status"], &row()["lastUsedAt"]), (&json!("VALID"), &Value::Null));
        send(&server, &token, "GET", "workspaces", "").assert("list", 200, "2000");
        let begun = std::time::Instant::now();
        while row()["lastUsedAt"].is_null() {
            assert!(begun.elapsed() < std::time::Duration::from_secs(10), "no use is noted");
        }
        let table = cli.ok("service-tokens list");
        assert!(table.contains("LAST USED AT") && !table.contains(&token), "{table}");
        cli.ok("service-tokens revoke ops");
        cli.ok("service-tokens revoke ops");
        assert_eq!(row()["status"], "REVOKED");
        assert!(row()["revokedAt"].is_string());
        cli.fails("service-tokens create --name ops --can keys:read", 1, "choose another name");
    }

    async fn batches_and_scopes_are_provisioned_and_repeating_has_no_effect(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let server = TestServer::start(&store.database);
        let token = service_token(&cli, "portal", ALL);
        let ids: Vec<Value> = (0..200).map(|at| json!({ "id": format!("tenant-{at:04}") })).collect();
        let body = json!({ "workspaces": ids }).to_string();
        let outcomes = |path: &str, body: &str| {
            let answer = send(&server, &token, "POST", path, body);
            answer.assert(path, 200, "2000");
            let results = answer.json()["data"]["results"].as_array().unwrap().clone();
            results.iter().map(|result| {
                let outcome = result["outcome"].as_str();
                outcome.or(result["code"].as_str()).unwrap().to_owned()
            }).collect::<Vec<_>>()
        };
        assert_eq!(outcomes("workspaces:batch", &body), vec!["ADDED"; 200]);
        assert_eq!(outcomes("workspaces:batch", &body), vec!["UNCHANGED"; 200]);
        let member = |workspace: &str, role: &str| json!({ "workspaceId": workspace, "userId": "ann", "role": role });
        let first = json!({ "members": [member("tenant-0001", "OWNER"), member("nobody", "OWNER"), member("tenant-0001", "VIEWER")] });
        assert_eq!(outcomes("members:batch", &first.to_string()), ["ADDED", "4042", "CHANGED"]);
        let second = json!({ "members": [member("tenant-0001", "VIEWER"), member("tenant-0002", "OWNER")] });
        assert_eq!(outcomes("members:batch", &second.to_string()), ["UNCHANGED", "ADDED"]);
        let page = send(&server, &token, "GET", "workspaces?after=tenant-0197&size=100", "").json();
        let ids: Vec<&str> = page["data"]["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["tenant-0198", "tenant-0199", "ws_1"]);

        let scope = json!({ "descriptions": { "en": "View invoices", "zh": "查看发票", "zh-Hant": "檢視發票", "ja": "請求書の閲覧", "vi": "Xem hóa đơn" } });
        let put = |scope: &Value| send(&server, &token, "PUT", "scopes/invoice:read", &scope.to_string()).status;
        assert_eq!(put(&scope), 201);
        assert_eq!(put(&scope), 200);
        let shown = send(&server, &token, "GET", "scopes/invoice:read", "").json();
        assert_eq!(shown["data"]["descriptions"], scope["descriptions"]);
        assert_eq!(shown["data"]["resourceNames"], json!({}));
        let names = json!({ "names": { "en": "Invoices", "ja": "請求書" } });
        for _ in 0..2 {
            let answer = send(&server, &token, "PUT", "resources/invoice", &names.to_string());
            answer.assert("names", 200, "2000");
            assert_eq!(answer.json()["data"], json!({ "code": "invoice", "names": names["names"] }));
        }
        let shown = send(&server, &token, "GET", "scopes/invoice:read", "").json();
        assert_eq!(shown["data"]["resourceNames"], names["names"]);
        assert_eq!(send(&server, &token, "DELETE", "scopes/invoice:read", "").status, 204);
        assert_eq!(code(&send(&server, &token, "DELETE", "scopes/invoice:read", "")), "4044");
        cli.ok("audit verify");
    }

    async fn all_keys_of_a_user_are_disabled_at_once(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        store.add_member("ws_1", "mallory", keyward_domain::Role::Owner).await;
        store.add_member("ws_2", "mallory", keyward_domain::Role::Owner).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let server = TestServer::start(&store.database);
        let ops = service_token(&cli, "ops", "keys:disable");
        let bad: Vec<(String, String)> = ["ws_1", "ws_2"].map(|id| created(&server, "mallory", id)).into();
        let (_, good) = server.created();
        let disable = |dry: bool| {
            let body = json!({ "createdBy": "mallory", "dryRun": dry }).to_string();
            let answer = send(&server, &ops, "POST", "api-keys:disable", &body);
            answer.assert("disable", 200, "2000");
            assert_eq!(answer.json()["data"]["hasMore"], false);
            answer.json()["data"]["items"].as_array().unwrap().len()
        };
        let decided = |secret: &str| verify(&server, None, secret).json()["data"]["decision"].clone();
        assert_eq!(disable(true), 2);
        assert_eq!(decided(&bad[0].1), "VALID");
        assert_eq!(disable(false), 2);
        assert_eq!(disable(false), 0, "repeating has no effect");
        for (_, secret) in &bad {
            assert_eq!(decided(secret), "DISABLED");
        }
        assert_eq!(decided(&good), "NO_SCOPES");
        cli.ok("audit verify");
    }
}
