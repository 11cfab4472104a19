use std::time::Duration;

use keyward_web::{PlainHttp, PlatformConfig, PlatformToken, TokenConfig, TrustedUrl};

use super::tokens::{ADMIN_VALUES, OWNER_VALUES, ROLES_CLAIM};
use super::{ConfigError, Environment, switch, verification};

const MEMBERSHIPS: &str = "KEYWARD_MEMBERSHIPS";
const URL: &str = "KEYWARD_MEMBERSHIPS_URL";
const TOKEN: &str = "KEYWARD_MEMBERSHIPS_TOKEN";
const ALLOW_HTTP: &str = "KEYWARD_MEMBERSHIPS_ALLOW_HTTP";
const DEADLINE: &str = "KEYWARD_MEMBERSHIPS_DEADLINE_MILLISECONDS";
const CACHE: &str = "KEYWARD_MEMBERSHIPS_CACHE_SECONDS";

/// The variables that only count for the platform.
const OF_PLATFORM: [&str; 6] = [
    URL,
    TOKEN,
    "KEYWARD_MEMBERSHIPS_TOKEN_FILE",
    ALLOW_HTTP,
    DEADLINE,
    CACHE,
];

/// The variables that only count for claims.
const OF_CLAIM: [&str; 3] = [ROLES_CLAIM, OWNER_VALUES, ADMIN_VALUES];

/// Who says which role a user has.
#[derive(Clone, Debug)]
pub(crate) enum MembershipsConfig {
    /// The members in the store.
    Store,
    /// A claim of the user's token.
    Claim,
    /// The platform, asked over HTTP.
    Platform(Box<PlatformConfig>),
}

impl MembershipsConfig {
    /// Whether roles may come from another machine without TLS.
    pub(crate) fn trusts_plain_http(&self) -> bool {
        match self {
            Self::Store | Self::Claim => false,
            Self::Platform(platform) => platform.url.is_plain_http_elsewhere(),
        }
    }

    /// `KEYWARD_MEMBERSHIPS` and the variables of its choice. A variable that has no effect is
    /// refused: whoever set it counts on it.
    pub(super) fn resolve(
        environment: &Environment,
        tokens: &TokenConfig,
    ) -> Result<Self, ConfigError> {
        let unused = |variables: &[&'static str], choice: &str| {
            let set = |variable: &&&'static str| environment.value(variable).is_some();
            variables.iter().find(set).map_or(Ok(()), |variable| {
                let problem = format!("has no effect; set {MEMBERSHIPS}={choice}, or unset it");
                Err(invalid(variable)(problem))
            })
        };
        match environment.value(MEMBERSHIPS).unwrap_or("store") {
            "store" => {
                unused(&OF_PLATFORM, "http")?;
                unused(&OF_CLAIM, "claim")?;
                unused_in_file(tokens)?;
                Ok(Self::Store)
            }
            "claim" => {
                unused(&OF_PLATFORM, "http")?;
                if tokens.has_roles_claim() {
                    Ok(Self::Claim)
                } else {
                    Err(ConfigError::Missing {
                        variable: ROLES_CLAIM,
                        wanted: "KEYWARD_MEMBERSHIPS=claim needs it: set it to the claim that has \
                                 the user's roles by workspace, or \"roles\" in the issuers file",
                    })
                }
            }
            "http" => {
                unused(&OF_CLAIM, "claim")?;
                unused_in_file(tokens)?;
                Ok(Self::Platform(Box::new(platform(environment)?)))
            }
            other => Err(invalid(MEMBERSHIPS)(format!(
                "{other:?} is not store, claim or http"
            ))),
        }
    }
}

fn unused_in_file(tokens: &TokenConfig) -> Result<(), ConfigError> {
    if tokens.has_roles_claim() {
        let problem = "an issuer has \"roles\" in its \"claims\", which has no effect; set \
                       KEYWARD_MEMBERSHIPS=claim, or remove it";
        Err(invalid("KEYWARD_ISSUERS_FILE")(problem.to_owned()))
    } else {
        Ok(())
    }
}

fn platform(environment: &Environment) -> Result<PlatformConfig, ConfigError> {
    let url = environment.value(URL).ok_or(ConfigError::Missing {
        variable: URL,
        wanted: "KEYWARD_MEMBERSHIPS=http needs it: set it to the URL before \
                 /workspaces/{workspaceId}/members/{userId}",
    })?;
    let plain_http = if switch(environment, ALLOW_HTTP, false)? {
        PlainHttp::AnyHost
    } else {
        PlainHttp::ThisMachine
    };
    let trusted = TrustedUrl::parse(url, plain_http).map_err(|error| {
        let hint = if url.starts_with("http://") && plain_http == PlainHttp::ThisMachine {
            "; inside a cluster whose network is trusted, set KEYWARD_MEMBERSHIPS_ALLOW_HTTP=on"
        } else {
            ""
        };
        invalid(URL)(format!("{error}{hint}"))
    })?;
    if trusted.has_query_or_fragment() {
        return Err(invalid(URL)("it must be without ? and #".to_owned()));
    }
    let token = environment.secret(TOKEN)?;
    let token = token.map(|token| PlatformToken::parse(&token));
    let token = token.transpose();
    let deadline = verification::in_range(environment, DEADLINE, 2_000, 100..=10_000)?;
    let cached_for = verification::in_range(environment, CACHE, 0, 0..=5)?;
    Ok(PlatformConfig {
        url: trusted,
        token: token.map_err(|error| invalid(TOKEN)(error.to_string()))?,
        deadline: Duration::from_millis(deadline),
        cached_for: Duration::from_secs(cached_for),
    })
}

fn invalid(variable: &'static str) -> impl FnOnce(String) -> ConfigError {
    move |problem| ConfigError::Invalid { variable, problem }
}

#[cfg(test)]
mod tests;
