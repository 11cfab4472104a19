use keyward_domain::ports::{CatalogueEntry, LastReport};
use keyward_domain::testing::{resource, resource_names, scope};
use keyward_domain::{ApiKeyId, AuditAction, FoundAt, Language, RecordedEvent, WorkspaceId};
use keyward_web::testing::created_event;

use super::*;

#[actix_web::test]
async fn every_page_is_shown_to_the_owner_under_a_strict_policy() {
    for path in pages() {
        assert_page(&page_world().send(get(&path)).await, &path, 200);
    }
}

#[actix_web::test]
async fn names_are_text_and_nothing_else() {
    fn hostile() -> ApiKey {
        let text = "<script>alert(1)</script>\"'&";
        let annotations = Annotations {
            description: Some(Description::parse(text).unwrap()),
            external_id: Some(ExternalId::parse(text).unwrap()),
            metadata: Metadata::default(),
        };
        altered(key(), |fields| {
            fields.name = key_name(text);
            fields.annotations = annotations;
        })
    }
    for path in pages() {
        let world = World {
            get: |_, _| Ok(Some(hostile())),
            list: |_, _| Ok(page_of(vec![hostile()])),
            ..page_world()
        };
        let answer = world.send(get(&path)).await;
        assert!(!answer.text.contains("<script>alert"), "{path}");
        assert!(!answer.text.contains("\"'&\""), "{path}");
    }
    let query = "/workspaces/ws_1/keys?q=%22%3E%3Cscript%3Ealert(1)";
    let answer = page_world().send(get(query)).await;
    assert!(!answer.text.contains("<script>alert"), "{}", answer.text);
}

fn named_world() -> World {
    World {
        scopes: || {
            Ok(vec![CatalogueEntry {
                scope: scope("payment:read"),
                descriptions: [].into(),
            }])
        },
        resources: || Ok([(resource("payment"), resource_names(NAMES))].into()),
        ..page_world()
    }
}

fn nameless_world() -> World {
    World {
        resources: || Ok([].into()),
        ..named_world()
    }
}

const NAMES: &[(Language, &str)] = &[
    (Language::English, "Payments"),
    (Language::ChineseSimplified, "支付"),
    (Language::ChineseTraditional, "付款"),
    (Language::Japanese, "決済"),
];

#[actix_web::test]
async fn a_resource_is_called_by_its_name_in_the_readers_language() {
    for (language, name) in [
        ("en", "Payments"),
        ("zh", "支付"),
        ("zh-Hant", "付款"),
        ("ja", "決済"),
        // Without a name of its own, a language has the English one.
        ("vi", "Payments"),
    ] {
        let shown = async |world: World, path: &str| {
            let request = get(path).insert_header(("accept-language", language));
            world.send(request).await.text
        };
        let named = format!("{name} <code translate=\"no\" dir=\"ltr\">payment</code>");
        let code = "<span translate=\"no\">payment</span>";
        let of_key = key_path("");
        for path in [of_key.as_str(), "/workspaces/ws_1/keys/new"] {
            let text = shown(named_world(), path).await;
            assert!(text.contains(&named), "{language} {path}: {text}");
            let text = shown(nameless_world(), path).await;
            assert!(text.contains(code), "{language} {path}: {text}");
        }
        let list = "/workspaces/ws_1/keys";
        let text = shown(named_world(), list).await;
        assert!(
            text.contains(&format!("<span>{name}</span>")),
            "{language}: {text}"
        );
        let text = shown(nameless_world(), list).await;
        assert!(text.contains(code), "{language}: {text}");
    }
}

#[actix_web::test]
async fn the_example_for_the_first_key_has_the_configured_prefix() {
    let empty = || World {
        list: |_, _| Ok(page_of(vec![])),
        ..page_world()
    };
    let shown = async |world: World| world.send(get("/workspaces/ws_1/keys")).await.text;
    let by_default = shown(empty()).await;
    assert!(by_default.contains("Bearer sk_live_…'"), "{by_default}");
    let acme = World {
        configure: |api, config| {
            let mut api = api.clone();
            api.keys.key_prefix = key_prefix("acme");
            configure(&page_state(api), config);
        },
        ..empty()
    };
    let shown = shown(acme).await;
    assert!(shown.contains("Bearer acme_live_…'"), "{shown}");
    assert!(!shown.contains("sk_live_"), "{shown}");
}

