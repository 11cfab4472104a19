//! The operating system's clock and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use keyward_domain::ports::{Clock, EntropyUnavailable, Secrets};
use keyward_domain::{ApiKeyId, KeyPrefix, Mode, Secret, ServiceSecret, Timestamp, WebhookId};
use zeroize::Zeroizing;

/// The operating system's wall clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the adapter of the Clock port"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        // A clock beyond the year 9999 stays at its end.
        Timestamp::from_unix_micros(micros).unwrap_or(Timestamp::MAX)
    }
}

/// The operating system's random bytes.
pub(crate) struct SystemSecrets;

impl Secrets for SystemSecrets {
    fn new_secret(&self, prefix: KeyPrefix, mode: Mode) -> Result<Secret, EntropyUnavailable> {
        let mut entropy = Zeroizing::new([0; 32]);
        fill(entropy.as_mut())?;
        Ok(Secret::from_entropy(prefix, mode, &entropy))
    }

    fn new_id(
        &self,
        prefix: KeyPrefix,
        mode: Mode,
        now: Timestamp,
    ) -> Result<ApiKeyId, EntropyUnavailable> {
        let mut entropy = [0; 10];
        fill(&mut entropy)?;
        Ok(ApiKeyId::from_entropy(prefix, mode, now, entropy))
    }

    fn webhook_id(&self, now: Timestamp) -> Result<WebhookId, EntropyUnavailable> {
        let mut entropy = [0; 10];
        fill(&mut entropy)?;
        Ok(WebhookId::from_entropy(now, entropy))
    }
}

/// The secret of a new service token, of 256 random bits.
pub(crate) fn new_service_secret() -> Result<ServiceSecret, EntropyUnavailable> {
    let mut entropy = Zeroizing::new([0; 32]);
    fill(entropy.as_mut())?;
    Ok(ServiceSecret::from_entropy(&entropy))
}

/// 256 random bits as 64 hexadecimal digits.
pub(crate) fn random_hex() -> Result<Zeroizing<String>, EntropyUnavailable> {
    let mut entropy = Zeroizing::new([0; 32]);
    fill(entropy.as_mut())?;
    let digits = entropy.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    Ok(Zeroizing::new(digits.collect()))
}

/// Fills `bytes` with random bytes from the operating system.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the adapter of the Secrets port"
)]
fn fill(bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
    getrandom::fill(bytes).map_err(|_no_more_is_known| EntropyUnavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same() {
        let prefix = KeyPrefix::default();
        let secret = || SystemSecrets.new_secret(prefix, Mode::Live).unwrap();
        assert_ne!(secret().expose(), secret().expose());
        let now = SystemClock.now();
        let id = || SystemSecrets.new_id(prefix, Mode::Live, now).unwrap();
        assert_ne!(id(), id());
    }
}
