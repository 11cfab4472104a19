//! Tokens as an identity service, or an attacker, would create them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "a-signing-secret-of-more-than-32-bytes";

#[expect(
    clippy::disallowed_methods,
    reason = "an identity service has a clock of its own"
)]
pub(crate) fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_secs()).unwrap()
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Valid claims of a session of `user` in the PARTNER portal.
pub(crate) fn claims(user: &str) -> Value {
    json!({ "sub": user, "portal": "PARTNER", "iat": now(), "exp": now() + 3_600 })
}

/// `header.claims.signature` with an HS256 signature, whatever the header says.
pub(crate) fn signed(header: &Value, claims: &Value, secret: &[u8]) -> String {
    signed_text(&header.to_string(), &claims.to_string(), secret)
}

pub(crate) fn signed_text(header: &str, claims: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = base64url(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}

/// A token with these claims, signed with the server's secret.
pub(crate) fn with_claims(claims: &Value) -> String {
    signed(
        &json!({ "alg": "HS256", "typ": "JWT" }),
        claims,
        SECRET.as_bytes(),
    )
}

/// A valid token of a session of `user` in `portal`.
pub(crate) fn of(user: &str, portal: &str) -> String {
    let mut claims = claims(user);
    claims["portal"] = json!(portal);
    with_claims(&claims)
}
