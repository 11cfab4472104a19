//! Contract §3 and §5: the other operations on a key, as the portal sees them.

use serde_json::{Value, json};

use crate::http::Response;
use crate::server::{OWNER, On, TestServer, TestStore, on_both_stores};

/// The members of an object, in the order of the text.
fn members(object: &str) -> Vec<String> {
    let mut depth = 0;
    let mut members = Vec::new();
    let mut rest = object;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let (sign, after) = (&rest[at..=at], &rest[at + 1..]);
        rest = after;
        match sign {
            "{" | "[" => depth += 1,
            "}" | "]" => depth -= 1,
            _ => {
                let end = after.find('"').unwrap();
                let word = &after[..end];
                rest = &after[end + 1..];
                if depth == 1 && rest.starts_with(':') {
                    members.push(word.to_owned());
                }
            }
        }
    }
    members
}

fn data(response: &Response) -> Value {
    response.json()["data"].clone()
}

const KEY_MEMBERS: [&str; 12] = [
    "apiKeyId",
    "name",
    "status",
    "mode",
    "scopes",
    "ipWhitelist",
    "createdAt",
    "secretHint",
    "lastUsedAt",
    "expiresAt",
    "createdBy",
    "secrets",
];

on_both_stores! {
    async fn a_key_is_shown_with_its_hint_and_never_its_secret(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, secret) = server.created();
        let response = server.owner("GET", &format!("/{id}")).send();
        response.assert("get", 200, "2000");
        assert_eq!(response.header("etag"), Some("\"1\""));
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let text = response.text();
        let object = &text[text.find("\"data\":").unwrap() + 7..];
        assert_eq!(members(object)[..12], KEY_MEMBERS);
        let key = data(&response);
        let hint = format!("sk_live_…{}", &secret[secret.len() - 4..]);
        assert_eq!(key["secretHint"], hint);
        assert_eq!(key["createdBy"], OWNER);
        assert_eq!((&key["lastUsedAt"], &key["expiresAt"]), (&Value::Null, &Value::Null));
        let created_at = &key["createdAt"];
        assert_eq!(
            key["secrets"],
            json!([{ "secretHint": hint, "createdAt": created_at, "endsAt": null, "lastUsedAt": null, "lastUsedAddress": null, "useCount": 0 }])
        );
        assert!(!text.contains(&secret));
        let listed = server.owner("GET", "").send();
        assert_eq!(
            data(&listed),
            json!({ "items": [key], "page": 0, "size": 20, "total": 1 })
        );
    }

    async fn keys_are_listed_page_by_page_in_any_order(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        for name in ["beta", "Alpha", "gamma"] {
            server.create().body(json!({ "name": name }).to_string()).send().assert(name, 201, "2000");
        }
        let names = |query: &str| {
            let response = server.owner("GET", query).send();
            response.assert(query, 200, "2000");
            let data = data(&response);
            let items = data["items"].as_array().unwrap().clone();
            let names: Vec<String> =
                items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
            format!("{} of {}", names.join(" "), data["total"])
        };
        assert_eq!(names(""), "gamma Alpha beta of 3");
        assert_eq!(names("?page=&size=&sort=&status=&mode=&q="), "gamma Alpha beta of 3");
        assert_eq!(names("?sort=name"), "Alpha beta gamma of 3");
        assert_eq!(names("?sort=name,desc&size=2"), "gamma beta of 3");
        assert_eq!(names("?sort=name%2Cdesc&size=2&page=1"), "Alpha of 3");
        assert_eq!(names("?q=ALP"), "Alpha of 1");
        assert_eq!(names("?status=DISABLED"), " of 0");
        assert_eq!(names("?status=ACTIVE&mode=LIVE&q=a&sort=createdAt,asc"), "beta Alpha gamma of 3");
        assert_eq!(names("?page=4294967295&size=100"), " of 3");
    }

    async fn a_patch_changes_what_it_names_under_if_match(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let body = r#"{"name":"Key","scopes":["payment:read"],"ipWhitelist":["10.0.0.0/8"],"expiresAt":"2099-01-31T12:00:00Z"}"#;
        let created = server.create().body(body).send();
        let id = data(&created)["apiKeyId"].as_str().unwrap().to_owned();
        let patch = |body: &str| server.owner("PATCH", &format!("/{id}")).body(body);

        let renamed = patch(r#"{"name":"  New "}"#).header("If-Match", "\"1\"").send();
        renamed.assert("rename", 200, "2000");
        assert_eq!(renamed.header("etag"), Some("\"2\""));
        assert_eq!(data(&renamed)["name"], "New");
        assert_eq!(data(&renamed)["scopes"], json!(["payment:read"]));

        let late = patch(r#"{"name":"Late"}"#).header("If-Match", "\"1\"").send();
        late.assert("late", 412, "4120");
        assert_eq!(late.json()["message"], "The API key was changed by someone else");
        let cleared = patch(r#"{"scopes":null,"ipWhitelist":null,"expiresAt":null}"#).send();
        cleared.assert("clear", 200, "2000");
        let key = data(&cleared);
        assert_eq!((&key["scopes"], &key["ipWhitelist"], &key["expiresAt"]), (&json!([]), &json!([]), &Value::Null));
        let same = patch(r#"{"name":"New"}"#).header("If-Match", "*").send();
        same.assert("same", 200, "2000");
        assert_eq!(same.header("etag"), Some("\"3\""), "nothing was changed");
        assert_eq!(server.owner("GET", &format!("/{id}")).send().header("etag"), Some("\"3\""));
    }

    async fn disable_and_enable_can_be_repeated(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, _secret) = server.created();
        for (action, status) in
            [("disable", "DISABLED"), ("disable", "DISABLED"), ("enable", "ACTIVE"), ("enable", "ACTIVE")]
        {
            let response = server.owner("POST", &format!("/{id}/{action}")).send();
            response.assert(action, 200, "2000");
            assert!(response.text().ends_with(r#""message":"SUCCESS","data":null}"#), "{}", response.text());
            assert_eq!(data(&server.owner("GET", &format!("/{id}")).send())["status"], status);
        }
        let id = keyward_domain::ApiKeyId::parse(&id).unwrap();
        assert_eq!(store.trail(id).await.len(), 3, "repeats record nothing");
    }

    async fn a_deleted_key_is_404_but_for_its_trail(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        for by_body in [true, false] {
            let (id, _secret) = server.created();
            let delete = || if by_body {
                server.owner("POST", "/delete").body(json!({ "keyId": id }).to_string()).send()
            } else {
                server.owner("DELETE", &format!("/{id}")).send()
            };
            let deleted = delete();
            assert_eq!((deleted.status, deleted.body.len()), (204, 0));
            assert!(deleted.header("x-request-id").is_some());
            delete().assert("again", 404, "4040");
            server.owner("GET", &format!("/{id}")).send().assert("get", 404, "4040");
            server.owner("POST", &format!("/{id}/enable")).send().assert("enable", 404, "4040");
            let events = data(&server.owner("GET", &format!("/{id}/events")).send());
            assert_eq!(events["total"], 2);
            assert_eq!(events["items"][0]["action"], "DELETED");
            assert_eq!(events["items"][0]["after"]["status"], "DELETED");
        }
        assert_eq!(data(&server.owner("GET", "").send())["total"], 0);
    }

    async fn a_rotation_shows_a_new_secret_once_and_both_hints_after(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, first) = server.created();
        let rotate = |body: &str| server.owner("POST", &format!("/{id}/rotate")).body(body).send();
        let hint = |secret: &str| format!("sk_live_…{}", &secret[secret.len() - 4..]);
        let hints = || {
            let key = data(&server.owner("GET", &format!("/{id}")).send());
            let secrets = key["secrets"].as_array().unwrap().clone();
            secrets.iter().map(|secret| secret["secretHint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let rotated = rotate(r#"{"overlapSeconds":3600}"#);
        rotated.assert("rotate", 201, "2000");
        assert_eq!(rotated.header("cache-control"), Some("no-store"));
        let text = rotated.text();
        assert_eq!(
            members(&text[text.find("\"data\":").unwrap() + 7..])[..3],
            ["apiKeyId", "secret", "overlapEndsAt"]
        );
        let second = data(&rotated)["secret"].as_str().unwrap().to_owned();
        assert_eq!(data(&rotated)["apiKeyId"], id.as_str());
        assert!(data(&rotated).get("endedSecretHint").is_none());
        assert_eq!(hints(), [hint(&second), hint(&first)]);

        let again = rotate("{}");
        let third = data(&again)["secret"].as_str().unwrap().to_owned();
        assert_eq!(data(&again)["endedSecretHint"], hint(&first));
        assert_eq!(hints(), [hint(&third), hint(&second)]);
        for _ in 0..2 {
            server.owner("POST", &format!("/{id}/rotate/finish")).send().assert("finish", 200, "2000");
            assert_eq!(hints(), [hint(&third)]);
        }
        let at_once = rotate(r#"{"overlapSeconds":0}"#);
        let fourth = data(&at_once)["secret"].as_str().unwrap().to_owned();
        assert_eq!(hints(), [hint(&fourth)]);
        // Without a body, the default of one day applies.
        let defaults = server.owner("POST", &format!("/{id}/rotate")).without("Content-Type").send();
        defaults.assert("defaults", 201, "2000");
        assert_eq!(hints().len(), 2);
    }

    async fn code_4090_a_key_past_its_end_is_neither_enabled_nor_rotated(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, _secret) = server.created();
        store.database.tamper("UPDATE api_keys SET expires_at = created_at").await;
        let key = || data(&server.owner("GET", &format!("/{id}")).send());
        assert_eq!(key()["status"], "EXPIRED");
        for action in ["enable", "rotate"] {
            let refused = server.owner("POST", &format!("/{id}/{action}")).body("{}").send();
            refused.assert(action, 409, "4090");
            assert_eq!(
                refused.json()["message"],
                "The API key is in a state that does not allow this"
            );
        }
        let extended = server.owner("PATCH", &format!("/{id}")).body(r#"{"expiresAt":"2099-01-31T12:00:00Z"}"#);
        assert_eq!(data(&extended.send())["status"], "ACTIVE");
        server.owner("POST", &format!("/{id}/rotate")).body("{}").send().assert("rotate", 201, "2000");
    }

    async fn the_trail_tells_who_what_when_and_from_where(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let (id, _secret) = server.created();
        let patch = server.owner("PATCH", &format!("/{id}")).body(r#"{"name":"New"}"#);
        patch.also("X-Request-Id", "request-7").send().assert("patch", 200, "2000");
        let events = server.owner("GET", &format!("/{id}/events?size=1")).send();
        events.assert("events", 200, "2000");
        let data = data(&events);
        assert_eq!((&data["page"], &data["size"], &data["total"]), (&json!(0), &json!(1), &json!(2)));
        let event = &data["items"][0];
        assert_eq!(event["action"], "UPDATED");
        assert_eq!(event["actor"], json!({ "kind": "USER", "userId": OWNER, "portal": "PARTNER" }));
        assert_eq!(event["address"], "127.0.0.1");
        assert_eq!(event["requestId"], "request-7");
        assert_eq!(event["position"], 2);
        // Only the changed fields; the whole key once, at its creation.
        assert_eq!((&event["before"], &event["after"]), (&json!({ "name": "Production Key" }), &json!({ "name": "New" })));
        let events = server.owner("GET", &format!("/{id}/events?page=1&size=1")).send();
        let created = &self::data(&events)["items"][0];
        assert_eq!((&created["before"], created["after"].as_object().unwrap().len()), (&json!(null), 7));
        let nobody = "sk_live_0352LgEZNa95dBFUcIVbVc";
        server.owner("GET", &format!("/{nobody}/events")).send().assert("unknown", 404, "4040");
    }

    async fn the_scope_catalogue_speaks_the_callers_language(on: On) {
        let store = TestStore::create(on).await;
        let server = TestServer::start(&store.database);
        let token = crate::tokens::of("user_stranger", "CONSUMER");
        let scopes = |language: &str| {
            let request = server.create_as(&token, "ws_1").method("GET").target("/web/v1/api-scopes").body("");
            let request = request.without("X-Workspace-Id").header("Accept-Language", language);
            let response = request.send();
            response.assert(language, 200, "2000");
            assert_eq!(response.header("content-language"), Some(language));
            let items = data(&response)["items"].as_array().unwrap().clone();
            items.into_iter().find(|item| item["code"] == "payment:read").unwrap()
        };
        let english = scopes("en");
        assert_eq!(
            english,
            json!({ "code": "payment:read", "resource": "payment", "description": "View payments and their status", "resourceName": "Payments" })
        );
        let mut descriptions = vec![english["description"].clone()];
        for language in ["zh", "zh-Hant", "ja", "vi"] {
            let description = scopes(language)["description"].clone();
            assert!(!descriptions.contains(&description), "{language}");
            descriptions.push(description);
        }
        let names = ["zh", "zh-Hant", "ja", "vi"].map(|language| scopes(language)["resourceName"].clone());
        assert_eq!(names, ["支付", "付款", "決済", "Thanh toán"]);
    }
}

on_both_stores! {
    async fn a_workspace_is_changed_so_often_a_minute_and_its_keys_can_always_be_stopped(on: On) {
        let store = TestStore::create(on).await;
        let variables = [
            ("KEYWARD_JWT_SECRET", crate::tokens::SECRET),
            ("KEYWARD_CHANGES_PER_MINUTE_MAX", "3"),
        ];
        let server = TestServer::start_with(&store.database, &variables);
        let (id, _secret) = server.created();
        for _ in 0..2 {
            server.created();
        }
        let refused = server.create().send();
        refused.assert("the fourth", 429, "4290");
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        let rotation = server.owner("POST", &format!("/{id}/rotate")).body("{}");
        rotation.send().assert("rotate", 429, "4290");
        server.owner("POST", &format!("/{id}/disable")).send().assert("disable", 200, "2000");
        server.owner("POST", &format!("/{id}/enable")).send().assert("enable", 429, "4290");
        assert_eq!(server.owner("DELETE", &format!("/{id}")).send().status, 204);
    }
}
