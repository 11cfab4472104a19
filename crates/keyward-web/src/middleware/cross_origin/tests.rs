//! Browsers on other origins, in the real app with mocks of the domain.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::test::TestRequest;
use futures_util::stream;
use keyward_domain::ports::RepositoryError;

use crate::testing::{Answer, Operation, PATH, World, create_request};

const PORTAL: &str = "https://portal.example.com";
const IN_DEVELOPMENT: &str = "http://localhost:3000";

/// Origins that are not those of the list, each in another way.
const OTHERS: [&[&str]; 14] = [
    &["https://evil.example"],
    &["null"],
    &["*"],
    &[""],
    &["https://portal.example.com:8443"],
    &["https://portal.example.com:443"],
    &["https://Portal.example.com"],
    &["HTTPS://portal.example.com"],
    &["http://portal.example.com"],
    &["https://a.portal.example.com"],
    &["https://portal.example.com.evil.example"],
    &["https://portal.example.com/keys"],
    &[PORTAL, PORTAL],
    &[PORTAL, "https://evil.example"],
];

fn world() -> World {
    World {
        allowed_origins: "https://portal.example.com,http://localhost:3000",
        ..World::default()
    }
}

fn from(origins: &[&str], request: TestRequest) -> TestRequest {
    let origins = origins.iter();
    origins.fold(request, |request, origin| {
        request.append_header(("origin", *origin))
    })
}

fn preflight(origins: &[&str], method: &str, headers: &str) -> TestRequest {
    let request = TestRequest::with_uri(PATH)
        .method("OPTIONS".parse().unwrap())
        .insert_header(("access-control-request-method", method));
    let request = match headers {
        "" => request,
        headers => request.insert_header(("access-control-request-headers", headers)),
    };
    from(origins, request)
}

/// The names in a list of them, in lower case.
fn names(answer: &Answer, header: &str) -> BTreeSet<String> {
    let list = answer.header(header).unwrap_or_default();
    let names = list.split(',').map(|name| name.trim().to_ascii_lowercase());
    names.filter(|name| !name.is_empty()).collect()
}

fn set(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| name.to_ascii_lowercase()).collect()
}

/// All that CORS has put into a response.
fn of_cors(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(ToString::to_string);
    names
        .filter(|name| name.starts_with("access-control-"))
        .collect()
}

/// A response that a page of this origin can read.
fn assert_readable(answer: &Answer, case: &str, origin: &str) {
    let allowed: Vec<_> = answer
        .headers
        .get_all("access-control-allow-origin")
        .collect();
    assert_eq!(allowed, [origin], "{case}");
    assert_eq!(
        names(answer, "access-control-expose-headers"),
        set(&[
            "ETag",
            "Location",
            "Content-Language",
            "Retry-After",
            "X-Request-Id",
            "X-Keyward-Propagation",
        ]),
        "{case}"
    );
    assert!(names(answer, "vary").contains("origin"), "{case}");
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.header("x-request-id").is_some(), "{case}");
}

