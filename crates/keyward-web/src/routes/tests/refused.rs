use actix_web::test::TestRequest;
use keyward_domain::ports::{RepositoryError, Saved};
use keyward_domain::{AdminRights, Role};

use crate::testing::{Found, Operation, PATH, World, create_request, expired_key, page_of};

#[actix_web::test]
async fn code_4030_for_everybody_but_the_owner() {
    let roles: [Found; 4] = [
        || Ok(None),
        || Ok(Some(Role::Admin)),
        || Ok(Some(Role::Operator)),
        || Ok(Some(Role::Viewer)),
    ];
    let expected = "Only workspace owner can manage API keys";
    for operation in Operation::ALL {
        for role in roles {
            let world = World {
                role,
                ..World::default()
            };
            let answer = world.send(operation.request()).await;
            answer.assert(operation.path, 403, "4030", expected);
        }
    }
}

#[actix_web::test]
async fn an_admin_lists_reads_and_disables_where_that_is_configured() {
    let supervised = [
        ("GET", ""),
        ("GET", "/{id}"),
        ("GET", "/{id}/events"),
        ("GET", "/{id}/usage"),
        ("POST", "/{id}/disable"),
    ];
    let roles: [(Found, bool); 3] = [
        (|| Ok(Some(Role::Admin)), true),
        (|| Ok(Some(Role::Operator)), false),
        (|| Ok(None), false),
    ];
    let expected = "Only workspace owner can manage API keys";
    for (role, is_supervisor) in roles {
        let world = || World {
            role,
            admin_rights: AdminRights::Supervise,
            insert: |_| panic!("inserted"),
            ..World::default()
        };
        for operation in Operation::ALL {
            let answer = world().send(operation.request()).await;
            if is_supervisor && supervised.contains(&(operation.method, operation.path)) {
                assert!(answer.status.is_success(), "{operation:?}: {}", answer.text);
            } else {
                answer.assert(operation.path, 403, "4030", expected);
            }
        }
        let answer = world().send(create_request()).await;
        answer.assert("create", 403, "4030", expected);
    }
}

#[actix_web::test]
async fn code_4040_for_a_key_that_is_not_there() {
    let world = World {
        get: |_, _| Ok(None),
        events: |_, _, _| Ok(page_of(vec![])),
        ..World::default()
    };
    for operation in Operation::ALL {
        if operation.path.is_empty() {
            continue;
        }
        let answer = world.send(operation.request()).await;
        answer.assert(operation.path, 404, "4040", "API key not found");
    }
}

#[actix_web::test]
async fn code_4040_for_a_path_that_names_no_key() {
    let world = World {
        get: |_, _| panic!("there is nothing to look for"),
        events: |_, _, _| panic!("there is nothing to look for"),
        ..World::default()
    };
    for operation in Operation::ALL {
        if !operation.path.contains("{id}") {
            continue;
        }
        for id in [
            "a",
            "sk_live_",
            "%FF",
            "%00",
            "..%2F..",
            "sk_live_%",
            "%E6%94%AF",
            "'%20OR%201=1--",
            &"x".repeat(1_000),
        ] {
            let answer = world.send(operation.request_about(id)).await;
            answer.assert(id, 404, "4040", "API key not found");
        }
    }
}

#[actix_web::test]
async fn code_4090_for_a_state_that_does_not_allow_it() {
    let world = World {
        get: |_, _| Ok(Some(expired_key())),
        ..World::default()
    };
    let expected = "The API key is in a state that does not allow this";
    for operation in [Operation::ENABLE, Operation::ROTATE] {
        let answer = world.send(operation.request()).await;
        answer.assert(operation.path, 409, "4090", expected);
    }
}

