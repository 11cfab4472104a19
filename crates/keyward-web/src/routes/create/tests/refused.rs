use actix_web::error::PayloadError;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::stream;
use keyward_domain::ports::{CarriedOut, Inserted, RepositoryError};
use keyward_domain::{Mode, Portal, RepeatableOperation, Role};

use crate::testing::{Found, PATH, World, create_request, create_request_with, key_id, token};

#[actix_web::test]
async fn code_4000_names_every_wrong_header() {
    let request = create_request()
        .insert_header(("x-client-hash", "a b"))
        .insert_header(("x-workspace-id", "ws_2"))
        .insert_header(("idempotency-key", "k".repeat(256)));
    let answer = World::default().send(request).await;
    answer.assert("three headers", 400, "4000", "Invalid request");
    assert_eq!(
        answer.fields(),
        ["X-Client-Hash", "X-Workspace-Id", "Idempotency-Key"]
    );
    let repeated = create_request()
        .append_header(("x-client-hash", "device-1"))
        .append_header(("x-workspace-id", "ws_1"));
    let answer = World::default().send(repeated).await;
    assert_eq!(answer.fields(), ["X-Client-Hash", "X-Workspace-Id"]);
}

#[actix_web::test]
async fn code_4000_names_every_wrong_member() {
    let body = r#"{"name":"","scopes":["*"],"mode":"1","ipWhitelist":["1.2.3.4/24"],
        "expiresAt":"soon","ipWhiteList":[],"mode":1}"#;
    let answer = World::default()
        .send(create_request().set_payload(body))
        .await;
    answer.assert("seven members", 400, "4000", "Invalid request");
    assert_eq!(
        answer.fields(),
        [
            "name",
            "scopes[0]",
            "mode",
            "ipWhitelist[0]",
            "expiresAt",
            "ipWhiteList",
            "mode"
        ]
    );
    assert!(answer.text.contains("1.2.3.0/24"), "{}", answer.text);
}

