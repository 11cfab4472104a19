use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};
use async_trait::async_trait;
use keyward_domain::{ApiKeyId, Decision, Mode, Question, WorkspaceId};

use super::*;
use crate::testing::{Answer, key_id};

/// Says what a test wants, when it is asked what a test expects.
struct Says {
    verdict: fn(&str, &Question) -> Result<Verdict, Undecided>,
}

#[async_trait]
impl Verifier for Says {
    async fn verify(&self, secret: &str, question: &Question) -> Result<Verdict, Undecided> {
        (self.verdict)(secret, question)
    }
}

fn caller() -> Caller {
    Caller {
        api_key_id: key_id(Mode::Live),
        workspace_id: WorkspaceId::parse("ws_1").unwrap(),
        scopes: vec![Scope::parse("payment:read").unwrap()],
        name: "Key".to_owned(),
    }
}

fn undecided() -> Undecided {
    Undecided("nobody knows".into())
}

async fn call(require: Require, request: TestRequest) -> Answer {
    let greet = async |caller: Caller| format!("Hello {}", caller.name);
    let resource = web::resource("/").wrap(require).route(web::get().to(greet));
    let app = init_service(App::new().service(resource)).await;
    let peer: SocketAddr = "10.0.0.9:4711".parse().unwrap();
    Answer::of(app.call(request.peer_addr(peer).to_request()).await).await
}

fn guard(verdict: fn(&str, &Question) -> Result<Verdict, Undecided>) -> Guard {
    Guard::new(Says { verdict })
}

#[actix_web::test]
async fn the_verifier_is_asked_what_is_required() {
    let guard = guard(|secret, question| {
        assert_eq!(secret, "sk_1");
        assert_eq!(question.scopes, caller().scopes);
        assert_eq!(question.mode, Some(Mode::Live));
        let address = question.address.unwrap().ip().to_string();
        assert_eq!(address, "203.0.113.7");
        Ok(Verdict::Allowed(caller()))
    });
    let guard = guard.behind(&["10.0.0.0/8".parse().unwrap()]);
    let require = guard.require(&["payment:read"]).unwrap().mode(Mode::Live);
    let request = TestRequest::get()
        .insert_header(("x-api-key", "sk_1"))
        .insert_header(("x-forwarded-for", "6.6.6.6, 203.0.113.7"));
    let answer = call(require, request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (200, "Hello Key")
    );
}

#[actix_web::test]
async fn a_client_is_not_believed_about_its_address() {
    let guard = guard(|_secret, question| {
        assert_eq!(question.address.unwrap().ip().to_string(), "10.0.0.9");
        Ok(Verdict::Allowed(caller()))
    });
    let request = TestRequest::get().insert_header(("x-forwarded-for", "203.0.113.7"));
    let answer = call(guard.require(&[]).unwrap(), request).await;
    assert_eq!(answer.status.as_u16(), 200);
}

#[actix_web::test]
async fn what_is_denied_or_undecided_never_passes() {
    let missing = || vec![Scope::parse("a:b").unwrap()];
    for (verdict, status, decision) in [
        (Ok(Verdict::Denied(Decision::Unknown)), 401, Some("UNKNOWN")),
        (Ok(Verdict::Denied(Decision::Expired)), 401, Some("EXPIRED")),
        (
            Ok(Verdict::Denied(Decision::IpNotAllowed)),
            403,
            Some("IP_NOT_ALLOWED"),
        ),
        (
            Ok(Verdict::Denied(Decision::InsufficientScope {
                missing: missing(),
            })),
            403,
            Some("INSUFFICIENT_SCOPE"),
        ),
        // A verifier that contradicts itself opens nothing.
        (Ok(Verdict::Denied(Decision::Valid)), 403, Some("VALID")),
        (Err(undecided()), 503, None),
    ] {
        struct Once(std::sync::Mutex<Option<Result<Verdict, Undecided>>>);
        #[async_trait]
        impl Verifier for Once {
            async fn verify(&self, _: &str, _: &Question) -> Result<Verdict, Undecided> {
                self.0.lock().unwrap().take().unwrap()
            }
        }
        let guard = Guard::new(Once(std::sync::Mutex::new(Some(verdict))));
        let answer = call(guard.require(&[]).unwrap(), TestRequest::get()).await;
        assert_eq!(answer.status.as_u16(), status, "{decision:?}");
        assert_eq!(answer.header("x-auth-decision"), decision);
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
        assert_eq!(answer.json()["valid"], false);
    }
}

#[actix_web::test]
async fn a_handler_without_a_guard_has_no_caller() {
    let greet = async |_caller: Caller| "Hello";
    let app = init_service(App::new().route("/", web::get().to(greet))).await;
    let answer = Answer::of(app.call(TestRequest::get().to_request()).await).await;
    assert_eq!(answer.status.as_u16(), 500);
}

