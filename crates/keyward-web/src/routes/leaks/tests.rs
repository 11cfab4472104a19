use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::test::TestRequest;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_domain::ports::{RepositoryError, Saved};
use keyward_domain::{Actor, AuditAction};
use serde_json::{Value, json};

use super::sha256;
use crate::testing::{Answer, World, logs_of, old_secret};

static PAIR: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap());

/// The URL of GitHub's keys, on this machine.
static KEYS_URL: LazyLock<String> = LazyLock::new(|| {
    let base64 = STANDARD.encode(PAIR.public_key().as_der().unwrap().as_ref());
    let key = format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n");
    let list = json!({ "public_keys": [
        { "key_identifier": "known", "key": key, "is_current": true },
    ] });
    let body = list.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 2_048];
            if stream.read(&mut head).unwrap_or(0) > 0 {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                stream.write_all(head.as_bytes()).ok();
            }
        }
    });
    url
});

static DISABLED: AtomicUsize = AtomicUsize::new(0);

fn world() -> World {
    World {
        github_keys_url: Some(&KEYS_URL),
        save: |changed| {
            assert_eq!(changed.event.action, AuditAction::Disabled);
            let Actor::Service { name } = &changed.event.actor else {
                panic!("{:?}", changed.event.actor);
            };
            assert_eq!(name.as_str(), "github");
            DISABLED.fetch_add(1, Ordering::SeqCst);
            Ok(Saved::Done)
        },
        ..World::default()
    }
}

/// Nothing may be looked up.
fn unreachable_store() -> World {
    World {
        get: |_, _| panic!("looked up"),
        ..world()
    }
}

fn signature(body: &str) -> String {
    let signature = PAIR.sign(&SystemRandom::new(), body.as_bytes()).unwrap();
    STANDARD.encode(signature.as_ref())
}

fn unsigned(body: &str) -> TestRequest {
    TestRequest::post()
        .uri("/public/v1/leaks")
        .insert_header(("content-type", "application/json"))
        .set_payload(body.to_owned())
}

fn signed(body: &str) -> TestRequest {
    unsigned(body)
        .insert_header(("github-public-key-identifier", "known"))
        .insert_header(("github-public-key-signature", signature(body)))
}

/// A report of these texts.
fn of(tokens: &[&str]) -> String {
    let leaks = tokens.iter().map(
        |token| json!({ "token": token, "type": "acme_api_key", "url": "", "source": "content" }),
    );
    leaks.collect::<Value>().to_string()
}

fn feedback(token: &str, label: &str) -> Value {
    json!({ "token_hash": sha256(token), "token_type": "acme_api_key", "label": label })
}

async fn send(world: &World, request: TestRequest) -> Answer {
    world.send(request).await
}

