//! No text from the fuzzer is a valid token, except the one that was signed.
#![no_main]

use std::sync::{Arc, LazyLock};

use keyward_domain::ports::Clock;
use keyward_domain::{Portal, Principal, Timestamp, UserId};
use keyward_web::{HmacSecret, IssuerConfig, KeySource, MintedClaims, TokenConfig, TokenVerifier, mint};
use libfuzzer_sys::fuzz_target;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(1_800_000_000).expect("in range")
    }
}

struct Fixture {
    verifier: TokenVerifier,
    good: String,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let secret = || HmacSecret::parse(b"a-signing-secret-of-more-than-32-bytes").expect("long enough");
    let issuer = IssuerConfig::new(KeySource::Hs256(secret(), Vec::new()));
    let config = TokenConfig::AnyIssuer(Box::new(issuer));
    let claims = MintedClaims {
        id: None,
        principal: Principal { user_id: UserId::parse("user_1").expect("an id"), portal: Some(Portal::Partner) },
        client_hash: None,
        issued_at: Noon.now(),
        expires_at: Noon.now().plus_seconds(60),
    };
    Fixture {
        verifier: TokenVerifier::new(config, Arc::new(Noon)).expect("a good configuration"),
        good: mint(&secret(), &claims).expect("a token"),
    }
});

fuzz_target!(|data: (u16, u8, &str)| {
    let verify = |token: &str| futures_executor::block_on(FIXTURE.verifier.verify(token));
    let (at, byte, text) = data;
    assert!(verify(text).is_err() || text == FIXTURE.good);
    // One changed byte in a valid token, and other text in place of its claims.
    let mut changed = FIXTURE.good.clone().into_bytes();
    let at = usize::from(at) % changed.len();
    changed[at] = byte;
    if let Ok(changed) = String::from_utf8(changed) {
        assert!(verify(&changed).is_err() || changed == FIXTURE.good);
    }
    let parts: Vec<&str> = FIXTURE.good.split('.').collect();
    let swapped = format!("{}.{text}.{}", parts[0], parts[2]);
    assert!(verify(&swapped).is_err() || text == parts[1]);
    let header = format!("{text}.{}.{}", parts[1], parts[2]);
    assert!(verify(&header).is_err() || text == parts[0]);
});