#[test]
fn a_scope_that_can_not_be_is_found_at_the_start() {
    let guard = guard(|_, _| Err(undecided()));
    assert!(guard.require(&["payment:read", "*"]).is_err());
}

#[test]
fn a_node_has_a_plain_url() {
    let url = |url: &str| HttpVerifier::new(HttpVerifierConfig::at(url)).is_ok();
    assert!(url("http://127.0.0.1:8081") && url("https://keyward.internal/"));
    for wrong in [
        "",
        "127.0.0.1:8081",
        "ftp://x",
        "http://u:p@x",
        "http://x/path",
        "http://x?q",
    ] {
        assert!(!url(wrong), "{wrong}");
    }
}

/// A node that answers each question with these bytes, or never.
fn node(answer: Option<String>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            if let Some(answer) = &answer {
                let mut head = [0; 4_096];
                let _some = stream.read(&mut head);
                let _unheard = stream.write_all(answer.as_bytes());
            } else {
                kept.push(stream);
            }
        }
    });
    addr
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nLocation: http://127.0.0.1:1/\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn asked(addr: SocketAddr) -> Result<Verdict, Undecided> {
    asked_about(addr, &Question::default()).await
}

async fn asked_about(addr: SocketAddr, question: &Question) -> Result<Verdict, Undecided> {
    let verifier = HttpVerifier::new(HttpVerifierConfig {
        timeout: Duration::from_millis(300),
        ..HttpVerifierConfig::at(&format!("http://{addr}"))
    });
    verifier.unwrap().verify("sk_1", question).await
}

#[tokio::test]
async fn an_answer_of_keyward_is_understood() {
    let id: ApiKeyId = key_id(Mode::Live);
    let valid = format!(
        r#"{{"data":{{"valid":true,"decision":"VALID","apiKeyId":"{id}","workspaceId":"ws_1",
            "mode":"LIVE","scopes":["payment:read"],"name":"Key"}}}}"#
    );
    let verdict = asked(node(Some(http("200 OK", &valid)))).await.unwrap();
    assert_eq!(verdict, Verdict::Allowed(caller()));
    let others = [
        Question {
            scopes: vec![Scope::parse("payment:write").unwrap()],
            ..Question::default()
        },
        Question {
            mode: Some(Mode::Test),
            ..Question::default()
        },
    ];
    for other in others {
        let addr = node(Some(http("200 OK", &valid)));
        assert!(asked_about(addr, &other).await.is_err(), "{other:?}");
    }
    for (body, want) in [
        (
            r#"{"data":{"valid":false,"decision":"UNKNOWN"}}"#,
            Decision::Unknown,
        ),
        (
            r#"{"data":{"valid":false,"decision":"INSUFFICIENT_SCOPE","missingScopes":["a:b"]}}"#,
            Decision::InsufficientScope {
                missing: vec![Scope::parse("a:b").unwrap()],
            },
        ),
    ] {
        let verdict = asked(node(Some(http("200 OK", body)))).await.unwrap();
        assert_eq!(verdict, Verdict::Denied(want));
    }
}

#[tokio::test]
async fn anything_else_decides_nothing() {
    let valid = r#"{"data":{"valid":true,"decision":"VALID"}}"#;
    let id = key_id(Mode::Live);
    let contradiction = format!(
        r#"{{"data":{{"valid":true,"decision":"DISABLED","apiKeyId":"{id}","workspaceId":"ws_1",
            "scopes":[],"name":"Key"}}}}"#
    );
    let huge = format!(
        r#"{{"data":{{"valid":false,"decision":"{}"}}}}"#,
        "x".repeat(70_000)
    );
    for (case, answer) in [
        ("without the key", http("200 OK", valid)),
        ("contradiction", http("200 OK", &contradiction)),
        (
            "valid but false",
            http("200 OK", r#"{"data":{"valid":false,"decision":"VALID"}}"#),
        ),
        (
            "another word",
            http("200 OK", r#"{"data":{"valid":false,"decision":"MAYBE"}}"#),
        ),
        (
            "another type",
            http("200 OK", r#"{"data":{"valid":"true","decision":"VALID"}}"#),
        ),
        ("no JSON", http("200 OK", "ok")),
        ("nothing", http("200 OK", "")),
        ("huge", http("200 OK", &huge)),
        ("204", http("204 No Content", "")),
        ("401", http("401 Unauthorized", valid)),
        ("503", http("503 Service Unavailable", "{}")),
        ("redirect", http("307 Temporary Redirect", "")),
        ("no HTTP", "hello".to_owned()),
    ] {
        assert!(asked(node(Some(answer))).await.is_err(), "{case}");
    }
    assert!(asked(node(None)).await.is_err(), "it hangs");
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = asked(gone).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains("sk_1") && !told.contains("verify"), "{told}");
}
