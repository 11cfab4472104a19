use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::Duration;

use keyward_domain::testing::limit;
use keyward_domain::{Cost, Costs, Decision, LimitName, LimitState, Mode, Question, Scope};

use super::*;
use crate::testing::caller;
use crate::{InternalToken, Undecided, Verdict, Verifier as _};

/// A fake node: answers each question with these bytes; with `None`, it never answers.
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
    let id = caller().api_key_id();
    let valid = format!(
        r#"{{"data":{{"valid":true,"decision":"VALID","apiKeyId":"{id}","workspaceId":"ws_1",
            "mode":"LIVE","scopes":["payment:read"],"name":"Key",
            "externalId":"customer-4711","metadata":{{"plan":"gold"}}}}}}"#
    );
    let verdict = asked(node(Some(http("200 OK", &valid)))).await.unwrap();
    assert_eq!(verdict, Verdict::Allowed(caller()));
    let bare = format!(
        r#"{{"data":{{"valid":true,"decision":"VALID","apiKeyId":"{id}","workspaceId":"ws_1",
            "mode":"LIVE","scopes":["payment:read"],"name":"Key"}}}}"#
    );
    let verdict = asked(node(Some(http("200 OK", &bare)))).await.unwrap();
    let Verdict::Allowed(without) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(without.external_id(), None);
    assert!(without.metadata().is_empty());
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
        (
            r#"{"data":{"valid":false,"decision":"RATE_LIMITED","limits":[
                {"name":"requests","limit":100,"window":"1m","remaining":0,"reset":12}]}}"#,
            Decision::RateLimited(Box::new(reached("1m"))),
        ),
        (
            r#"{"data":{"valid":false,"decision":"QUOTA_EXCEEDED","limits":[
                {"name":"requests","limit":100,"window":"day","remaining":0,"reset":12}]}}"#,
            Decision::QuotaExceeded(Box::new(reached("day"))),
        ),
        (
            r#"{"data":{"valid":false,"decision":"COST_ABOVE_LIMIT","limits":[
                {"name":"requests","limit":100,"window":"day"}]}}"#,
            Decision::CostAboveLimit(Box::new(limit("requests", 100, "day"))),
        ),
    ] {
        let verdict = asked(node(Some(http("200 OK", body)))).await.unwrap();
        assert_eq!(verdict, Verdict::Denied(want));
    }
}

/// A limit of 100 units, of which none remain for 12 seconds.
fn reached(window: &str) -> LimitState {
    LimitState {
        limit: limit("requests", 100, window),
        remaining: 0,
        resets_in: Duration::from_secs(12),
    }
}

#[tokio::test]
async fn anything_else_decides_nothing() {
    let valid = r#"{"data":{"valid":true,"decision":"VALID"}}"#;
    let id = caller().api_key_id();
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
        (
            "rate-limited without a limit",
            http(
                "200 OK",
                r#"{"data":{"valid":false,"decision":"RATE_LIMITED"}}"#,
            ),
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
    assert!(asked(node(None)).await.is_err(), "no answer");
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = asked(gone).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains("sk_1") && !told.contains("verify"), "{told}");
}

#[tokio::test]
async fn a_node_is_asked_as_the_contract_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let (told, asked) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _peer) = listener.accept().unwrap();
        let mut bytes = [0; 4_096];
        let mut request = String::new();
        while !request.ends_with('}') {
            let read = stream.read(&mut bytes).unwrap();
            request.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
        told.send(request).unwrap();
        let unknown = r#"{"data":{"valid":false,"decision":"UNKNOWN"}}"#;
        let _unheard = stream.write_all(http("200 OK", unknown).as_bytes());
    });
    let verifier = HttpVerifier::new(HttpVerifierConfig {
        token: Some(InternalToken::parse(&"t".repeat(32)).unwrap()),
        timeout: Duration::from_secs(20),
        ..HttpVerifierConfig::at(&format!("http://{addr}/"))
    });
    let question = Question {
        address: crate::headers::real_ip(&crate::testing::Headers::of([(
            crate::headers::FieldName::XRealIp,
            &b"203.0.113.7"[..],
        )])),
        scopes: caller().scopes().to_vec(),
        mode: Some(Mode::Live),
        costs: Costs::of(vec![(
            LimitName::parse("tokens").unwrap(),
            Cost::of(250).unwrap(),
        )]),
    };
    let verdict = verifier.unwrap().verify("sk_1", &question).await.unwrap();
    assert_eq!(verdict, Verdict::Denied(Decision::Unknown));
    let request = asked.recv().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let lines: Vec<String> = head.lines().map(str::to_lowercase).collect();
    assert_eq!(lines[0], "post /internal/v1/api-keys/verify http/1.1");
    for line in [
        format!("host: {addr}"),
        "content-type: application/json".to_owned(),
        format!("authorization: bearer {}", "t".repeat(32)),
        format!("user-agent: keyward-guard/{}", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(lines.contains(&line), "{line} is not in {head}");
    }
    let want = r#"{"secret":"sk_1","ip":"203.0.113.7","scopes":["payment:read"],"mode":"LIVE","cost":{"tokens":250}}"#;
    assert_eq!(body, want);
}

#[tokio::test]
async fn a_node_by_https_is_never_asked_in_plain() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let (told, first) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _peer) = listener.accept().unwrap();
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        told.send(byte[0]).unwrap();
    });
    let verifier = HttpVerifier::new(HttpVerifierConfig {
        timeout: Duration::from_secs(20),
        ..HttpVerifierConfig::at(&format!("https://{addr}"))
    });
    let verdict = verifier.unwrap().verify("sk_1", &Question::default()).await;
    assert!(verdict.is_err());
    let handshake = 0x16;
    assert_eq!(first.recv().unwrap(), handshake);
}

#[test]
fn a_wrong_url_is_found_at_the_start() {
    let verifier = HttpVerifier::new(HttpVerifierConfig::at("http://user:password@keyward"));
    let told = format!("{:?}", verifier.err().unwrap());
    assert!(!told.contains("password"), "{told}");
}