#[actix_web::test]
async fn code_4000_names_every_wrong_annotation() {
    let check = async |members: &str, fields: &[&str]| {
        let body = format!(r#"{{"name":"K",{members}}}"#);
        let request = create_request().set_payload(body);
        let answer = World::default().send(request).await;
        answer.assert(members, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), fields, "{members}");
    };
    let text = |member: &str, text: &str| format!(r#""{member}":"{text}""#);
    for wrong in ["", "a b", " a", "ä", "a\\n", "a\\u0000", &"x".repeat(256)] {
        check(&text("externalId", wrong), &["externalId"]).await;
    }
    for wrong in ["", " ", "a\\nb", "\\u202E", &"x".repeat(501)] {
        check(&text("description", wrong), &["description"]).await;
    }
    for wrong in ["1", "true", "[]", "{}"] {
        check(&format!(r#""externalId":{wrong}"#), &["externalId"]).await;
        check(&format!(r#""description":{wrong}"#), &["description"]).await;
    }
    for wrong in ["1", "true", "[]", r#""a""#, r#"[["a","b"]]"#] {
        check(&format!(r#""metadata":{wrong}"#), &["metadata"]).await;
    }
    for wrong in [
        "1",
        "true",
        "null",
        "[]",
        "{}",
        r#"["b"]"#,
        r#"{"b":"c"}"#,
        r#""\n""#,
    ] {
        check(&format!(r#""metadata":{{"a":{wrong}}}"#), &["metadata.a"]).await;
    }
    let repeated = r#""metadata":{"a":"1","\u0061":"2","b c":"3","":"4"}"#;
    check(repeated, &["metadata.a", "metadata.b c", "metadata."]).await;
    let large = format!(r#""metadata":{{"a":"{}"}}"#, "x".repeat(4_089));
    check(&large, &["metadata"]).await;
    let many: Vec<String> = (0..51).map(|number| format!(r#""n{number}":"""#)).collect();
    check(
        &format!(r#""metadata":{{{}}}"#, many.join(",")),
        &["metadata"],
    )
    .await;
    check(
        r#""externalId":"a","external_id":"b","externalId":"c""#,
        &["external_id", "externalId"],
    )
    .await;
}

#[actix_web::test]
async fn code_4000_for_a_body_that_is_not_one_object() {
    for body in [
        "",
        " ",
        "[]",
        "null",
        "{",
        r#"{"name":"K"} x"#,
        "\u{FEFF}{}",
    ] {
        let answer = World::default()
            .send(create_request().set_payload(body))
            .await;
        answer.assert(body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), ["body"], "{body}");
    }
}

#[actix_web::test]
async fn code_4000_for_a_body_that_breaks_off() {
    let broken = stream::iter([
        Ok(Bytes::from_static(b"{")),
        Err(PayloadError::Incomplete(None)),
    ]);
    let answer = World::default()
        .send_streamed(create_request(), broken)
        .await;
    answer.assert("broken", 400, "4000", "Invalid request");
    assert!(!answer.text.contains("errors"), "{}", answer.text);
}

#[actix_web::test]
async fn code_4010_asks_for_a_bearer_token() {
    let expected = "Invalid or expired token";
    let none = TestRequest::post().uri(PATH);
    let answer = World::default().send(none).await;
    answer.assert("none", 401, "4010", expected);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let basic = create_request().insert_header(("authorization", "Basic dTpw"));
    let answer = World::default().send(basic).await;
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    for request in [
        create_request_with("a.b.c"),
        create_request().append_header(("authorization", "Bearer a.b.c")),
    ] {
        let answer = World::default().send(request).await;
        answer.assert("bad", 401, "4010", expected);
        let challenge = "Bearer error=\"invalid_token\"";
        assert_eq!(answer.header("www-authenticate"), Some(challenge));
    }
    let good = token(Portal::Partner, None);
    let in_query = TestRequest::post().uri(&format!("{PATH}?access_token={good}"));
    let answer = World::default().send(in_query).await;
    answer.assert("in the query", 401, "4010", expected);
}

#[actix_web::test]
async fn code_4030_for_everybody_but_the_owner() {
    let expected = "Only workspace owner can manage API keys";
    let roles: [Found; 4] = [
        || Ok(None),
        || Ok(Some(Role::Admin)),
        || Ok(Some(Role::Operator)),
        || Ok(Some(Role::Viewer)),
    ];
    let mut bodies = Vec::new();
    for role in roles {
        let world = World {
            role,
            ..World::default()
        };
        let answer = world.send(create_request()).await;
        answer.assert("not an owner", 403, "4030", expected);
        bodies.push(answer.text);
    }
    for segment in [
        "..",
        "%2E%2E",
        "a%00b",
        "%FF",
        "a%2",
        "%20",
        "a%2Fb",
        "ws%25",
        "ws_1'%20OR%201=1--",
        &"w".repeat(1_000),
    ] {
        let request = create_request()
            .uri(&format!("/web/v1/workspaces/{segment}/api-keys"))
            .insert_header(("x-workspace-id", segment));
        let world = World {
            role: || Ok(None),
            ..World::default()
        };
        let answer = world.send(request).await;
        answer.assert(segment, 403, "4030", expected);
        bodies.push(answer.text);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[actix_web::test]
async fn code_4031_for_test_keys_of_other_portals() {
    let others = [Portal::System, Portal::Tenant, Portal::Consumer];
    for portal in others.map(Some).into_iter().chain([None]) {
        let request =
            create_request_with(&token(portal, None)).set_payload(r#"{"name":"K","mode":2}"#);
        let answer = World::default().send(request).await;
        let expected = "Only the PARTNER portal can create TEST keys";
        answer.assert(&format!("{portal:?}"), 403, "4031", expected);
    }
}

#[actix_web::test]
async fn code_4041_for_unknown_paths() {
    for path in [
        "/web",
        "/web/v1/workspaces",
        "/web/v1/workspaces//api-keys",
        "/web/v1/workspaces/ws_1/api-keys/",
        "/WEB/v1/workspaces/ws_1/api-keys",
    ] {
        let answer = World::default().send(create_request().uri(path)).await;
        answer.assert(path, 404, "4041", "No such resource");
    }
}

#[actix_web::test]
async fn code_4050_names_the_right_method_and_needs_no_token() {
    for method in ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
        let request = TestRequest::with_uri(PATH).method(method.parse().unwrap());
        let answer = World::default().send(request).await;
        answer.assert(method, 405, "4050", "Method not allowed");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    }
}

#[actix_web::test]
async fn code_4060_not_acceptable() {
    let request = create_request().insert_header(("accept", "text/html"));
    let answer = World::default().send(request).await;
    answer.assert("text/html", 406, "4060", "Not acceptable");
}

#[actix_web::test]
async fn code_4080_for_a_stalled_body() {
    tokio::time::pause();
    let stalled = stream::pending::<Result<Bytes, PayloadError>>();
    let answer = World::default()
        .send_streamed(create_request(), stalled)
        .await;
    answer.assert("stalled", 408, "4080", "Request timeout");
}

#[actix_web::test]
async fn code_4091_names_the_key_that_was_made() {
    let world = World {
        insert: |_new| Ok(Inserted::Replayed(key_id(Mode::Live))),
        ..World::default()
    };
    let answer = world.send(create_request()).await;
    answer.assert("again", 409, "4091", "This request was already carried out");
    let want = format!(
        r#"{{"version":"1.3.0","timestamp":1774051200000,"success":false,"code":"4091","message":"This request was already carried out","data":{{"apiKeyId":"{}"}}}}"#,
        key_id(Mode::Live)
    );
    assert_eq!(answer.text, want);
}

#[actix_web::test]
async fn what_was_carried_out_is_told_before_the_body_is_judged() {
    let keyed = |body: &'static str| {
        let request = create_request().set_payload(body);
        request.insert_header(("idempotency-key", "once"))
    };
    let same = World {
        carried_out: |operation, idempotency| {
            assert_eq!(operation, RepeatableOperation::Create);
            assert_eq!(idempotency.key.as_str(), "once");
            Ok(Some(CarriedOut::SameRequest(key_id(Mode::Live))))
        },
        ..World::default()
    };
    let other = World {
        carried_out: |_, _| Ok(Some(CarriedOut::OtherRequest)),
        ..World::default()
    };
    for body in ["not JSON", "[]", "{}", r#"{"name":1}"#, r#"{"name":"K"}"#] {
        let answer = same.send(keyed(body)).await;
        answer.assert(body, 409, "4091", "This request was already carried out");
        let answer = other.send(keyed(body)).await;
        let expected = "The Idempotency-Key was used with a different request";
        answer.assert(body, 422, "4220", expected);
    }
    let down = World {
        carried_out: |_, _| Err(RepositoryError::Unavailable("down".into())),
        ..World::default()
    };
    let answer = down.send(keyed("{}")).await;
    answer.assert("down", 503, "5030", "Service temporarily unavailable");
}

#[actix_web::test]
async fn code_4092_limit_reached() {
    let world = World {
        insert: |_new| Ok(Inserted::LimitReached),
        ..World::default()
    };
    let expected = "The workspace has reached its limit of API keys";
    let answer = world.send(create_request()).await;
    answer.assert("full", 409, "4092", expected);
}

#[actix_web::test]
async fn code_4290_too_many_changes_says_when_to_come_again() {
    let world = World {
        insert: |_new| {
            Ok(Inserted::TooManyEvents {
                retry_after_seconds: 42,
            })
        },
        ..World::default()
    };
    let answer = world.send(create_request()).await;
    answer.assert("too many", 429, "4290", "Too many requests");
    assert_eq!(answer.header("retry-after"), Some("42"));
}

#[actix_web::test]
async fn code_4130_body_too_large() {
    let expected = "Request body too large (limit 64 KiB)";
    let body = |spaces: usize| format!(r#"{{"name":"K"}}{}"#, " ".repeat(spaces));
    let at_limit = body(64 * 1024 - 12);
    let answer = World::default()
        .send(create_request().set_payload(at_limit))
        .await;
    answer.assert("at the limit", 201, "2000", "SUCCESS");
    let beyond = body(64 * 1024 - 11);
    let answer = World::default()
        .send(create_request().set_payload(beyond))
        .await;
    answer.assert("one byte beyond", 413, "4130", expected);
    let announced = create_request().insert_header(("content-length", "999999999999"));
    let answer = World::default().send(announced).await;
    answer.assert("announced", 413, "4130", expected);
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[b' '; 1024])));
    let answer = World::default()
        .send_streamed(create_request(), endless)
        .await;
    answer.assert("endless", 413, "4130", expected);
}

#[actix_web::test]
async fn code_4150_wrong_content_type() {
    for (name, value) in [("content-type", "text/json"), ("content-encoding", "gzip")] {
        let answer = World::default()
            .send(create_request().insert_header((name, value)))
            .await;
        answer.assert(name, 415, "4150", "Content type must be application/json");
    }
}

#[actix_web::test]
async fn code_4220_idempotency_key_reused() {
    let world = World {
        insert: |_new| Ok(Inserted::KeyReused),
        ..World::default()
    };
    let expected = "The Idempotency-Key was used with a different request";
    let answer = world.send(create_request()).await;
    answer.assert("reused", 422, "4220", expected);
}

#[actix_web::test]
async fn code_5000_says_nothing_of_the_inside() {
    let worlds = [
        World {
            insert: |_new| panic!("canary"),
            ..World::default()
        },
        World {
            insert: |_new| Err(RepositoryError::Corrupt("canary".into())),
            ..World::default()
        },
        World {
            role: || panic!("canary"),
            ..World::default()
        },
    ];
    for world in worlds {
        let request = create_request().insert_header(("x-request-id", "request-7"));
        let answer = world.send(request).await;
        answer.assert("broken", 500, "5000", "Internal error");
        assert_eq!(answer.header("x-request-id"), Some("request-7"));
        assert!(!answer.text.contains("canary"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn code_5030_says_when_to_try_again() {
    let worlds = [
        World {
            role: || Err(RepositoryError::Unavailable("canary".into())),
            ..World::default()
        },
        World {
            insert: |_new| Err(RepositoryError::Unavailable("canary".into())),
            ..World::default()
        },
        World {
            insert: |_new| Err(RepositoryError::OutcomeUnknown("canary".into())),
            ..World::default()
        },
    ];
    for world in worlds {
        let answer = world.send(create_request()).await;
        answer.assert(
            "out of reach",
            503,
            "5030",
            "Service temporarily unavailable",
        );
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(!answer.text.contains("canary"), "{}", answer.text);
    }
}

#[actix_web::test]
async fn every_failure_is_in_the_callers_language() {
    for (language, tag) in [
        ("zh-TW", "zh-Hant"),
        ("zh", "zh"),
        ("ja-JP", "ja"),
        ("vi", "vi"),
    ] {
        for request in [
            create_request().uri("/nowhere"),
            create_request().method(actix_web::http::Method::PUT),
            create_request().set_payload("{}"),
        ] {
            let request = request.insert_header(("accept-language", language));
            let answer = World::default().send(request).await;
            assert_eq!(answer.header("content-language"), Some(tag));
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(!message.is_ascii(), "{language}: {message}");
        }
        let broken = World {
            insert: |_new| panic!("canary"),
            ..World::default()
        };
        let request = create_request().insert_header(("accept-language", language));
        let answer = broken.send(request).await;
        assert_eq!(answer.header("content-language"), Some(tag));
    }
}
