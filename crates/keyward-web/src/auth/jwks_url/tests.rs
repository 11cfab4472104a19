use std::time::Duration;

use serde_json::json;

use super::super::config::{IssuerConfig, TokenConfig};
use super::super::testing::issuer::{Answer, Issuer};
use super::super::testing::{KEYS, OTHER_KEYS, SetClock, TickingClock, claims, header, verifier};
use super::super::verification_key::SignatureAlgorithm;
use super::super::verifier::TokenVerifier;
use super::*;

const EDDSA: SignatureAlgorithm = SignatureAlgorithm::EdDsa;

fn token() -> String {
    KEYS.token(EDDSA)
}

fn token_of(kid: &str) -> String {
    let mut header = header(EDDSA);
    header["kid"] = json!(kid);
    KEYS.token_with(&header, &claims(), EDDSA)
}

fn good() -> Answer {
    Answer::Body(KEYS.key_set())
}

fn key_set_text(kids: &[&str]) -> String {
    let keys: Vec<_> = kids.iter().map(|kid| KEYS.jwk(EDDSA, kid)).collect();
    json!({ "keys": keys }).to_string()
}

fn key_set_of(kids: &[&str]) -> Answer {
    Answer::Body(key_set_text(kids))
}

/// Invalid responses.
fn useless() -> Vec<(&'static str, Answer)> {
    // With any other status, even a valid key set is ignored.
    let with_set = |status| Answer::Head(status, key_set_text(&["unknown", EDDSA.name()]));
    vec![
        ("hangs up", Answer::HangUp),
        ("server error", with_set("500 Internal Server Error")),
        ("not found", with_set("404 Not Found")),
        ("partial", with_set("206 Partial Content")),
        ("redirect", with_set("302 Found\r\nLocation: /jwks.json")),
        ("nothing", Answer::Head("200 OK", String::new())),
        ("endless", Answer::Endless),
        ("HTML", Answer::Body("<html>".to_owned())),
        (
            "another JSON",
            Answer::Body("{\"error\":\"maintenance\"}".to_owned()),
        ),
        (
            "over 256 KiB",
            Answer::Body(format!("{}{}", KEYS.key_set(), " ".repeat(256 * 1024))),
        ),
    ]
}

fn verifier_of(issuer: &Issuer, clock: &Arc<SetClock>) -> Arc<TokenVerifier> {
    Arc::new(verifier(issuer.key_set(), clock))
}

/// Waits until the condition holds, for a few seconds at most.
async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    assert!(waited.is_ok(), "{what}");
}

