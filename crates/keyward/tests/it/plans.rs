//! Plans and the own limits of keys: what operators and services do with them.

use serde_json::{Value, json};

use crate::cli::Cli;
use crate::http::{Request, Response};
use crate::server::{On, TestServer, TestStore, on_both_stores};

fn limit(name: &str, max: u64, window: &str) -> Value {
    json!({ "name": name, "max": max, "window": window, "onUnavailable": "deny" })
}

fn admin(server: &TestServer, token: &str, method: &str, path: &str, body: &str) -> Response {
    let target = format!("/internal/v1/admin/{path}");
    let request = Request::new(server.internal, method, &target)
        .also("Authorization", format!("Bearer {token}"));
    if body.is_empty() {
        return request.send();
    }
    request
        .also("Content-Type", "application/json")
        .body(body)
        .send()
}

/// The events of the deployment after those of the test's own workspace.
fn events(cli: &Cli<'_>) -> Vec<Value> {
    let exported = cli.ok("audit export --deployment --since 2026-01-01T00:00:00Z");
    let events = exported.lines();
    let events = events.map(|line| serde_json::from_str(line).unwrap());
    let is_of_plans = |event: &Value| {
        !event["action"].as_str().unwrap().ends_with("_ADDED") || !event["plan"].is_null()
    };
    events.filter(is_of_plans).collect()
}