#[actix_web::test]
async fn code_4050_names_the_right_methods_and_needs_no_token() {
    let check = async |path: &str, allowed: &str| {
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW",
        ] {
            let request = TestRequest::with_uri(path).method(method.parse().unwrap());
            let answer = World::default().send(request).await;
            if allowed.split(", ").any(|other| other == method) {
                assert_eq!(answer.status.as_u16(), 401, "{method} {path}");
                continue;
            }
            answer.assert(path, 405, "4050", "Method not allowed");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        }
    };
    check(PATH, "GET, HEAD, POST").await;
    check(&format!("{PATH}/delete"), "POST").await;
    check(&format!("{PATH}/x"), "GET, HEAD, PATCH, DELETE").await;
    for action in ["disable", "enable", "rotate", "rotate/finish"] {
        check(&format!("{PATH}/x/{action}"), "POST").await;
    }
    check(&format!("{PATH}/x/events"), "GET, HEAD").await;
    check(&format!("{PATH}/x/usage"), "GET, HEAD").await;
    check("/web/v1/api-scopes", "GET, HEAD").await;
}

#[actix_web::test]
async fn code_4041_for_paths_that_nothing_is_at() {
    for path in [
        "/x/",
        "/x/disable/",
        "/x/finish",
        "/x/rotate/start",
        "//disable",
    ] {
        let request = TestRequest::post().uri(&format!("{PATH}{path}"));
        let answer = World::default().send(request).await;
        answer.assert(path, 404, "4041", "No such resource");
    }
}

#[actix_web::test]
async fn code_5030_and_5000_say_nothing_of_the_inside() {
    let out_of_reach = World {
        get: |_, _| Err(RepositoryError::Unavailable("canary".into())),
        list: |_, _| Err(RepositoryError::Unavailable("canary".into())),
        events: |_, _, _| Err(RepositoryError::Unavailable("canary".into())),
        ..World::default()
    };
    let corrupt = World {
        get: |_, _| Err(RepositoryError::Corrupt("canary".into())),
        list: |_, _| Err(RepositoryError::Corrupt("canary".into())),
        events: |_, _, _| panic!("canary"),
        ..World::default()
    };
    for operation in Operation::ALL {
        let answer = out_of_reach.send(operation.request()).await;
        let expected = "Service temporarily unavailable";
        answer.assert(operation.path, 503, "5030", expected);
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(!answer.text.contains("canary"), "{}", answer.text);
        let answer = corrupt.send(operation.request()).await;
        answer.assert(operation.path, 500, "5000", "Internal error");
        assert!(!answer.text.contains("canary"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn code_5030_when_it_can_not_be_said_whether_it_was_done() {
    let world = World {
        save: |_changed| Err(RepositoryError::OutcomeUnknown("canary".into())),
        ..World::default()
    };
    for operation in [Operation::UPDATE, Operation::DISABLE, Operation::DELETE] {
        let answer = world.send(operation.request()).await;
        let expected = "Service temporarily unavailable";
        answer.assert(operation.path, 503, "5030", expected);
    }
}

#[actix_web::test]
async fn every_failure_is_in_the_callers_language() {
    let absent = World {
        get: |_, _| Ok(None),
        ..World::default()
    };
    let expired = World {
        get: |_, _| Ok(Some(expired_key())),
        save: |_changed| Ok(Saved::Done),
        ..World::default()
    };
    for (language, tag) in [
        ("zh-TW", "zh-Hant"),
        ("zh-CN", "zh"),
        ("ja-JP", "ja"),
        ("vi", "vi"),
    ] {
        let stale = || {
            Operation::DELETE
                .request()
                .insert_header(("if-match", "\"9\""))
        };
        for (world, request) in [
            (&absent, Operation::GET.request()),
            (&expired, Operation::ROTATE.request()),
            (&expired, stale()),
            (&expired, stale().insert_header(("if-match", "x"))),
            (&expired, Operation::UPDATE.with_body(r#"{"mode":1}"#)),
            (&expired, Operation::UPDATE.with_body("{}")),
            (
                &expired,
                Operation::ROTATE.with_body(r#"{"overlapSeconds":-1}"#),
            ),
            (
                &expired,
                Operation::LIST.with_query("x=1&size=0&sort=x&status=x&mode=x&q=%&q=a"),
            ),
        ] {
            let request = request.insert_header(("accept-language", language));
            let answer = world.send(request).await;
            assert_eq!(answer.header("content-language"), Some(tag));
            let body = answer.json();
            assert!(!body["message"].as_str().unwrap().is_ascii(), "{body}");
            for error in body["errors"].as_array().into_iter().flatten() {
                assert!(!error["message"].as_str().unwrap().is_ascii(), "{error}");
            }
        }
    }
}