#[actix_web::test]
async fn a_preflight_says_what_the_contract_has_and_is_cached() {
    for origin in [PORTAL, IN_DEVELOPMENT] {
        let all = "accept,accept-language,authorization,content-type,idempotency-key,if-match,\
                   x-client-hash,x-request-id,x-workspace-id";
        for (method, headers) in [
            ("GET", ""),
            ("HEAD", "authorization"),
            ("POST", all),
            ("PATCH", "Authorization, If-Match"),
            ("DELETE", "authorization"),
        ] {
            let answer = world().send(preflight(&[origin], method, headers)).await;
            assert_eq!(answer.status, 200, "{method} {headers}: {}", answer.text);
            assert_eq!(answer.text, "");
            for (name, value) in [
                ("access-control-allow-origin", origin),
                ("access-control-max-age", "7200"),
                ("vary", "Origin"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{method}: {name}");
            }
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(answer.header("x-request-id").is_some());
            assert_eq!(
                names(&answer, "access-control-allow-methods"),
                set(&["GET", "HEAD", "POST", "PATCH", "DELETE"])
            );
            let headers: Vec<&str> = all.split(',').collect();
            assert_eq!(
                names(&answer, "access-control-allow-headers"),
                set(&headers)
            );
        }
    }
}

#[actix_web::test]
async fn a_preflight_for_what_the_contract_lacks_is_told_so() {
    for (case, method, headers, field) in [
        ("PUT", "PUT", "", "Access-Control-Request-Method"),
        ("case", "patch", "", "Access-Control-Request-Method"),
        (
            "unknown",
            "POST",
            "authorization,x-other",
            "Access-Control-Request-Headers",
        ),
        ("garbage", "POST", "a b", "Access-Control-Request-Headers"),
    ] {
        let answer = world().send(preflight(&[PORTAL], method, headers)).await;
        assert_eq!(answer.status, 400, "{case}: {}", answer.text);
        assert_eq!(answer.json()["code"], "4000", "{case}");
        assert_eq!(answer.fields(), [field], "{case}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some(PORTAL),
            "{case}"
        );
        assert_eq!(answer.header("access-control-allow-methods"), None);
        assert_eq!(answer.header("vary"), Some("Accept-Language, Origin"));
    }
}

#[actix_web::test]
async fn the_preflight_of_any_other_origin_is_a_wrong_method_as_before() {
    let headers = "authorization,content-type";
    for origins in OTHERS {
        let answer = world().send(preflight(origins, "POST", headers)).await;
        assert_eq!(answer.status, 405, "{origins:?}: {}", answer.text);
        assert_eq!(answer.json()["code"], "4050", "{origins:?}");
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        assert_eq!(of_cors(&answer), Vec::<String>::new(), "{origins:?}");
        assert_eq!(
            answer.header("vary"),
            Some("Accept-Language, Origin"),
            "{origins:?}"
        );
    }
}

#[actix_web::test]
async fn an_allowed_page_can_read_what_it_is_answered() {
    for origin in [PORTAL, IN_DEVELOPMENT] {
        let created = world().send(from(&[origin], create_request())).await;
        assert_eq!(created.status, 201, "{}", created.text);
        assert_readable(&created, "create", origin);
        assert_eq!(created.header("vary"), Some("Accept-Language, Origin"));
        assert!(created.header("location").is_some());
        for operation in Operation::ALL {
            let answer = world().send(from(&[origin], operation.request())).await;
            assert!(answer.status.is_success(), "{operation:?}");
            assert_readable(&answer, operation.path, origin);
        }
    }
}

/// A foreign `Origin` is no error: a caller that is no browser may send anything.
#[actix_web::test]
async fn any_other_origin_is_answered_as_before_and_allowed_nothing() {
    for origins in OTHERS {
        for (request, status) in [
            (create_request(), 201),
            (Operation::GET.request(), 200),
            (Operation::DELETE.request(), 204),
            (TestRequest::with_uri(PATH), 401),
        ] {
            let answer = world().send(from(origins, request)).await;
            assert_eq!(answer.status, status, "{origins:?}: {}", answer.text);
            assert_eq!(of_cors(&answer), Vec::<String>::new(), "{origins:?}");
            assert!(names(&answer, "vary").contains("origin"), "{origins:?}");
        }
    }
}

#[actix_web::test]
async fn a_caller_without_an_origin_is_answered_as_before() {
    let answer = world().send(create_request()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(of_cors(&answer), Vec::<String>::new());
    assert_eq!(answer.header("vary"), Some("Accept-Language, Origin"));
    let options = TestRequest::with_uri(PATH).method("OPTIONS".parse().unwrap());
    assert_eq!(world().send(options).await.status, 405);
}

/// Otherwise a front end couldn't say what went wrong.
#[actix_web::test]
async fn an_allowed_page_can_read_every_failure() {
    let with_body = |body: String| create_request().set_payload(body);
    let unavailable = World {
        insert: |_| Err(RepositoryError::Unavailable("down".into())),
        ..world()
    };
    let corrupt = World {
        role: || Err(RepositoryError::Corrupt("row".into())),
        ..world()
    };
    let panicking = World {
        insert: |_| panic!("what a panic says stays inside"),
        ..world()
    };
    for (world, request, status) in [
        (world(), TestRequest::with_uri(PATH), 401),
        (
            world(),
            create_request().insert_header(("x-workspace-id", "ws_2")),
            400,
        ),
        (
            world(),
            create_request().insert_header(("accept", "text/html")),
            406,
        ),
        (
            world(),
            create_request().insert_header(("content-type", "text/plain")),
            415,
        ),
        (world(), with_body("[]".to_owned()), 400),
        (world(), with_body("x".repeat(70_000)), 413),
        (world(), create_request().uri("/web/v1/nothing"), 404),
        (
            world(),
            create_request().method("PUT".parse().unwrap()),
            405,
        ),
        (unavailable, create_request(), 503),
        (corrupt, create_request(), 500),
        (panicking, create_request(), 500),
    ] {
        let case = status.to_string();
        let answer = world.send(from(&[PORTAL], request)).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_readable(&answer, &case, PORTAL);
        assert_eq!(
            answer.header("vary"),
            Some("Accept-Language, Origin"),
            "{case}"
        );
        assert!(answer.json()["code"].is_string(), "{case}");
    }
    let late = World {
        body_deadline: Duration::from_millis(1),
        ..world()
    };
    let request = from(&[PORTAL], create_request());
    let answer = late.send_streamed(request, stream::pending()).await;
    assert_eq!(answer.status, 408, "{}", answer.text);
    assert_readable(&answer, "408", PORTAL);
}

#[actix_web::test]
async fn only_the_api_is_open_to_other_origins() {
    for path in ["/openapi.json", "/docs/", "/nothing", "/web", "/web/v1"] {
        let answer = world()
            .send(from(&[PORTAL], TestRequest::with_uri(path)))
            .await;
        assert_eq!(of_cors(&answer), Vec::<String>::new(), "{path}");
        assert!(!names(&answer, "vary").contains("origin"), "{path}");
        let answer = world()
            .send(preflight(&[PORTAL], "GET", "").uri(path))
            .await;
        assert!(answer.status.is_client_error(), "{path}");
        assert_eq!(of_cors(&answer), Vec::<String>::new(), "{path}");
    }
}

#[actix_web::test]
async fn without_a_list_nothing_is_allowed_and_nothing_varies() {
    for origins in [&[PORTAL][..], &["null"], &[]] {
        let answer = World::default().send(from(origins, create_request())).await;
        answer.assert("create", 201, "2000", "SUCCESS");
        assert_eq!(of_cors(&answer), Vec::<String>::new(), "{origins:?}");
        let refused = World::default().send(preflight(origins, "POST", "")).await;
        refused.assert("preflight", 405, "4050", "Method not allowed");
        assert_eq!(of_cors(&refused), Vec::<String>::new(), "{origins:?}");
    }
}