#[tokio::test]
async fn a_set_is_asked_for_once_and_serves_many() {
    let issuer = Issuer::start(good()).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    assert_eq!(verifier.load().await, Ok(()));
    for _ in 0..20 {
        assert!(verifier.verify(&token()).await.is_ok());
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn without_load_the_first_token_asks() {
    let issuer = Issuer::start(good()).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    assert!(verifier.verify(&token()).await.is_ok());
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_set_that_was_just_asked_for_counts_though_time_passes() {
    let issuer = Issuer::start(good()).await;
    let config = TokenConfig::AnyIssuer(Box::new(IssuerConfig::new(issuer.key_set())));
    let verifier = TokenVerifier::new(config, TickingClock::new()).unwrap();
    assert!(verifier.verify(&token()).await.is_ok());
}

#[tokio::test]
async fn a_hundred_unknown_kids_at_once_ask_once() {
    let issuer = Issuer::start_slow(good()).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    let asking: Vec<_> = (0..100)
        .map(|at| {
            let verifier = Arc::clone(&verifier);
            tokio::spawn(async move { verifier.verify(&token_of(&format!("unknown-{at}"))).await })
        })
        .collect();
    until("somebody asks", async || issuer.asked() > 0).await;
    issuer.answer_all();
    for verdict in asking {
        assert_eq!(verdict.await.unwrap(), Err(TokenError::UnknownKey));
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn unknown_kids_ask_at_most_once_in_10_seconds() {
    let issuer = Issuer::start(good()).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    let check = async |asked: usize| {
        for at in 0..10 {
            let verdict = verifier.verify(&token_of(&format!("unknown-{at}"))).await;
            assert_eq!(verdict, Err(TokenError::UnknownKey));
        }
        assert_eq!(issuer.asked(), asked);
    };
    check(1).await;
    clock.advance(9);
    check(1).await;
    clock.advance(1);
    check(2).await;
    clock.advance(-3_600);
    check(3).await;
}

#[tokio::test]
async fn a_new_key_is_found_by_its_first_token() {
    let issuer = Issuer::start(key_set_of(&["old"])).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token_of("old")).await.is_ok());
    issuer.answer_with(key_set_of(&["old", "new"]));
    clock.advance(10);
    assert!(verifier.verify(&token_of("new")).await.is_ok());
    assert!(verifier.verify(&token_of("old")).await.is_ok());
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn a_held_set_outlives_every_useless_answer() {
    let issuer = Issuer::start(good()).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token()).await.is_ok());
    for (index, (case, answer)) in useless().into_iter().enumerate() {
        issuer.answer_with(answer);
        clock.advance(10);
        assert_eq!(
            verifier.verify(&token_of("unknown")).await,
            Err(TokenError::UnknownKey),
            "{case}"
        );
        assert_eq!(issuer.asked(), index + 2, "{case}");
        assert!(verifier.verify(&token()).await.is_ok(), "{case}");
    }
}

#[tokio::test]
async fn without_any_set_nobody_can_say() {
    for (case, answer) in useless() {
        let issuer = Issuer::start(answer).await;
        let clock = SetClock::new();
        let verifier = verifier_of(&issuer, &clock);
        assert_eq!(
            verifier.load().await,
            Err(TokenError::KeysUnavailable),
            "{case}"
        );
        for _ in 0..5 {
            let verdict = verifier.verify(&token()).await;
            assert_eq!(verdict, Err(TokenError::KeysUnavailable), "{case}");
        }
        assert_eq!(issuer.asked(), 1, "{case}");
        issuer.answer_with(good());
        clock.advance(10);
        assert!(verifier.verify(&token()).await.is_ok(), "{case}");
        assert_eq!(issuer.asked(), 2, "{case}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let head = "302 Found\r\nLocation: /jwks.json";
    let issuer = Issuer::start(Answer::Head(head, String::new())).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    assert_eq!(verifier.load().await, Err(TokenError::KeysUnavailable));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_broken_off() {
    let issuer = Issuer::start(Answer::Endless).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    assert_eq!(verifier.load().await, Err(TokenError::KeysUnavailable));
    // At most 256 KiB are read; the rest is in network buffers.
    assert!(
        issuer.sent_bytes() < 16 * 1024 * 1024,
        "{}",
        issuer.sent_bytes()
    );
}

// The runtime's paused time jumps to the deadline as soon as nothing else can happen.
#[tokio::test(start_paused = true)]
async fn a_silent_issuer_is_waited_for_3_seconds() {
    let issuer = Issuer::start(Answer::Silence).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    let began = tokio::time::Instant::now();
    assert_eq!(verifier.load().await, Err(TokenError::KeysUnavailable));
    let waited = began.elapsed();
    assert!((2_900..3_500).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test]
async fn a_set_is_asked_for_again_before_it_is_stale_and_nobody_waits() {
    let issuer = Issuer::start(good()).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    assert!(verifier.verify(&token()).await.is_ok());
    clock.advance(239);
    assert!(verifier.verify(&token()).await.is_ok());
    assert_eq!(issuer.asked(), 1);
    issuer.answer_with(Answer::Silence);
    clock.advance(1);
    assert!(verifier.verify(&token()).await.is_ok(), "nobody waits");
    until("somebody asks", async || issuer.asked() == 2).await;
}

#[tokio::test]
async fn a_withdrawn_key_opens_nothing_after_5_minutes_not_even_once() {
    for withdrawn in [
        json!({ "keys": [OTHER_KEYS.jwk(EDDSA, "successor")] }),
        json!({ "keys": [] }),
    ] {
        let issuer = Issuer::start(good()).await;
        let clock = SetClock::new();
        let verifier = verifier_of(&issuer, &clock);
        assert!(verifier.verify(&token()).await.is_ok());
        issuer.answer_with(Answer::Body(withdrawn.to_string()));
        // No request came in the minute of the background refresh.
        clock.advance(330);
        assert_eq!(verifier.verify(&token()).await, Err(TokenError::UnknownKey));
        assert_eq!(issuer.asked(), 2);
    }
}

#[tokio::test]
async fn what_is_held_answers_for_an_hour_while_the_issuer_is_down() {
    let issuer = Issuer::start(good()).await;
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    let age = || {
        verifier
            .keys_ages()
            .map(|keys| keys.age)
            .collect::<Vec<_>>()
    };
    assert_eq!(age(), [None]);
    assert!(verifier.verify(&token()).await.is_ok());
    issuer.answer_with(Answer::HangUp);
    clock.advance(3_599);
    assert!(verifier.verify(&token()).await.is_ok());
    assert_eq!(age(), [Some(Duration::from_secs(3_599))]);
    clock.advance(1);
    let verdict = verifier.verify(&token()).await;
    assert_eq!(verdict, Err(TokenError::KeysUnavailable));
    issuer.answer_with(good());
    clock.advance(10);
    assert!(verifier.verify(&token()).await.is_ok());
}

#[tokio::test]
async fn a_caller_who_goes_away_breaks_off_nothing() {
    let issuer = Issuer::start_slow(good()).await;
    let verifier = verifier_of(&issuer, &SetClock::new());
    let verify = || {
        let verifier = Arc::clone(&verifier);
        tokio::spawn(async move { verifier.verify(&token()).await })
    };
    let impatient = verify();
    until("somebody asks", async || issuer.asked() == 1).await;
    let patient = verify();
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    issuer.answer_all();
    assert!(patient.await.unwrap().is_ok());
    assert_eq!(issuer.asked(), 1);
}

#[test]
fn workers_that_come_and_go_share_one_set() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let home = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let issuer = home.block_on(Issuer::start(good()));
    let clock = SetClock::new();
    let verifier = verifier_of(&issuer, &clock);
    for asked in 1..=3 {
        let worker = runtime();
        assert!(worker.block_on(verifier.verify(&token())).is_ok());
        clock.advance(10);
        let verdict = worker.block_on(verifier.verify(&token_of("unknown")));
        assert_eq!(verdict, Err(TokenError::UnknownKey));
        assert_eq!(issuer.asked(), asked + 1);
    }
}
