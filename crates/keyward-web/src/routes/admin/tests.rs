mod limits;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use keyward_domain::ports::{
    CatalogueChange, CatalogueEntry, Durability, FieldRules, Inserted, MemberChange, MemberPut,
    MockApiKeys, MockKeyLookup, MockMemberships, MockPlans, MockPropagation, MockScopeCatalogue,
    MockSelectedKeys, MockServiceTokens, MockWorkspaceDirectory, PlanAssignment, PlanPut,
    PlanRemoval, Reach, RepositoryError, Saved, SettingChange, WorkspaceRemoval,
};
use keyward_domain::testing::{limit, resource, resource_names};
use keyward_domain::usecases::ManageApiKeys;
use keyward_domain::{
    Actor, CallerName, GracePeriod, Language, LeakPolicy, Limits, Member, Mode, Permission, Plan,
    PlanLimits, PlanName, Role, Scope, ServiceSecret, ServiceToken, UserId, Workspace, WorkspaceId,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::testing::{Answer, World, event_feed, internal_state_with, key, key_id, now, page_of};
use crate::{AdminState, NotReady, Readiness, Ready, internal_app};

struct Always;

#[async_trait]
impl Readiness for Always {
    async fn check(&self) -> Result<Ready, NotReady> {
        Ok(Ready::default())
    }
}

/// The limits of [`plan`].
const PRO: &str = r#"{"keyLimits":[{"name":"requests","max":100,"window":"60s"}],"workspaceLimits":[{"name":"tokens","max":5,"window":"month"}]}"#;

/// Every operation: method, path, the permission that it needs, a valid body, and its status.
const OPERATIONS: [(&str, &str, Permission, &str, u16); 29] = [
    ("GET", "events", Permission::EventsRead, "", 200),
    (
        "POST",
        "leaks",
        Permission::LeaksReport,
        r#"{"leaks":[{"secret":"x"}]}"#,
        200,
    ),
    ("GET", "workspaces", Permission::WorkspacesRead, "", 200),
    (
        "GET",
        "workspaces/ws_1",
        Permission::WorkspacesRead,
        "",
        200,
    ),
    (
        "PUT",
        "workspaces/ws_1",
        Permission::WorkspacesWrite,
        "{}",
        201,
    ),
    (
        "DELETE",
        "workspaces/ws_1",
        Permission::WorkspacesWrite,
        "",
        204,
    ),
    (
        "POST",
        "workspaces:batch",
        Permission::WorkspacesWrite,
        r#"{"workspaces":[{"id":"ws_1"}]}"#,
        200,
    ),
    (
        "GET",
        "workspaces/ws_1/members",
        Permission::WorkspacesRead,
        "",
        200,
    ),
    (
        "GET",
        "workspaces/ws_1/members/u",
        Permission::WorkspacesRead,
        "",
        200,
    ),
    (
        "PUT",
        "workspaces/ws_1/members/u",
        Permission::MembersWrite,
        r#"{"role":"OWNER"}"#,
        201,
    ),
    (
        "DELETE",
        "workspaces/ws_1/members/u",
        Permission::MembersWrite,
        "",
        204,
    ),
    (
        "POST",
        "members:batch",
        Permission::MembersWrite,
        r#"{"members":[{"workspaceId":"ws_1","userId":"u","role":"OWNER"}]}"#,
        200,
    ),
    ("GET", "plans", Permission::WorkspacesRead, "", 200),
    ("GET", "plans/pro", Permission::WorkspacesRead, "", 200),
    ("PUT", "plans/pro", Permission::WorkspacesWrite, PRO, 201),
    ("DELETE", "plans/pro", Permission::WorkspacesWrite, "", 204),
    ("GET", "scopes", Permission::ScopesRead, "", 200),
    (
        "GET",
        "scopes/payment:read",
        Permission::ScopesRead,
        "",
        200,
    ),
    (
        "PUT",
        "scopes/payment:read",
        Permission::ScopesWrite,
        r#"{"descriptions":{"en":"View payments"}}"#,
        201,
    ),
    (
        "DELETE",
        "scopes/payment:read",
        Permission::ScopesWrite,
        "",
        204,
    ),
    (
        "PUT",
        "resources/payment",
        Permission::ScopesWrite,
        r#"{"names":{"en":"Payments"}}"#,
        200,
    ),
    (
        "GET",
        "workspaces/ws_1/api-keys",
        Permission::KeysRead,
        "",
        200,
    ),
    (
        "GET",
        "workspaces/ws_1/api-keys/{key}",
        Permission::KeysRead,
        "",
        200,
    ),
    (
        "POST",
        "workspaces/ws_1/api-keys/{key}/disable",
        Permission::KeysDisable,
        "",
        200,
    ),
    (
        "DELETE",
        "workspaces/ws_1/api-keys/{key}",
        Permission::KeysDelete,
        "",
        204,
    ),
    (
        "POST",
        "workspaces/ws_1/api-keys",
        Permission::KeysCreate,
        r#"{"name":"Key"}"#,
        201,
    ),
    (
        "POST",
        "api-keys:import",
        Permission::KeysCreate,
        r#"{"keys":[{"workspaceId":"ws_1","name":"Key","secretHash":"ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"}]}"#,
        200,
    ),
    (
        "GET",
        "api-keys?externalId=c",
        Permission::KeysRead,
        "",
        200,
    ),
    (
        "POST",
        "api-keys:disable",
        Permission::KeysDisable,
        r#"{"createdBy":"u"}"#,
        200,
    ),
];

fn secret() -> ServiceSecret {
    ServiceSecret::from_entropy(&Zeroizing::new([1; 32]))
}

fn workspace() -> Workspace {
    Workspace {
        id: WorkspaceId::parse("ws_1").unwrap(),
        created_at: now(),
        key_count: 3,
        key_lifetime: None,
        leak_policy: Some(expire()),
        plan: Some(plan().name),
    }
}

fn expire() -> LeakPolicy {
    LeakPolicy::Expire(GracePeriod::from_hours(24).unwrap())
}

fn plan() -> Plan {
    let limits = |limit| Limits::of(vec![limit]).unwrap();
    Plan {
        name: PlanName::parse("pro").unwrap(),
        limits: PlanLimits {
            of_key: limits(limit("requests", 100, "1m")),
            of_workspace: limits(limit("tokens", 5, "month")),
        },
    }
}

fn member() -> Member {
    Member {
        user_id: UserId::parse("u").unwrap(),
        role: Role::Owner,
    }
}

fn entry() -> CatalogueEntry {
    CatalogueEntry {
        scope: Scope::parse("payment:read").unwrap(),
        descriptions: BTreeMap::from([(Language::English, "View payments".to_owned())]),
    }
}

fn is_service(actor: &Actor) -> bool {
    matches!(actor, Actor::Service { name } if name.as_str() == "ops")
}

fn scope_catalogue(is_there: bool) -> MockScopeCatalogue {
    let mut scope_catalogue = MockScopeCatalogue::new();
    scope_catalogue
        .expect_list()
        .returning(move || Ok(if is_there { vec![entry()] } else { vec![] }));
    scope_catalogue.expect_put().returning(move |_, by| {
        assert!(is_service(&by.actor), "{by:?}");
        Ok(CatalogueChange::Added)
    });
    scope_catalogue
        .expect_remove()
        .returning(move |_, _| Ok(is_there));
    scope_catalogue.expect_resources().returning(|| {
        let names = resource_names(&[(Language::English, "Payments")]);
        Ok([(resource("payment"), names)].into())
    });
    scope_catalogue
        .expect_name_resource()
        .returning(move |_, _, by| {
            assert!(is_service(&by.actor), "{by:?}");
            Ok(true)
        });
    scope_catalogue
}

fn plans(is_there: bool) -> MockPlans {
    let mut plans = MockPlans::new();
    plans.expect_list().returning(|| Ok(vec![plan()]));
    plans
        .expect_get()
        .returning(move |_| Ok(is_there.then(plan)));
    plans.expect_put().returning(move |put, by| {
        assert!(is_service(&by.actor), "{by:?}");
        assert_eq!(put, plan());
        Ok(PlanPut::Added)
    });
    plans.expect_remove().returning(move |_, by| {
        assert!(is_service(&by.actor), "{by:?}");
        Ok(if is_there {
            PlanRemoval::Done
        } else {
            PlanRemoval::Unknown
        })
    });
    plans
}

/// A store in which everything exists and every change succeeds, or in which nothing exists.
fn admin(is_there: bool) -> AdminState {
    let mut directory = MockWorkspaceDirectory::new();
    directory.expect_add_workspace().returning(move |_, by| {
        assert!(is_service(&by.actor), "{by:?}");
        assert!(by.origin.request_id.as_str().len() > 3);
        Ok(true)
    });
    directory
        .expect_workspace()
        .returning(move |_| Ok(is_there.then(workspace)));
    directory
        .expect_workspaces()
        .returning(|_, _| Ok(vec![workspace()]));
    directory.expect_remove_workspace().returning(move |_, by| {
        assert!(is_service(&by.actor), "{by:?}");
        Ok(if is_there {
            WorkspaceRemoval::Done
        } else {
            WorkspaceRemoval::Unknown
        })
    });
    directory
        .expect_members()
        .returning(move |_, _, _| Ok(is_there.then(|| vec![member()])));
    directory.expect_put_member().returning(move |_, _, _, by| {
        assert!(is_service(&by.actor), "{by:?}");
        Ok(if is_there {
            MemberPut::Added
        } else {
            MemberPut::UnknownWorkspace
        })
    });
    directory.expect_remove_member().returning(move |_, _, by| {
        assert!(is_service(&by.actor), "{by:?}");
        Ok(if is_there {
            MemberChange::Done
        } else {
            MemberChange::UnknownWorkspace
        })
    });
    let mut memberships = MockMemberships::new();
    memberships
        .expect_role()
        .returning(move |_, _, _| Ok(is_there.then_some(Role::Owner)));
    let mut api_keys = MockApiKeys::new();
    api_keys
        .expect_get()
        .returning(move |_, _| Ok(is_there.then(key)));
    api_keys
        .expect_list()
        .returning(|_, _| Ok(page_of(vec![key()])));
    api_keys
        .expect_field_rules()
        .returning(|_, _| Ok(FieldRules::default()));
    api_keys.expect_secret_taken().returning(|_, _| Ok(None));
    api_keys.expect_insert().returning(move |new| {
        assert!(is_service(&new.event.actor), "{new:?}");
        Ok(Inserted::Created)
    });
    api_keys.expect_save().returning(move |changed| {
        assert!(is_service(&changed.event.actor), "{changed:?}");
        Ok(Saved::Done)
    });
    let mut selected_keys = MockSelectedKeys::new();
    selected_keys
        .expect_enabled_keys()
        .returning(|_, _| Ok(vec![(workspace().id, key_id(Mode::Live))]));
    selected_keys
        .expect_keys()
        .returning(|_, _, _| Ok(vec![key()]));
    let mut propagation = MockPropagation::new();
    propagation.expect_settle().returning(|| Reach::Everywhere);
    propagation
        .expect_durability()
        .returning(|| Durability::SurvivesFailover);
    AdminState {
        keys: ManageApiKeys {
            api_keys: Arc::new(api_keys),
            scope_catalogue: Arc::new(scope_catalogue(is_there)),
            ..World::default().state().keys
        },
        plans: Arc::new(plans(is_there)),
        directory: Arc::new(directory),
        memberships: Arc::new(memberships),
        selected_keys: Arc::new(selected_keys),
        propagation: Arc::new(propagation),
        events: event_feed(Vec::new),
        secret_reports: World::default().secret_reports(),
    }
}

/// Sends a request with a token that has these permissions.
async fn send_to(admin: AdminState, can: &[Permission], request: TestRequest) -> Answer {
    let token = ServiceToken {
        name: CallerName::parse("ops").unwrap(),
        permissions: can.iter().copied().collect::<BTreeSet<_>>(),
        hash: secret().hash(),
        created_at: now(),
        last_used_at: None,
        revoked_at: None,
    };
    let mut service_tokens = MockServiceTokens::new();
    service_tokens
        .expect_find()
        .returning(move |_| Ok(Some(token.clone())));
    service_tokens.expect_note_use().returning(|_, _| Ok(()));
    let tokens = Arc::new(service_tokens);
    let mut state = internal_state_with(Arc::new(Always), MockKeyLookup::new(), None, tokens);
    state.admin = admin;
    let app = init_service(internal_app(&state)).await;
    let bearer = format!("Bearer {}", secret().expose());
    let request = request.insert_header(("authorization", bearer));
    Answer::of(app.call(request.to_request()).await).await
}

fn request(method: &str, path: &str, body: &str) -> TestRequest {
    let path = path.replace("{key}", &key_id(Mode::Live).to_string());
    let request = TestRequest::with_uri(&format!("/internal/v1/admin/{path}"))
        .method(method.parse().unwrap());
    if body.is_empty() {
        request
    } else {
        request
            .insert_header(("content-type", "application/json"))
            .set_payload(body.to_owned())
    }
}

/// Sends a request that may do everything, to a store in which everything exists.
async fn send(method: &str, path: &str, body: &str) -> Answer {
    let request = request(method, path, body);
    send_to(admin(true), &Permission::ALL, request).await
}

#[actix_web::test]
async fn each_operation_needs_its_permission_and_no_other() {
    for (method, path, permission, body, status) in OPERATIONS {
        let case = format!("{method} {path}");
        let answer = send_to(admin(true), &[permission], request(method, path, body)).await;
        assert_eq!(answer.status.as_u16(), status, "{case}: {}", answer.text);
        let others = Permission::ALL
            .into_iter()
            .filter(|other| *other != permission);
        let others: Vec<Permission> = others.collect();
        let refused = send_to(admin(true), &others, request(method, path, body)).await;
        refused.assert(
            &case,
            403,
            "4032",
            "The token does not have the permission for this",
        );
        let scope = format!("scope=\"{permission}\"");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.ends_with(&scope), "{case}: {challenge}");
    }
}

