use std::sync::Arc;

use keyward_web::{TokenConfig, TokenError, TokenVerifier};

use super::{CONFIGURATION, UNREACHABLE, report::Report};
use crate::failure::with_causes;
use crate::system::SystemClock;

const CHECK: &str = "token keys";

/// Fetches the key sets of the identity services.
pub(super) async fn check(config: TokenConfig, report: &mut Report) {
    if config.believes_tokens_for_others() {
        report.warning(
            "tokens",
            "the issuer or the audience of tokens is not checked",
            "Set KEYWARD_JWT_ISSUER and KEYWARD_JWT_AUDIENCE.",
        );
    }
    if config.trusts_plain_http() {
        report.warning(
            "tokens",
            "token keys are fetched by http:// from another machine",
            "Use https://, unless you trust the network.",
        );
    }
    let verifier = match TokenVerifier::new(config, Arc::new(SystemClock)) {
        Ok(verifier) => verifier,
        Err(error) => {
            let advice = "Correct the KEYWARD_JWT_… variables.";
            report.failed(CHECK, CONFIGURATION, with_causes(&error), advice);
            return;
        }
    };
    match verifier.load().await {
        Ok(()) => {}
        Err(TokenError::KeysUnavailable | TokenError::UnknownKey | TokenError::Invalid(_)) => {
            report.failed(
                CHECK,
                UNREACHABLE,
                "the key set of an identity service can't be fetched",
                "Check its URL, its certificate, and that this machine reaches it; KEYWARD_LOG=debug keyward serve has \
                 the reason in token.keys_not_refreshed.",
            );
            return;
        }
    }
    let mut is_fetched = false;
    for keys in verifier.keys_ages() {
        is_fetched = true;
        let issuer = keys.issuer.unwrap_or("the issuer");
        match keys.age {
            Some(age) => report.ok(CHECK, format!("{issuer}: fetched {} s ago", age.as_secs())),
            None => report.failed(
                CHECK,
                UNREACHABLE,
                format!("{issuer}: the key set was never fetched"),
                "Check the URL of the identity service.",
            ),
        }
    }
    if !is_fetched {
        report.ok(CHECK, "of the configuration, none is fetched");
    }
}