#[actix_web::test]
async fn a_reported_secret_is_ended_and_github_learns_which_texts_are_secrets() {
    let secret = old_secret();
    let known = format!("\r\n {}\n", secret.expose());
    let unknown = keyward_domain::testing::secret(99);
    let body = of(&["nonsense", &known, unknown.expose(), ""]);
    let before = DISABLED.load(Ordering::SeqCst);
    // A report that is sent twice has the same answer.
    for _ in 0..2 {
        let answer = send(&world(), signed(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let want = json!([
            feedback("nonsense", "false_positive"),
            feedback(&known, "true_positive"),
            feedback(unknown.expose(), "false_positive"),
            feedback("", "false_positive"),
        ]);
        assert_eq!(answer.json(), want, "{}", answer.text);
    }
    assert!(DISABLED.load(Ordering::SeqCst) >= before + 2);
}

#[test]
fn a_hash_is_the_one_that_github_computes() {
    let want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256("abc"), want);
}

#[actix_web::test]
async fn code_4011_for_what_github_has_not_signed() {
    let body = of(&[old_secret().expose()]);
    let with = |key: &str, signature: &str, body: &str| {
        unsigned(body)
            .insert_header(("github-public-key-identifier", key))
            .insert_header(("github-public-key-signature", signature))
    };
    let right = signature(&body);
    for (case, request) in [
        ("no header", unsigned(&body)),
        (
            "no signature",
            unsigned(&body).insert_header(("github-public-key-identifier", "known")),
        ),
        (
            "no identifier",
            unsigned(&body).insert_header(("github-public-key-signature", right.as_str())),
        ),
        ("unknown key", with("other", &right, &body)),
        ("another body", with("known", &right, &format!("{body} "))),
        ("not JSON", with("known", &right, "{")),
        ("no base64", with("known", "-", &body)),
    ] {
        let answer = send(&unreachable_store(), request).await;
        let expected = "The signature is missing or wrong";
        answer.assert(case, 401, "4011", expected);
        let scheme = answer.header("www-authenticate");
        assert_eq!(scheme, Some("Github-Public-Key-Signature"), "{case}");
    }
}

#[actix_web::test]
async fn a_report_has_at_most_a_thousand_texts() {
    let answer = send(&world(), signed(&of(&vec!["a"; 1_000]))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json().as_array().unwrap().len(), 1_000);
    for body in [of(&vec!["a"; 1_001]), "[]".to_owned(), "{}".to_owned()] {
        let answer = send(&unreachable_store(), signed(&body)).await;
        answer.assert(&body, 400, "4000", "Invalid request");
        assert_eq!(answer.fields(), ["body"]);
    }
}

#[actix_web::test]
async fn the_order_is_headers_then_type_then_size_then_signature() {
    let huge = " ".repeat(512 * 1_024 + 1);
    let answer = send(&world(), unsigned(&huge)).await;
    assert_eq!(answer.status, 401, "headers: {}", answer.text);
    let wrong = || {
        unsigned(&huge)
            .insert_header(("github-public-key-identifier", "known"))
            .insert_header(("github-public-key-signature", "AAAA"))
    };
    let plain = wrong().insert_header(("content-type", "text/plain"));
    let answer = send(&world(), plain).await;
    answer.assert("type", 415, "4150", "Content type must be application/json");
    let answer = send(&world(), wrong()).await;
    let expected = "Request body too large (limit 512 KiB)";
    answer.assert("size", 413, "4131", expected);
}

#[actix_web::test]
async fn code_5030_when_the_keys_of_github_can_not_be_fetched() {
    let world = World {
        github_keys_url: Some("http://127.0.0.1:1/"),
        ..unreachable_store()
    };
    let answer = send(&world, signed(&of(&["a"]))).await;
    let expected = "Service temporarily unavailable";
    answer.assert("keys", 503, "5030", expected);
    assert_eq!(answer.header("retry-after"), Some("5"));
}

#[actix_web::test]
async fn code_5030_when_the_secrets_can_not_be_looked_up() {
    let world = World {
        get: |_, _| Err(RepositoryError::Unavailable("down".into())),
        ..world()
    };
    let answer = send(&world, signed(&of(&[old_secret().expose()]))).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
}

#[actix_web::test]
async fn without_keys_of_github_there_is_no_such_path() {
    let world = World {
        github_keys_url: None,
        ..unreachable_store()
    };
    for request in [
        signed(&of(&["a"])),
        TestRequest::get().uri("/public/v1/leaks"),
    ] {
        let answer = send(&world, request).await;
        answer.assert("path", 404, "4041", "No such resource");
    }
    let answer = send(
        &unreachable_store(),
        TestRequest::get().uri("/public/v1/leaks"),
    )
    .await;
    answer.assert("method", 405, "4050", "Method not allowed");
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[actix_web::test]
async fn no_text_of_a_report_is_logged() {
    let secret = old_secret();
    let logs = logs_of(world(), signed(&of(&["canary", secret.expose()]))).await;
    assert!(logs.contains("secret.reported"), "{logs}");
    assert!(!logs.contains("canary"), "{logs}");
    assert!(!logs.contains(secret.expose()), "{logs}");
}