#[actix_web::test]
async fn what_is_not_there_has_its_own_code() {
    for (method, path, code) in [
        ("GET", "workspaces/ws_1", "4042"),
        ("DELETE", "workspaces/ws_1", "4042"),
        ("GET", "workspaces/ws_1/members", "4042"),
        ("GET", "workspaces/ws_1/members/u", "4042"),
        ("DELETE", "workspaces/ws_1/members/u", "4042"),
        ("GET", "plans/pro", "4045"),
        ("DELETE", "plans/pro", "4045"),
        ("GET", "scopes/payment:read", "4044"),
        ("DELETE", "scopes/payment:read", "4044"),
        ("GET", "workspaces/ws_1/api-keys", "4042"),
        ("GET", "workspaces/ws_1/api-keys/{key}", "4042"),
        ("POST", "workspaces/ws_1/api-keys/{key}/disable", "4042"),
        ("DELETE", "workspaces/ws_1/api-keys/{key}", "4042"),
        ("GET", "workspaces/ws_1/api-keys/none", "4040"),
        ("GET", "nothing", "4041"),
    ] {
        let answer = send_to(admin(false), &Permission::ALL, request(method, path, "")).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
        assert_eq!(answer.json()["code"], code, "{method} {path}");
    }
    let member = request("PUT", "workspaces/ws_1/members/u", r#"{"role":"OWNER"}"#);
    let answer = send_to(admin(false), &Permission::ALL, member).await;
    assert_eq!(answer.json()["code"], "4042");
}

#[actix_web::test]
async fn bad_input_is_400_and_names_the_field() {
    for (method, path, body, fields) in [
        ("GET", "workspaces/a%20b", "", &["workspaceId"][..]),
        ("PUT", "workspaces/a%00", "{}", &["workspaceId"]),
        ("PUT", "workspaces/ws_1", r#"{"name":"x"}"#, &["name"]),
        ("PUT", "workspaces/ws_1", r#"{"plan":"Pro"}"#, &["plan"]),
        (
            "PUT",
            "workspaces/ws_1",
            r#"{"plan":1,"leakPolicy":{"reaction":"EXPIRE"},"keyLifetime":1}"#,
            &["keyLifetime", "leakPolicy.graceHours", "plan"],
        ),
        ("PUT", "workspaces/ws_1", "[]", &["body"]),
        ("PUT", "workspaces/ws_1", "null", &["body"]),
        ("DELETE", "workspaces/%C3%A9", "", &["workspaceId"]),
        ("GET", "workspaces?size=0&page=1", "", &["page", "size"]),
        ("GET", "workspaces?after=a%20b", "", &["after"]),
        ("GET", "workspaces/ws_1/members?size=101", "", &["size"]),
        ("GET", "workspaces/ws_1/members/a%20b", "", &["userId"]),
        (
            "PUT",
            "workspaces/ws_1/members/a%20b",
            r#"{"role":"OWNER"}"#,
            &["userId"],
        ),
        ("PUT", "workspaces/ws_1/members/u", "{}", &["role"]),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":null}"#,
            &["role"],
        ),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":"owner"}"#,
            &["role"],
        ),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":1}"#,
            &["role"],
        ),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":"OWNER","role":"ADMIN"}"#,
            &["role"],
        ),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":"OWNER","Role":"ADMIN"}"#,
            &["Role"],
        ),
        ("DELETE", "workspaces/ws_1/members/%20", "", &["userId"]),
        ("GET", "plans/Pro", "", &["name"]),
        ("PUT", "plans/1", "{}", &["name"]),
        ("DELETE", "plans/a%20b", "", &["name"]),
        ("PUT", "plans/pro", "[]", &["body"]),
        ("PUT", "plans/pro", r#"{"name":"pro"}"#, &["name"]),
        ("PUT", "plans/pro", r#"{"keyLimits":{}}"#, &["keyLimits"]),
        (
            "PUT",
            "plans/pro",
            r#"{"keyLimits":[{"name":"A","max":0,"window":"1y","onUnavailable":"x","burst":1}],
                "workspaceLimits":[{"name":"a","max":1,"window":"1s"},{"name":"a","max":1,"window":"1s"},1]}"#,
            &[
                "keyLimits[0].name",
                "keyLimits[0].max",
                "keyLimits[0].window",
                "keyLimits[0].onUnavailable",
                "keyLimits[0].burst",
                "workspaceLimits[1].name",
                "workspaceLimits[2]",
            ],
        ),
        (
            "PUT",
            "scopes/Payment",
            r#"{"descriptions":{"en":"x"}}"#,
            &["code"],
        ),
        ("GET", "scopes/payment", "", &["code"]),
        ("DELETE", "scopes/*", "", &["code"]),
        ("PUT", "scopes/payment:read", "{}", &["descriptions"]),
        (
            "PUT",
            "scopes/payment:read",
            r#"{"descriptions":{}}"#,
            &["descriptions.en"],
        ),
        (
            "PUT",
            "scopes/payment:read",
            r#"{"descriptions":{"en":"x","fr":"y"}}"#,
            &["descriptions.fr"],
        ),
        (
            "PUT",
            "resources/payment:read",
            r#"{"names":{"en":"x"}}"#,
            &["code"],
        ),
        ("PUT", "resources/payment", "{}", &["names"]),
        (
            "PUT",
            "resources/payment",
            r#"{"names":{"ja":"x","fr":"y"}}"#,
            &["names.fr"],
        ),
        ("GET", "workspaces/ws_1/api-keys?size=0", "", &["size"]),
        (
            "GET",
            "workspaces/ws_1/api-keys?status=DELETED",
            "",
            &["status"],
        ),
        ("GET", "workspaces/a%20b/api-keys", "", &["workspaceId"]),
        ("GET", "api-keys", "", &["externalId"]),
        ("GET", "api-keys?externalId=a%20b", "", &["externalId"]),
        ("POST", "api-keys:disable", "{}", &["body"]),
        ("POST", "api-keys:disable", r#"{"dryRun":true}"#, &["body"]),
        (
            "POST",
            "api-keys:disable",
            r#"{"createdBy":""}"#,
            &["createdBy"],
        ),
        (
            "POST",
            "api-keys:disable",
            r#"{"createdBy":"u","dryRun":1}"#,
            &["dryRun"],
        ),
        (
            "POST",
            "api-keys:disable",
            r#"{"createdBy":"u","userId":"u"}"#,
            &["userId"],
        ),
        ("POST", "workspaces:batch", "{}", &["workspaces"]),
        (
            "POST",
            "workspaces:batch",
            r#"{"workspaces":[1]}"#,
            &["workspaces[0]"],
        ),
        (
            "POST",
            "workspaces:batch",
            r#"{"workspaces":[{"id":""}]}"#,
            &["workspaces[0].id"],
        ),
        ("POST", "members:batch", r#"{"members":[]}"#, &["members"]),
        (
            "POST",
            "members:batch",
            r#"{"members":[{"workspaceId":"w","userId":"u","role":"GOD"}]}"#,
            &["members[0].role"],
        ),
    ] {
        let answer = send(method, path, body).await;
        let case = format!("{method} {path} {body}");
        assert_eq!(answer.status, 400, "{case}: {}", answer.text);
        assert_eq!(answer.fields(), fields, "{case}: {}", answer.text);
    }
}

#[actix_web::test]
async fn a_body_is_plain_json_of_a_limited_size() {
    for (method, path, body) in [
        ("PUT", "workspaces/ws_1/members/u", r#"{"role":"OWNER"}"#),
        (
            "PUT",
            "scopes/payment:read",
            r#"{"descriptions":{"en":"x"}}"#,
        ),
        ("PUT", "resources/payment", r#"{"names":{"en":"x"}}"#),
        ("PUT", "plans/pro", PRO),
        ("POST", "api-keys:disable", r#"{"createdBy":"u"}"#),
        ("POST", "workspaces:batch", r#"{"workspaces":[{"id":"a"}]}"#),
        ("POST", "members:batch", r#"{"members":[]}"#),
    ] {
        let text = request(method, path, body).insert_header(("content-type", "text/json"));
        let answer = send_to(admin(true), &Permission::ALL, text).await;
        assert_eq!(answer.json()["code"], "4150", "{method} {path}");
        let spaces = " ".repeat(64 * 1024);
        let answer = send(method, path, &format!("{spaces}{body}")).await;
        let is_batch = path.ends_with(":batch");
        let is_refused = answer.status == 413;
        assert_eq!(is_refused, !is_batch, "{method} {path}: {}", answer.text);
        let spaces = " ".repeat(512 * 1024);
        let answer = send(method, path, &format!("{spaces}{body}")).await;
        let code = if is_batch { "4131" } else { "4130" };
        assert_eq!(answer.json()["code"], code, "{method} {path}");
    }
}

#[actix_web::test]
async fn other_methods_are_405() {
    for (method, path, allowed) in [
        ("POST", "workspaces", "GET, HEAD"),
        ("PATCH", "workspaces/ws_1", "GET, HEAD, PUT, DELETE"),
        ("GET", "workspaces:batch", "POST"),
        ("PUT", "members:batch", "POST"),
        (
            "POST",
            "workspaces/ws_1/members/u",
            "GET, HEAD, PUT, DELETE",
        ),
        ("POST", "plans", "GET, HEAD"),
        ("PATCH", "plans/pro", "GET, HEAD, PUT, DELETE"),
        ("DELETE", "scopes", "GET, HEAD"),
        ("DELETE", "resources/payment", "PUT"),
        ("PUT", "workspaces/ws_1/api-keys", "GET, HEAD, POST"),
        ("POST", "api-keys", "GET, HEAD"),
        ("GET", "api-keys:import", "POST"),
        (
            "PATCH",
            "workspaces/ws_1/api-keys/{key}",
            "GET, HEAD, DELETE",
        ),
        ("GET", "workspaces/ws_1/api-keys/{key}/disable", "POST"),
        ("GET", "api-keys:disable", "POST"),
    ] {
        let answer = send(method, path, "").await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
}

#[actix_web::test]
async fn responses_have_the_members_of_the_contract() {
    let workspace = json!({ "id": "ws_1", "keyCount": 3, "createdAt": "2026-03-21T00:00:00Z", "keyLifetime": null, "leakPolicy": { "reaction": "EXPIRE", "graceHours": 24 }, "plan": "pro" });
    let plan = json!({
        "name": "pro",
        "keyLimits": [{ "name": "requests", "max": 100, "window": "1m", "onUnavailable": "deny" }],
        "workspaceLimits": [{ "name": "tokens", "max": 5, "window": "month", "onUnavailable": "deny" }],
    });
    let member = json!({ "userId": "u", "role": "OWNER" });
    let scope = json!({
        "code": "payment:read", "resource": "payment", "descriptions": { "en": "View payments" },
        "resourceNames": { "en": "Payments" },
    });
    let disabled = json!({
        "dryRun": false, "unreadable": [], "hasMore": false,
        "items": [{ "workspaceId": "ws_1", "apiKeyId": key_id(Mode::Live).to_string() }],
    });
    for (method, path, body, want) in [
        ("GET", "workspaces", "", json!({ "items": [workspace] })),
        ("GET", "workspaces/ws_1", "", workspace.clone()),
        ("PUT", "workspaces/ws_1", "", workspace),
        (
            "GET",
            "workspaces/ws_1/members",
            "",
            json!({ "items": [member] }),
        ),
        ("GET", "workspaces/ws_1/members/u", "", member.clone()),
        (
            "PUT",
            "workspaces/ws_1/members/u",
            r#"{"role":"OWNER"}"#,
            member,
        ),
        ("GET", "plans", "", json!({ "items": [plan] })),
        ("GET", "plans/pro", "", plan.clone()),
        ("PUT", "plans/pro", PRO, plan),
        ("GET", "scopes", "", json!({ "items": [scope] })),
        ("GET", "scopes/payment:read", "", scope.clone()),
        (
            "PUT",
            "scopes/payment:read",
            r#"{"descriptions":{"en":" View payments "}}"#,
            scope,
        ),
        (
            "PUT",
            "resources/payment",
            r#"{"names":{"en":" Payments ","ja":"決済"}}"#,
            json!({ "code": "payment", "names": { "en": "Payments", "ja": "決済" } }),
        ),
        (
            "PUT",
            "resources/payment",
            r#"{"names":{}}"#,
            json!({ "code": "payment", "names": {} }),
        ),
        (
            "POST",
            "api-keys:disable",
            r#"{"workspaceId":"ws_1"}"#,
            disabled,
        ),
    ] {
        let answer = send(method, path, body).await;
        assert_eq!(
            answer.json()["data"],
            want,
            "{method} {path}: {}",
            answer.text
        );
    }
    let one = send("GET", "workspaces/ws_1/api-keys/{key}", "").await;
    assert_eq!(one.header("etag"), Some("\"3\""));
    let all = send("GET", "workspaces/ws_1/api-keys", "").await;
    assert_eq!(all.json()["data"]["total"], 1);
    assert_eq!(all.json()["data"]["items"][0], one.json()["data"]);
    let found = send("GET", "api-keys?externalId=customer-4711", "").await;
    let mut key = one.json()["data"].clone();
    key["workspaceId"] = json!("ws_1");
    assert_eq!(
        found.json()["data"]["items"],
        json!([key]),
        "{}",
        found.text
    );
    for (method, path, body) in [
        ("POST", "workspaces/ws_1/api-keys/{key}/disable", ""),
        ("DELETE", "workspaces/ws_1/api-keys/{key}", ""),
        ("POST", "api-keys:disable", r#"{"createdBy":"u"}"#),
        ("PUT", "plans/pro", PRO),
    ] {
        let answer = send(method, path, body).await;
        let reach = answer.header("x-keyward-propagation");
        assert_eq!(reach, Some("complete"), "{method} {path}");
    }
}

#[actix_web::test]
async fn each_entry_of_a_batch_has_its_own_result_and_an_outage_ends_it() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut directory = MockWorkspaceDirectory::new();
    let seen = Arc::clone(&asked);
    directory
        .expect_put_member()
        .returning(move |_, user, _, _| {
            seen.lock().unwrap().push(user.to_string());
            match user.as_str() {
                "a" => Ok(MemberPut::Added),
                "b" => Ok(MemberPut::UnknownWorkspace),
                "c" => Ok(MemberPut::Changed),
                "d" => Ok(MemberPut::Unchanged),
                _ => Err(RepositoryError::Unavailable("gone".into())),
            }
        });
    let admin = AdminState {
        directory: Arc::new(directory),
        ..admin(true)
    };
    let entry = |user| json!({ "workspaceId": "ws_1", "userId": user, "role": "OWNER" });
    let entries = ["a", "b", "c", "d", "e", "f"].map(entry);
    let body = json!({ "members": entries }).to_string();
    let request = request("POST", "members:batch", &body);
    let answer = send_to(admin, &Permission::ALL, request).await;
    assert_eq!(answer.status, 200);
    let results = answer.json()["data"]["results"].clone();
    let parts = |at: usize| {
        let result = &results[at];
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        (
            text("userId"),
            text("code"),
            text("outcome"),
            text("message"),
        )
    };
    let want = |user: &str, code: &str, outcome: &str, message: &str| {
        let text = str::to_owned;
        (text(user), text(code), text(outcome), text(message))
    };
    assert_eq!(parts(0), want("a", "2000", "ADDED", ""));
    assert_eq!(parts(1), want("b", "4042", "", "Workspace not found"));
    assert_eq!(parts(2), want("c", "2000", "CHANGED", ""));
    assert_eq!(parts(3), want("d", "2000", "UNCHANGED", ""));
    let unavailable = "Service temporarily unavailable";
    assert_eq!(parts(4), want("e", "5030", "", unavailable));
    assert_eq!(parts(5), want("f", "5030", "", unavailable));
    assert_eq!(
        *asked.lock().unwrap(),
        ["a", "b", "c", "d", "e"],
        "the rest is not tried"
    );
}

#[actix_web::test]
async fn a_workspace_with_keys_stays() {
    let mut directory = MockWorkspaceDirectory::new();
    directory
        .expect_remove_workspace()
        .returning(|_, _| Ok(WorkspaceRemoval::HasKeys));
    let admin = AdminState {
        directory: Arc::new(directory),
        ..admin(true)
    };
    let request = request("DELETE", "workspaces/ws_1", "");
    let answer = send_to(admin, &Permission::ALL, request).await;
    let message = "The workspace has API keys or a history, and can't be removed";
    answer.assert("remove", 409, "4093", message);
}

#[actix_web::test]
async fn a_dry_run_disables_nothing() {
    let admin = AdminState {
        keys: World::default().state().keys,
        ..admin(true)
    };
    let body = r#"{"createdBy":"u","dryRun":true}"#;
    let request = request("POST", "api-keys:disable", body);
    let answer = send_to(admin, &Permission::ALL, request).await;
    assert_eq!(answer.json()["data"]["dryRun"], true);
    assert_eq!(answer.json()["data"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(answer.header("x-keyward-propagation"), None);
}

#[actix_web::test]
async fn putting_a_plan_again_is_200() {
    for put in [PlanPut::Changed, PlanPut::Unchanged] {
        let mut plans = MockPlans::new();
        plans.expect_put().returning(move |_, _| Ok(put));
        let admin = AdminState {
            plans: Arc::new(plans),
            ..admin(true)
        };
        let request = request("PUT", "plans/pro", "{}");
        let answer = send_to(admin, &Permission::ALL, request).await;
        assert_eq!(answer.status, 200, "{put:?}: {}", answer.text);
        let none = json!({ "name": "pro", "keyLimits": [], "workspaceLimits": [] });
        assert_eq!(answer.json()["data"], none, "{put:?}");
    }
}

#[actix_web::test]
async fn a_plan_of_a_workspace_stays() {
    let mut plans = MockPlans::new();
    plans
        .expect_remove()
        .returning(|_, _| Ok(PlanRemoval::InUse));
    let admin = AdminState {
        plans: Arc::new(plans),
        ..admin(true)
    };
    let request = request("DELETE", "plans/pro", "");
    let answer = send_to(admin, &Permission::ALL, request).await;
    let message = "A workspace has this plan, so it can't be removed";
    answer.assert("remove", 409, "4095", message);
}

#[actix_web::test]
async fn a_workspace_gets_the_plan_that_the_body_names() {
    for (body, assigned) in [
        ("", None),
        ("{}", None),
        (r#"{"plan":"pro"}"#, Some(Some("pro"))),
        (r#"{"plan":null}"#, Some(None)),
    ] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let mut plans = MockPlans::new();
        plans.expect_get().returning(|_| Ok(Some(plan())));
        plans.expect_assign().returning(move |id, plan, by| {
            assert_eq!(*id, workspace().id);
            assert!(matches!(by.actor, Actor::Service { .. }), "{by:?}");
            noted.lock().unwrap().push(plan);
            Ok(PlanAssignment::Done)
        });
        let admin = AdminState {
            plans: Arc::new(plans),
            ..admin(true)
        };
        let request = request("PUT", "workspaces/ws_1", body);
        let answer = send_to(admin, &Permission::ALL, request).await;
        assert_eq!(answer.status, 201, "{body}: {}", answer.text);
        let want = assigned.map(|plan| plan.map(|plan| PlanName::parse(plan).unwrap()));
        assert_eq!(*seen.lock().unwrap(), Vec::from_iter(want), "{body}");
        let reach = answer.header("x-keyward-propagation");
        assert_eq!(reach, assigned.map(|_| "complete"), "{body}");
    }
}

#[actix_web::test]
async fn a_workspace_gets_the_leak_policy_that_the_body_names() {
    let expire_after_a_day = r#"{"leakPolicy":{"reaction":"EXPIRE","graceHours":24}}"#;
    for (body, policy) in [
        (expire_after_a_day, Some(expire())),
        (r#"{"leakPolicy":null}"#, None),
    ] {
        for (change, status) in [
            (SettingChange::Done, 200),
            (SettingChange::Unchanged, 200),
            (SettingChange::UnknownWorkspace, 404),
        ] {
            let mut directory = MockWorkspaceDirectory::new();
            directory.expect_add_workspace().returning(|_, _| Ok(false));
            directory
                .expect_workspace()
                .returning(|_| Ok(Some(workspace())));
            directory
                .expect_set_leak_policy()
                .once()
                .returning(move |id, set, by| {
                    assert_eq!((id, set), (&workspace().id, policy));
                    assert!(is_service(&by.actor), "{by:?}");
                    Ok(change)
                });
            let admin = AdminState {
                directory: Arc::new(directory),
                ..admin(true)
            };
            let request = request("PUT", "workspaces/ws_1", body);
            let answer = send_to(admin, &Permission::ALL, request).await;
            assert_eq!(answer.status, status, "{body}: {}", answer.text);
            let reach = answer.header("x-keyward-propagation");
            assert_eq!(reach, None, "no verification counts by it");
        }
    }
}

#[actix_web::test]
async fn an_unknown_plan_is_400_and_nothing_is_done() {
    let mut unknown = MockPlans::new();
    unknown.expect_get().returning(|_| Ok(None));
    let mut removed_meanwhile = MockPlans::new();
    removed_meanwhile
        .expect_get()
        .returning(|_| Ok(Some(plan())));
    removed_meanwhile
        .expect_assign()
        .returning(|_, _, _| Ok(PlanAssignment::UnknownPlan));
    let nothing_done = AdminState {
        directory: Arc::new(MockWorkspaceDirectory::new()),
        plans: Arc::new(unknown),
        ..admin(true)
    };
    let late = AdminState {
        plans: Arc::new(removed_meanwhile),
        ..admin(true)
    };
    for admin in [nothing_done, late] {
        let request = request("PUT", "workspaces/ws_1", r#"{"plan":"pro"}"#);
        let answer = send_to(admin, &Permission::ALL, request).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.fields(), ["plan"]);
        assert!(
            answer.text.contains("There is no such plan"),
            "{}",
            answer.text
        );
    }
}

#[actix_web::test]
async fn a_leak_that_a_key_has_is_ended_and_others_are_counted() {
    let known = crate::testing::old_secret();
    let leaks = json!({ "leaks": [
        { "secret": "nonsense" },
        { "secret": format!("{}\n", known.expose()), "url": "https://git.example.com/x" },
    ]});
    let request = TestRequest::post()
        .uri("/internal/v1/admin/leaks")
        .insert_header(("content-type", "application/json"))
        .set_payload(leaks.to_string());
    let answer = send_to(admin(true), &[Permission::LeaksReport], request).await;
    answer.assert("leaks", 200, "2000", "SUCCESS");
    let want = json!({
        "items": [{
            "index": 1,
            "workspaceId": "ws_1",
            "apiKeyId": key().id().to_string(),
            "reaction": "DISABLED",
        }],
        "unknown": 1,
        "unreadable": 0,
    });
    assert_eq!(answer.json()["data"], want, "{}", answer.text);
}