on_both_stores! {
    async fn operators_set_show_and_delete_plans(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        assert_eq!(cli.json("plans list -o json"), json!([]));
        let pro = "plans set pro --key-limit tokens:1000000/month --key-limit requests:100/60s --workspace-limit requests:1000/1m,onUnavailable=allow";
        let told = |line: &str| String::from_utf8(cli.run(line).stderr).unwrap();
        assert!(told(pro).contains("added plan pro"));
        assert!(told(pro).contains("nothing to change"));
        cli.ok("plans set free");
        let mut shared = limit("requests", 1_000, "1m");
        shared["onUnavailable"] = json!("allow");
        let shown = json!({
            "name": "pro",
            "keyLimits": [limit("requests", 100, "1m"), limit("tokens", 1_000_000, "month")],
            "workspaceLimits": [shared],
        });
        assert_eq!(cli.json("plans show pro -o json"), shown);
        let free = json!({ "name": "free", "keyLimits": [], "workspaceLimits": [] });
        assert_eq!(cli.json("plans list -o json"), json!([free, shown]));
        let table = cli.ok("plans list");
        assert!(table.starts_with("NAME") && table.contains("requests:100/1m tokens:1000000/month"), "{table}");
        assert!(table.contains("requests:1000/1m,onUnavailable=allow"), "{table}");
        let table = cli.ok("plans show pro");
        assert!(table.starts_with("LIMIT OF") && table.contains("workspace"), "{table}");
        assert!(told("plans set pro --key-limit requests:10/1s").contains("changed the limits"));
        let lowered = json!({ "name": "pro", "keyLimits": [limit("requests", 10, "1s")], "workspaceLimits": [] });
        assert_eq!(cli.json("plans show pro -o json"), lowered);

        cli.fails("plans show gold", 1, "plans set gold");
        cli.fails("plans delete gold", 1, "plans set gold");
        cli.fails("plans set Pro", 2, "beginning with a letter");
        cli.fails("plans set pro --key-limit requests:100", 2, "NAME:MAX/WINDOW, such as requests:100/1m");
        cli.fails("plans set pro --key-limit requests:100/1y", 2, "1s to 31d, or day or month");
        cli.fails("plans set pro --workspace-limit requests:0/1m", 2, "1 to 1000000000");
        cli.fails("plans set pro --key-limit a:1/1s --key-limit a:2/1s", 1, "--key-limit: a is given more than once");
        assert_eq!(cli.json("plans show pro -o json"), lowered, "nothing was done");

        cli.ok("workspaces set-plan ws_1 pro");
        cli.fails("plans delete pro", 1, "workspaces set-plan WORKSPACE --clear");
        cli.ok("plans delete free");
        cli.ok("workspaces set-plan ws_1 --clear");
        cli.ok("plans delete pro");
        assert_eq!(cli.json("plans list -o json"), json!([]));

        let events = events(&cli);
        let actions: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(actions, [
            "PLAN_ADDED", "PLAN_ADDED", "PLAN_CHANGED", "WORKSPACE_CHANGED", "PLAN_REMOVED",
            "WORKSPACE_CHANGED", "PLAN_REMOVED",
        ]);
        let plans: Vec<Option<&str>> = events.iter().map(|event| event["plan"].as_str()).collect();
        assert_eq!(plans, [Some("pro"), Some("free"), Some("pro"), None, Some("free"), None, Some("pro")]);
        let of = |plan: &Value| json!({ "keyLimits": plan["keyLimits"], "workspaceLimits": plan["workspaceLimits"] });
        assert_eq!((&events[0]["before"], &events[0]["after"]), (&Value::Null, &of(&shown)));
        assert_eq!((&events[2]["before"], &events[2]["after"]), (&of(&shown), &of(&lowered)));
        assert_eq!(events[3]["workspaceId"], "ws_1");
        assert_eq!((&events[3]["before"], &events[3]["after"]), (&json!({ "plan": null }), &json!({ "plan": "pro" })));
        assert_eq!((&events[6]["before"], &events[6]["after"]), (&of(&lowered), &Value::Null));
        let csv = cli.ok("audit export --deployment --since 2026-01-01T00:00:00Z -o csv");
        assert!(csv.lines().next().unwrap().ends_with(",hash,actorService,plan,webhookId,resource"), "{csv}");
        assert!(csv.lines().last().unwrap().ends_with(",,pro,,"), "{csv}");
        cli.ok("audit verify");
    }

    async fn a_workspace_has_one_plan_or_none(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let plan = || cli.json("workspaces list -o json")[0]["plan"].clone();
        let told = |line: &str| String::from_utf8(cli.run(line).stderr).unwrap();
        cli.ok("plans set pro");
        cli.ok("plans set free");
        assert_eq!(plan(), Value::Null);
        cli.ok("workspaces set-plan ws_1 pro");
        assert_eq!(plan(), "pro");
        assert!(told("workspaces set-plan ws_1 pro").contains("nothing to change"));
        cli.ok("workspaces set-plan ws_1 free");
        assert_eq!(plan(), "free");
        let table = cli.ok("workspaces list");
        assert!(table.contains("PLAN") && table.contains("free"), "{table}");
        cli.fails("workspaces set-plan ws_1 gold", 1, "plans set gold");
        cli.fails("workspaces set-plan ws_8 pro", 1, "workspaces add ws_8");
        cli.fails("workspaces set-plan ws_1", 2, "--clear");
        cli.fails("workspaces set-plan ws_1 pro --clear", 2, "--clear");
        assert_eq!(plan(), "free");
        cli.ok("workspaces set-plan ws_1 --clear");
        assert_eq!(plan(), Value::Null);
        assert!(told("workspaces set-plan ws_1 --clear").contains("nothing to change"));
        cli.ok("audit verify");
    }

    async fn a_key_has_own_limits_within_the_plan(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        cli.ok("plans set pro --key-limit requests:100/1m");
        cli.ok("workspaces set-plan ws_1 pro");
        let line = "keys create --workspace ws_1 --name Key -o json";
        let created = cli.json(&format!("{line} --limit requests:50/1m --limit jobs:5/day"));
        assert_eq!(created["limits"], json!([limit("jobs", 5, "day"), limit("requests", 50, "1m")]));
        let above = "limits[0]: must not be above the plan: at most 100 in 1m";
        cli.fails(&format!("{line} --limit requests:101/1m"), 1, above);
        cli.fails(&format!("{line} --limit requests:1/1s"), 1, above);
        cli.fails(&format!("{line} --limit a:1/1s --limit a:1/1s"), 1, "limits[1].name: is given more than once");
        cli.fails(&format!("{line} --limit requests"), 2, "requests:100/1m");

        let id = created["apiKeyId"].as_str().unwrap();
        let key = || cli.json(&format!("keys get --workspace ws_1 -o json {id}"));
        assert_eq!(key()["limits"], created["limits"]);
        let shown = cli.ok(&format!("keys get --workspace ws_1 {id}"));
        assert!(shown.contains("limit jobs") && shown.contains("5 in day"), "{shown}");
        let set = |limits: &str| format!("keys set-limits --workspace ws_1 {id} {limits}");
        cli.ok(&set("--limit requests:10/1m,onUnavailable=deny"));
        assert_eq!(key()["limits"], json!([limit("requests", 10, "1m")]));
        cli.fails(&set("--limit requests:10/1m,onUnavailable=allow"), 1, above);
        cli.fails(&set("--limit requests:101/1m"), 1, above);
        cli.fails(&format!("keys set-limits --workspace ws_1 {id}"), 2, "--clear");
        cli.fails(&set("--limit a:1/1s --clear"), 2, "--clear");
        cli.fails(&format!("keys set-limits --workspace ws_8 {id} --clear"), 1, "workspaces add ws_8");
        assert_eq!(key()["limits"], json!([limit("requests", 10, "1m")]), "nothing was done");
        cli.ok(&set("--clear"));
        assert_eq!(key().get("limits"), None);

        let exported = cli.ok("audit export --since 2026-01-01T00:00:00Z");
        let events: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events[0]["after"]["limits"], created["limits"]);
        assert_eq!((&events[1]["action"], &events[1]["before"]["limits"]), (&json!("UPDATED"), &created["limits"]));
        assert_eq!(events[2]["after"]["limits"], json!([]));
        cli.ok("audit verify");
    }

    async fn a_service_manages_plans_and_gives_them_to_workspaces(on: On) {
        let store = TestStore::create(on).await;
        let url = store.database.url().to_owned();
        let cli = Cli { url: &url };
        let token = cli.ok("service-tokens create --name platform --can workspaces:read,workspaces:write");
        let server = TestServer::start(&store.database);
        let send = |method: &str, path: &str, body: &Value| {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            admin(&server, token.trim(), method, path, &body)
        };
        let none = Value::Null;
        let pro = json!({
            "keyLimits": [limit("requests", 100, "1m")],
            "workspaceLimits": [limit("requests", 1_000, "1m")],
        });
        let put = send("PUT", "plans/pro", &pro);
        put.assert("added", 201, "2000");
        // Right after the start, not every node of PostgreSQL is known yet.
        assert!(put.header("x-keyward-propagation").is_some());
        let mut shown = pro.clone();
        shown["name"] = json!("pro");
        assert_eq!(put.json()["data"], shown);
        let again = send("PUT", "plans/pro", &pro);
        again.assert("again", 200, "2000");
        assert_eq!(send("GET", "plans/pro", &none).json()["data"], shown);
        assert_eq!(send("GET", "plans", &none).json()["data"]["items"], json!([shown]));
        send("PUT", "plans/empty", &json!({})).assert("without limits", 201, "2000");

        let unknown = send("PUT", "workspaces/ws_9", &json!({ "plan": "gold" }));
        unknown.assert("unknown plan", 400, "4000");
        assert_eq!(unknown.json()["errors"][0]["field"], "plan");
        send("GET", "workspaces/ws_9", &none).assert("nothing was done", 404, "4042");
        let added = send("PUT", "workspaces/ws_9", &json!({ "plan": "pro" }));
        added.assert("with a plan", 201, "2000");
        assert_eq!(added.json()["data"]["plan"], "pro");
        assert!(added.header("x-keyward-propagation").is_some());
        let unchanged = send("PUT", "workspaces/ws_9", &json!({ "keyLifetime": null }));
        assert_eq!(unchanged.json()["data"]["plan"], "pro");
        send("DELETE", "plans/pro", &none).assert("in use", 409, "4095");
        let planless = send("PUT", "workspaces/ws_9", &json!({ "plan": null }));
        assert_eq!(planless.json()["data"]["plan"], Value::Null);
        assert_eq!(send("DELETE", "plans/pro", &none).status, 204);
        send("DELETE", "plans/pro", &none).assert("gone", 404, "4045");
        send("GET", "plans/pro", &none).assert("gone", 404, "4045");

        let events = events(&cli);
        assert!(events.iter().all(|event| event["actorService"] == "platform"), "{events:?}");
        let actions: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
        assert_eq!(actions, [
            "PLAN_ADDED", "PLAN_ADDED", "WORKSPACE_CHANGED", "WORKSPACE_CHANGED", "PLAN_REMOVED",
        ]);
        cli.ok("audit verify");
    }
}
