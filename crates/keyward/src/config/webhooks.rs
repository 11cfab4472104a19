use keyward_webhooks::{AllowedNetworks, MasterKey};

use super::{ConfigError, Environment, networks};

const KEY: &str = "KEYWARD_WEBHOOK_KEY";
const NETWORKS: &str = "KEYWARD_WEBHOOK_NETWORKS";
const OWNER_NETWORKS: &str = "KEYWARD_WEBHOOK_OWNER_NETWORKS";

/// How events are sent to webhooks.
#[derive(Clone, Debug)]
pub(crate) struct WebhookConfig {
    /// The key from which the keys of webhooks are derived.
    pub(crate) key: MasterKey,
    /// Where they may be, besides the public internet.
    pub(crate) networks: AllowedNetworks,
}

impl WebhookConfig {
    /// `None` without `KEYWARD_WEBHOOK_KEY`: then there are no webhooks.
    pub(crate) fn resolve(environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let networks = AllowedNetworks {
            of_deployment: networks(environment, NETWORKS)?,
            of_workspaces: networks(environment, OWNER_NETWORKS)?,
        };
        let Some(key) = environment.secret(KEY)? else {
            return Ok(None);
        };
        let key = MasterKey::parse(&key).map_err(|error| ConfigError::Invalid {
            variable: KEY,
            problem: error.to_string(),
        })?;
        Ok(Some(Self { key, networks }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(pairs: &[(&str, &str)]) -> Result<bool, String> {
        let config = WebhookConfig::resolve(&Environment::from_pairs(pairs));
        let config = config.map_err(|error| error.to_string())?;
        Ok(config.is_some())
    }

    #[test]
    fn webhooks_need_a_key_of_32_bytes() {
        let key = "k".repeat(32);
        assert_eq!(resolve(&[]), Ok(false));
        assert_eq!(
            resolve(&[(KEY, &key), (NETWORKS, "10.0.0.0/8, fd00::/8")]),
            Ok(true)
        );
        let error = resolve(&[(KEY, "canary")]).unwrap_err();
        assert_eq!(error, "KEYWARD_WEBHOOK_KEY: has fewer than 32 bytes");
        let error = resolve(&[(NETWORKS, "intranet")]).unwrap_err();
        assert!(
            error.starts_with("KEYWARD_WEBHOOK_NETWORKS: \"intranet\""),
            "{error}"
        );
    }
}