#[actix_web::test]
async fn a_notice_is_told_while_it_is_true_and_not_later() {
    type Found = fn(&WorkspaceId, ApiKeyId) -> Result<Option<ApiKey>, RepositoryError>;
    let disabled: Found = |_, _| Ok(Some(altered(key(), |fields| fields.is_disabled = true)));
    let enabled: Found = |_, _| Ok(Some(key()));
    let told = async |found: Found, query: &str| {
        let world = World {
            get: found,
            ..page_world()
        };
        let answer = world.send(get(&key_path(query))).await;
        assert_page(&answer, query, 200);
        answer.text.contains("The key is disabled.")
    };
    let at = |seconds: i64| {
        let at = keyward_web::testing::now().unix_seconds() - seconds;
        format!("?done=disabled&known=all&at={at}")
    };
    assert!(told(disabled, &at(1)).await);
    assert!(!told(disabled, &at(61)).await, "opened later");
    assert!(!told(enabled, &at(1)).await, "enabled since");
}

#[actix_web::test]
async fn a_choice_of_language_wins_over_the_browsers() {
    let request = get("/workspaces/ws_1/keys").insert_header(("accept-language", "ja"));
    let answer = page_world().send(request).await;
    assert_eq!(answer.header("content-language"), Some("ja"));
    let session = session(Portal::Partner).encode().unwrap();
    let cookies = format!("__Secure-keyward_session={}; keyward_language=vi", *session);
    let request = get("/workspaces/ws_1/keys")
        .insert_header(("accept-language", "ja"))
        .insert_header(("cookie", cookies));
    let answer = page_world().send(request).await;
    assert_eq!(answer.header("content-language"), Some("vi"));
    assert!(answer.text.contains("lang=\"vi\""));
}

#[actix_web::test]
async fn a_query_that_is_none_is_told_and_no_query_panics() {
    for (query, status) in [
        ("page=4294967295", 200),
        ("page=4294967296", 400),
        ("page=-1", 400),
        ("size=0", 400),
        ("status=X", 400),
        ("q=%FF", 400),
        ("x=1", 400),
        ("done=saved&known=all&at=1774051200", 200),
        ("done=saved&known=all&at=1", 200),
        ("done=saved", 400),
        ("done=x", 400),
    ] {
        let path = format!("/workspaces/ws_1/keys?{query}");
        assert_page(&page_world().send(get(&path)).await, query, status);
    }
    let path = key_path("?page=4294967295");
    assert_page(&page_world().send(get(&path)).await, "history", 200);
}

#[actix_web::test]
async fn an_exposed_key_says_so_on_its_pages_and_in_the_list() {
    fn reported() -> RecordedEvent {
        let mut recorded = created_event();
        recorded.event.action = AuditAction::Disabled;
        recorded.event.occurred_at = keyward_web::testing::now();
        recorded.event.found_at = FoundAt::parse("https://git.example/a?<b>")
            .into_iter()
            .collect();
        recorded
    }
    let world = World {
        get: |_, _| Ok(Some(altered(key(), |fields| fields.is_disabled = true))),
        events: |_, _, _| Ok(page_of(vec![reported()])),
        last_reports: || {
            vec![LastReport {
                api_key_id: key_id(Mode::Live),
                at: keyward_web::testing::now(),
            }]
        },
        ..page_world()
    };
    for path in ["", "/activity", "/history", "/use"].map(key_path) {
        let answer = world.send(get(&path)).await;
        assert_page(&answer, &path, 200);
        for part in [
            "Someone else knows the secret",
            "The key was disabled.",
            "https://git.example/a?&#60;b&#62;",
            "/rotate\"",
        ] {
            assert!(answer.text.contains(part), "{path} {part}: {}", answer.text);
        }
    }
    let list = "/workspaces/ws_1/keys";
    let answer = world.send(get(list)).await;
    assert_page(&answer, list, 200);
    assert!(answer.text.contains("Exposed</a>"), "{}", answer.text);
    let plain = page_world().send(get(list)).await;
    assert!(!plain.text.contains("Exposed"), "{}", plain.text);
}
