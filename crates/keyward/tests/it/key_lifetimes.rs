//! How long keys may be used: the policy of the deployment, of a workspace, and the lists of operators.

use keyward_domain::Timestamp;
use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, keyward, on_both_stores};
use crate::tokens;

const DAY: i64 = 86_400;

fn serve(store: &TestStore, policy: &[(&str, &str)]) -> TestServer {
    let secret = [("KEYWARD_JWT_SECRET", tokens::SECRET)];
    TestServer::start_with(&store.database, &[secret.as_slice(), policy].concat())
}

fn create(server: &TestServer, expiry: &Value) -> Response {
    let mut body = json!({ "name": "Key", "scopes": ["payment:read"] });
    if let Some(expiry) = expiry.get("expiresAt") {
        body["expiresAt"] = expiry.clone();
    }
    server.create().body(body.to_string()).send()
}

fn patch(server: &TestServer, id: &str, body: &Value) -> Response {
    let request = server.owner("PATCH", &format!("/{id}"));
    request.body(body.to_string()).send()
}

fn in_days(days: i64) -> String {
    let at = tokens::now() + days * DAY;
    Timestamp::from_unix_seconds(at).unwrap().to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn days_between(from: &Value, to: &Value) -> i64 {
    let at = |value: &Value| {
        Timestamp::parse_rfc3339(&text(value))
            .unwrap()
            .unix_seconds()
    };
    let seconds = at(to) - at(from);
    assert_eq!(seconds % DAY, 0, "{from} {to}");
    seconds / DAY
}

/// The message about `expiresAt`, which must be the only error.
fn refused(response: &Response) -> String {
    response.assert("expiresAt", 400, "4000");
    let errors = response.json()["errors"].clone();
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
    assert_eq!(errors[0]["field"], "expiresAt");
    text(&errors[0]["message"])
}

fn decision(server: &TestServer, secret: &str) -> String {
    let answer = Request::new(server.internal, "POST", "/internal/v1/api-keys/verify")
        .also("Content-Type", "application/json")
        .body(json!({ "secret": secret }).to_string())
        .send();
    text(&answer.json()["data"]["decision"])
}

fn forwarded(server: &TestServer, secret: &str) -> u16 {
    Request::new(server.internal, "GET", "/internal/v1/authorize/nginx")
        .also("X-Real-IP", "203.0.113.7")
        .also("X-Api-Key", secret)
        .send()
        .status
}

fn admin(server: &TestServer, token: &str, method: &str, body: &str) -> Response {
    let target = "/internal/v1/admin/workspaces/ws_1";
    let request = Request::new(server.internal, method, target)
        .also("Authorization", format!("Bearer {token}"));
    if body.is_empty() {
        return request.send();
    }
    request
        .also("Content-Type", "application/json")
        .body(body)
        .send()
}

/// Makes every secret this many days older.
async fn age(store: &TestStore, days: i64) {
    let sql = if store.database.url().starts_with("sqlite:") {
        format!("UPDATE api_keys SET secret_created_at = secret_created_at - {days} * 86400000000")
    } else {
        format!(
            "UPDATE api_keys SET secret_created_at = secret_created_at - {days} * interval '24 hours'"
        )
    };
    store.database.tamper(&sql).await;
}

const STRICT: [(&str, &str); 2] = [
    ("KEYWARD_KEY_LIFETIME_DEFAULT_DAYS", "30"),
    ("KEYWARD_KEY_LIFETIME_MAX_DAYS", "90"),
];

on_both_stores! {
    async fn a_new_key_has_the_default_lifetime_and_at_most_the_maximum(on: On) {
        let store = TestStore::create(on).await;
        let server = serve(&store, &STRICT);
        let created = create(&server, &json!({}));
        created.assert("absent", 201, "2000");
        let data = &created.json()["data"];
        assert_eq!(days_between(&data["createdAt"], &data["expiresAt"]), 30);
        let near = in_days(89);
        let created = create(&server, &json!({ "expiresAt": near }));
        created.assert("near", 201, "2000");
        assert_eq!(created.json()["data"]["expiresAt"], near.as_str());
        let message = refused(&create(&server, &json!({ "expiresAt": in_days(91) })));
        assert!(message.starts_with("Must not be after 20"), "{message}");
        let message = refused(&create(&server, &json!({ "expiresAt": null })));
        assert!(message.starts_with("An expiry is required, and must not be after 20"), "{message}");

        let lenient = serve(&store, &[("KEYWARD_KEY_NEVER_EXPIRES", "off")]);
        for absent in [json!({}), json!({ "expiresAt": null })] {
            assert_eq!(refused(&create(&lenient, &absent)), "This field is required");
        }
        create(&lenient, &json!({ "expiresAt": in_days(9_999) })).assert("far", 201, "2000");
    }

    async fn an_update_keeps_an_old_expiry_and_gets_no_later_one_than_the_secret_allows(on: On) {
        let store = TestStore::create(on).await;
        let before = serve(&store, &[]);
        let endless = text(&create(&before, &json!({})).json()["data"]["apiKeyId"]);
        let far = in_days(999);
        let ending = text(&create(&before, &json!({ "expiresAt": far })).json()["data"]["apiKeyId"]);
        drop(before);
        age(&store, 60).await;
        let server = serve(&store, &STRICT);
        for (id, expires_at) in [(&endless, Value::Null), (&ending, json!(far))] {
            patch(&server, id, &json!({ "name": "Another" })).assert("a name", 200, "2000");
            let same = json!({ "name": "Same", "expiresAt": expires_at });
            patch(&server, id, &same).assert("the same expiry", 200, "2000");
            let message = refused(&patch(&server, id, &json!({ "expiresAt": in_days(31) })));
            assert!(message.starts_with("Must not be after 20"), "{message}");
        }
        refused(&patch(&server, &ending, &json!({ "expiresAt": null })));
        patch(&server, &ending, &json!({ "expiresAt": in_days(29) })).assert("sooner", 200, "2000");
        server.owner("POST", &format!("/{endless}/rotate")).body("{}").send().assert("rotate", 201, "2000");
        patch(&server, &endless, &json!({ "expiresAt": in_days(89) })).assert("renewed", 200, "2000");
    }

    async fn with_refuse_an_old_key_is_expired_until_its_owner_rotates_it(on: On) {
        let store = TestStore::create(on).await;
        let server = serve(&store, &[STRICT[1], ("KEYWARD_KEY_LIFETIME_EXISTING", "refuse"), ("KEYWARD_KEY_NEVER_EXPIRES", "on")]);
        let created = create(&server, &json!({})).json()["data"].clone();
        let (id, secret) = (text(&created["apiKeyId"]), text(&created["secret"]));
        assert_eq!((decision(&server, &secret).as_str(), forwarded(&server, &secret)), ("VALID", 200));
        age(&store, 90).await;
        let begun = std::time::Instant::now();
        while decision(&server, &secret) != "EXPIRED" {
            assert!(begun.elapsed().as_secs() < 20);
        }
        assert_eq!(forwarded(&server, &secret), 401);
        let shown = server.owner("GET", &format!("/{id}")).send().json()["data"].clone();
        assert_eq!((&shown["status"], &shown["expiresAt"]), (&json!("EXPIRED"), &Value::Null));
        let listed = server.owner("GET", "?status=EXPIRED").send().json();
        assert_eq!(listed["data"]["total"], 1);
        assert_eq!(server.owner("GET", "?status=ACTIVE").send().json()["data"]["total"], 0);
        let enable = server.owner("POST", &format!("/{id}/enable")).send();
        enable.assert("enable", 409, "4090");
        let rotated = server.owner("POST", &format!("/{id}/rotate")).body("{}").send();
        rotated.assert("rotate", 201, "2000");
        let renewed = text(&rotated.json()["data"]["secret"]);
        assert_eq!((decision(&server, &renewed).as_str(), forwarded(&server, &renewed)), ("VALID", 200));
        assert_eq!(decision(&server, &secret), "UNKNOWN");
        let events = server.owner("GET", &format!("/{id}/events")).send().json();
        assert_eq!(events["data"]["items"][0]["after"]["overlap"], Value::Null);
        let url = store.database.url().to_owned();
        Cli { url: &url }.ok("audit verify");
    }

    async fn a_service_gives_a_workspace_its_own_policy_and_takes_it_back(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let token = cli.ok("service-tokens create --name platform --can workspaces:read,workspaces:write");
        let token = token.trim();
        let server = serve(&store, &STRICT);
        let secret = text(&create(&server, &json!({})).json()["data"]["secret"]);
        assert_eq!(decision(&server, &secret), "VALID");
        age(&store, 8).await;
        let policy = json!({ "defaultDays": 7, "maxDays": 7, "neverExpires": false, "existing": "REFUSE" });
        let put = admin(&server, token, "PUT", &json!({ "keyLifetime": policy }).to_string());
        put.assert("put", 200, "2000");
        // Right after the start, not every node of PostgreSQL is known yet.
        assert!(put.header("x-keyward-propagation").is_some());
        assert_eq!(put.json()["data"]["keyLifetime"], policy);
        assert_eq!(decision(&server, &secret), "EXPIRED");
        assert_eq!(admin(&server, token, "GET", "").json()["data"]["keyLifetime"], policy);
        let unchanged = admin(&server, token, "PUT", "{}");
        assert_eq!(unchanged.json()["data"]["keyLifetime"], policy);
        assert_eq!(unchanged.header("x-keyward-propagation"), None);
        let data = create(&server, &json!({})).json()["data"].clone();
        assert_eq!(days_between(&data["createdAt"], &data["expiresAt"]), 7);
        for bad in ["0", "-1", "3651", "1.5", "\"30\""] {
            let body = format!(r#"{{"keyLifetime":{{"maxDays":{bad}}}}}"#);
            let refused = admin(&server, token, "PUT", &body);
            refused.assert(bad, 400, "4000");
            assert_eq!(refused.json()["errors"][0]["field"], "keyLifetime.maxDays");
        }
        let back = admin(&server, token, "PUT", r#"{"keyLifetime":null}"#);
        assert_eq!(back.json()["data"]["keyLifetime"], Value::Null);
        assert_eq!(decision(&server, &secret), "VALID");
        let exported = cli.ok("audit export --since 2020-01-01T00:00:00Z --deployment");
        let changed: Vec<Value> = exported
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|event: &Value| event["action"] == "WORKSPACE_CHANGED")
            .collect();
        let [first, second] = changed.as_slice() else { panic!("{exported}") };
        assert_eq!((&first["actorService"], &first["workspaceId"]), (&json!("platform"), &json!("ws_1")));
        assert_eq!(first["before"], json!({ "keyLifetime": null }));
        assert_eq!(first["after"], json!({ "keyLifetime": policy }));
        assert_eq!(second["after"], json!({ "keyLifetime": null }));
        cli.ok("audit verify");
    }

    async fn operators_set_a_policy_and_list_the_keys_that_it_is_about(on: On) {
        let store = TestStore::create(on).await;
        store.add_workspace("ws_2").await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        cli.ok("keys create --workspace ws_1 --name Old");
        cli.ok("keys create --workspace ws_2 --name Elsewhere");
        age(&store, 10).await;
        cli.ok("keys create --workspace ws_1 --name Young");
        cli.ok(&format!("keys create --workspace ws_1 --name Ends --expires-at {}", in_days(9)));
        let names = |line: &str| {
            let listed = cli.json(&format!("keys {line} -o json"));
            let rows = listed.as_array().unwrap().iter();
            let mut names: Vec<String> = rows.map(|row| text(&row["name"])).collect();
            names.sort();
            names.join(" ")
        };
        assert_eq!(names("never-expiring"), "Elsewhere Old Young");
        assert_eq!(names("never-expiring --workspace ws_2"), "Elsewhere");
        assert_eq!(names("over-lifetime"), "");
        cli.ok("workspaces set-key-lifetime ws_1 --max-days 7");
        assert_eq!(names("over-lifetime"), "Old");
        assert_eq!(names("over-lifetime --within 7d"), "Ends Old Young");
        assert_eq!(names("over-lifetime --workspace ws_2"), "");
        let status = |name: &str| {
            let listed = cli.json(&format!("keys list --workspace ws_1 --search {name} -o json"));
            text(&listed[0]["status"])
        };
        assert_eq!(status("Old"), "ACTIVE");
        cli.ok("workspaces set-key-lifetime ws_1 --max-days 7 --existing refuse");
        assert_eq!((status("Old"), status("Young")), ("EXPIRED".to_owned(), "ACTIVE".to_owned()));
        assert!(cli.ok("keys over-lifetime").contains("WORKSPACE"));
        cli.fails("keys create --workspace ws_1 --name Endless", 1, "expiresAt: is required");
        let listed = cli.json("workspaces list -o json");
        let policy = json!({ "defaultDays": null, "maxDays": 7, "neverExpires": false, "existing": "REFUSE" });
        assert_eq!(listed[0]["keyLifetime"], policy);
        assert_eq!(listed[1]["keyLifetime"], Value::Null);
        assert!(cli.ok("workspaces list").contains("max 7d, expiry required, refuse"));
        cli.ok("workspaces set-key-lifetime ws_1 --clear");
        assert_eq!(status("Old"), "ACTIVE");
        cli.fails("workspaces set-key-lifetime ws_8 --max-days 7", 1, "workspaces add ws_8");
        cli.fails("workspaces set-key-lifetime ws_1 --default-days 8 --max-days 7", 1, "--max-days");
        cli.fails("workspaces set-key-lifetime ws_1 --existing refuse", 1, "--max-days");
        cli.fails("workspaces set-key-lifetime ws_1", 2, "--max-days");
        cli.fails("workspaces set-key-lifetime ws_1 --max-days 0", 2, "1 to 3650");
        cli.fails("workspaces set-key-lifetime ws_1 --max-days 7 --clear", 2, "--clear");
        cli.fails("keys over-lifetime --workspace ws_8", 1, "workspaces add ws_8");
        cli.ok("audit verify");

        let with_policy = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let output = keyward().args(words).env("DATABASE_URL", &url).envs(STRICT).output().unwrap();
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        };
        let created = with_policy("keys create --workspace ws_2 --name Default -o json");
        assert_eq!(days_between(&created["createdAt"], &created["expiresAt"]), 30);
    }
}
