//! Which scopes of keys are used, as owners and operators see it.

use keyward_domain::{Question, Scope, Timestamp};
use keyward_guard::{LocalVerifier, LocalVerifierConfig, Verdict, Verifier as _};
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::Request;
use crate::nodes::until;
use crate::server::{On, TestServer, TestStore, on_both_stores};
use crate::tokens;

const READ: &str = "payment:read";
const WRITE: &str = "payment:write";

fn server(store: &TestStore) -> TestServer {
    let variables = [
        ("KEYWARD_JWT_SECRET", tokens::SECRET),
        ("KEYWARD_LAST_USE_SECONDS", "1"),
    ];
    TestServer::start_with(&store.database, &variables)
}

fn created(server: &TestServer, scopes: &[&str]) -> (String, String) {
    let body = json!({ "name": "Key", "scopes": scopes });
    let response = server.create().body(body.to_string()).send();
    response.assert("create", 201, "2000");
    let data = &response.json()["data"];
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("apiKeyId"), text("secret"))
}

fn decision(server: &TestServer, path: &str, question: &Value) -> Value {
    let path = format!("/internal/v1/api-keys/verify{path}");
    let response = Request::new(server.internal, "POST", &path)
        .also("Content-Type", "application/json")
        .body(question.to_string())
        .send();
    response.assert(&question.to_string(), 200, "2000");
    response.json()["data"]["decision"].clone()
}

/// The scopes of a key, and on which days they were used.
fn told(server: &TestServer, id: &str) -> Value {
    let usage = server.owner("GET", &format!("/{id}/usage")).send();
    usage.assert("usage", 200, "2000");
    usage.json()["data"]["scopes"].clone()
}

/// The keys that a list has, sorted.
fn found(server: &TestServer, query: &str) -> Vec<String> {
    let listed = server.owner("GET", query).send().json();
    let items = listed["data"]["items"].as_array().unwrap().clone();
    let ids = items
        .iter()
        .map(|item| item["apiKeyId"].as_str().unwrap().to_owned());
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

fn today() -> String {
    Timestamp::from_unix_seconds(tokens::now()).unwrap().date()
}

/// Whether the scope was used today, or before midnight.
fn is_used(told: &Value, at: usize, begun_on: &str) -> bool {
    let on = &told[at]["lastUsedOn"];
    on == begun_on || *on == today()
}

on_both_stores! {
    async fn an_owner_finds_scopes_that_were_never_used(on: On) {
        let begun_on = today();
        let store = TestStore::create(on).await;
        let server = server(&store);
        let cli = Cli { url: store.database.url() };
        let (id, secret) = created(&server, &[WRITE, READ]);
        let (none, secret_of_none) = created(&server, &[]);
        let both = {
            let mut both = vec![id.clone(), none.clone()];
            both.sort();
            both
        };
        assert_eq!(
            told(&server, &id),
            json!([{ "scope": WRITE, "lastUsedOn": null }, { "scope": READ, "lastUsedOn": null }])
        );
        assert_eq!(told(&server, &none), json!([]));
        assert_eq!(found(&server, "?hasUnusedScopes=true"), std::slice::from_ref(&id));
        assert_eq!(found(&server, "?hasUnusedScopes=false"), std::slice::from_ref(&none));

        // A denied call, a question with `explain` and a call that requires no scope use none.
        let asking = |scopes: &[&str]| json!({ "secret": secret, "scopes": scopes });
        let denied = asking(&[WRITE, "payment:cancel"]);
        assert_eq!(decision(&server, "", &denied), "INSUFFICIENT_SCOPE");
        assert_eq!(decision(&server, "?explain=true", &asking(&[WRITE])), "VALID");
        assert_eq!(decision(&server, "", &asking(&[])), "VALID");
        assert_eq!(decision(&server, "", &json!({ "secret": secret_of_none })), "NO_SCOPES");
        for _ in 0..3 {
            assert_eq!(decision(&server, "", &asking(&[READ])), "VALID");
        }
        until(|| is_used(&told(&server, &id), 1, &begun_on), "one scope is used");
        assert_eq!(told(&server, &id)[0], json!({ "scope": WRITE, "lastUsedOn": null }));
        assert_eq!(found(&server, "?hasUnusedScopes=true"), std::slice::from_ref(&id));
        let listed = cli.ok("keys list --workspace ws_1 --has-unused-scopes");
        assert!(listed.contains(&id) && !listed.contains(&none), "{listed}");
        let shown = cli.run(&format!("keys usage --workspace ws_1 {id}"));
        let shown = String::from_utf8(shown.stderr).unwrap();
        assert!(shown.contains("payment:write: never used\n"), "{shown}");
        assert!(shown.contains("payment:read: last used on 20"), "{shown}");

        assert_eq!(decision(&server, "", &asking(&[READ, WRITE])), "VALID");
        until(|| is_used(&told(&server, &id), 0, &begun_on), "both are used");
        assert_eq!(found(&server, "?hasUnusedScopes=true"), Vec::<String>::new());
        assert_eq!(found(&server, "?hasUnusedScopes=false"), both);
        let listed = cli.ok("keys list --workspace ws_1 --has-unused-scopes");
        assert!(!listed.contains(&id), "{listed}");
    }

    async fn a_guard_that_decides_by_itself_reports_used_scopes(on: On) {
        let begun_on = today();
        let store = TestStore::create(on).await;
        let server = server(&store);
        let config = LocalVerifierConfig::at(&format!("http://{}", server.internal));
        let guard = LocalVerifier::start(config).unwrap();
        let (id, secret) = created(&server, &[READ, WRITE]);
        let question = Question {
            scopes: vec![Scope::parse(WRITE).unwrap()],
            ..Question::default()
        };
        let verdict = guard.verify(&secret, &question).await.unwrap();
        assert!(matches!(verdict, Verdict::Allowed(_)), "{verdict:?}");
        guard.close().await;
        until(|| is_used(&told(&server, &id), 1, &begun_on), "reported");
        assert_eq!(told(&server, &id)[0], json!({ "scope": READ, "lastUsedOn": null }));
        assert_eq!(found(&server, "?hasUnusedScopes=true"), [id]);
    }
}
