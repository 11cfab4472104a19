use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use keyward_web::{
    AmbiguousRole, ClaimMapping, ClaimName, HmacSecret, IssuerConfig, IssuerUrl, KeySetFile,
    KeySource, Leeway, PlainHttp, RolesClaim, TokenConfig, TrustedUrl,
};

use super::{ConfigError, Environment, issuers_file, switch};

const SECRET: &str = "KEYWARD_JWT_SECRET";
const PREVIOUS_SECRET: &str = "KEYWARD_JWT_PREVIOUS_SECRET";
const JWKS_FILE: &str = "KEYWARD_JWT_JWKS_FILE";
const JWKS_URL: &str = "KEYWARD_JWT_JWKS_URL";
const ISSUER: &str = "KEYWARD_JWT_ISSUER";
const AUDIENCE: &str = "KEYWARD_JWT_AUDIENCE";
const USER_CLAIM: &str = "KEYWARD_JWT_USER_CLAIM";
const PORTAL_CLAIM: &str = "KEYWARD_JWT_PORTAL_CLAIM";
const PARTNER_VALUES: &str = "KEYWARD_JWT_PARTNER_VALUES";
const CLIENT_HASH_CLAIM: &str = "KEYWARD_JWT_CLIENT_HASH_CLAIM";
pub(super) const ROLES_CLAIM: &str = "KEYWARD_JWT_ROLES_CLAIM";
pub(super) const OWNER_VALUES: &str = "KEYWARD_JWT_OWNER_VALUES";
pub(super) const ADMIN_VALUES: &str = "KEYWARD_JWT_ADMIN_VALUES";
const LEEWAY_SECONDS: &str = "KEYWARD_JWT_LEEWAY_SECONDS";
const ALLOW_HTTP: &str = "KEYWARD_JWT_ALLOW_HTTP";
const ISSUERS_FILE: &str = "KEYWARD_ISSUERS_FILE";

/// The variables that say where token keys come from.
const KEY_SOURCES: [&str; 8] = [
    SECRET,
    "KEYWARD_JWT_SECRET_FILE",
    PREVIOUS_SECRET,
    "KEYWARD_JWT_PREVIOUS_SECRET_FILE",
    JWKS_FILE,
    JWKS_URL,
    ISSUER,
    ISSUERS_FILE,
];

/// The other variables of one issuer.
const RULES: [&str; 10] = [
    AUDIENCE,
    USER_CLAIM,
    PORTAL_CLAIM,
    PARTNER_VALUES,
    CLIENT_HASH_CLAIM,
    ROLES_CLAIM,
    OWNER_VALUES,
    ADMIN_VALUES,
    LEEWAY_SECONDS,
    ALLOW_HTTP,
];

/// Whether any source of token keys is configured.
pub(crate) fn has_token_keys(environment: &Environment) -> bool {
    KEY_SOURCES
        .into_iter()
        .any(|variable| environment.value(variable).is_some())
}

/// Which tokens are accepted: by the variables of one issuer, or by a file with several.
pub(super) fn tokens(environment: &Environment) -> Result<TokenConfig, ConfigError> {
    let Some(file) = environment.value(ISSUERS_FILE) else {
        return of_one_issuer(environment);
    };
    let of_one = KEY_SOURCES.into_iter().chain(RULES);
    let mut conflicts = of_one.filter(|variable| *variable != ISSUERS_FILE);
    if let Some(variable) = conflicts.find(|variable| environment.value(variable).is_some()) {
        return Err(ConfigError::Invalid {
            variable: ISSUERS_FILE,
            problem: format!("{variable} is set as well; unset it, and say the same in the file"),
        });
    }
    issuers_file::read(file)
        .map(TokenConfig::Issuers)
        .map_err(|problem| ConfigError::Invalid {
            variable: ISSUERS_FILE,
            problem: format!("{file}: {problem}"),
        })
}

fn of_one_issuer(environment: &Environment) -> Result<TokenConfig, ConfigError> {
    let issuer = IssuerConfig {
        keys: keys(environment)?,
        audiences: list(environment, AUDIENCE)?.unwrap_or_default(),
        claims: claims(environment)?,
        leeway: leeway(environment)?,
    };
    Ok(match environment.value(ISSUER) {
        Some(name) => TokenConfig::Issuers(BTreeMap::from([(name.to_owned(), issuer)])),
        None => TokenConfig::AnyIssuer(Box::new(issuer)),
    })
}

fn keys(environment: &Environment) -> Result<KeySource, ConfigError> {
    let secret = secret(environment, SECRET)?;
    let previous = self::secret(environment, PREVIOUS_SECRET)?;
    if secret.is_none() && previous.is_some() {
        return Err(ConfigError::Invalid {
            variable: PREVIOUS_SECRET,
            problem: format!(
                "{SECRET} is not set; set it to the secret that tokens are signed with"
            ),
        });
    }
    let file = environment.value(JWKS_FILE);
    let url = environment.value(JWKS_URL);
    let plain_http = if switch(environment, ALLOW_HTTP, false)? {
        PlainHttp::AnyHost
    } else {
        PlainHttp::ThisMachine
    };
    match (secret, file, url) {
        (Some(secret), None, None) => Ok(KeySource::Hs256(secret, previous.into_iter().collect())),
        (None, Some(file), None) => {
            let file = KeySetFile::read(PathBuf::from(file)).map_err(invalid(JWKS_FILE))?;
            Ok(KeySource::JwksFile(file))
        }
        (None, None, Some(url)) => {
            let url = TrustedUrl::parse(url, plain_http).map_err(|error| {
                let hint = http_hint(url, plain_http);
                refused(JWKS_URL, format!("{error}{hint}"))
            })?;
            Ok(KeySource::JwksUrl(url))
        }
        (None, None, None) => discovery(environment, plain_http),
        (_, _, _) => Err(ConfigError::Conflict {
            variables: "KEYWARD_JWT_SECRET, KEYWARD_JWT_JWKS_FILE and KEYWARD_JWT_JWKS_URL",
        }),
    }
}

/// The keys that are found by the issuer's URL alone.
fn discovery(environment: &Environment, plain_http: PlainHttp) -> Result<KeySource, ConfigError> {
    let Some(issuer) = environment.value(ISSUER) else {
        return Err(ConfigError::Missing {
            variable: JWKS_URL,
            wanted: "set KEYWARD_JWT_ISSUER to the URL of an OpenID issuer, or set \
                     KEYWARD_JWT_JWKS_URL, KEYWARD_JWT_JWKS_FILE or KEYWARD_JWT_SECRET, or \
                     KEYWARD_ISSUERS_FILE for several issuers, so that tokens can be verified",
        });
    };
    let url = IssuerUrl::parse(issuer, plain_http).map_err(|error| {
        let hint = http_hint(issuer, plain_http);
        refused(
            ISSUER,
            format!(
                "without {JWKS_URL}, {JWKS_FILE} and {SECRET}, keys are found by this URL: \
                 {error}{hint}"
            ),
        )
    })?;
    Ok(KeySource::Discovery(url))
}

/// What to add to the refusal of an http URL.
fn http_hint(url: &str, plain_http: PlainHttp) -> &'static str {
    if url.starts_with("http://") && plain_http == PlainHttp::ThisMachine {
        "; inside a cluster whose network is trusted, set KEYWARD_JWT_ALLOW_HTTP=on"
    } else {
        ""
    }
}

fn secret(
    environment: &Environment,
    variable: &'static str,
) -> Result<Option<HmacSecret>, ConfigError> {
    let Some(secret) = environment.secret(variable)? else {
        return Ok(None);
    };
    let secret = HmacSecret::parse(secret.as_bytes()).map_err(invalid(variable))?;
    Ok(Some(secret))
}

fn claims(environment: &Environment) -> Result<ClaimMapping, ConfigError> {
    let claim = |variable: &'static str, default: ClaimName| match environment.value(variable) {
        Some(name) => ClaimName::parse(name).map_err(invalid(variable)),
        None => Ok(default),
    };
    let default = ClaimMapping::default();
    Ok(ClaimMapping {
        user: claim(USER_CLAIM, default.user)?,
        portal: claim(PORTAL_CLAIM, default.portal)?,
        partner_values: list(environment, PARTNER_VALUES)?,
        client_hash: claim(CLIENT_HASH_CLAIM, default.client_hash)?,
        roles: roles(environment)?,
    })
}

fn roles(environment: &Environment) -> Result<Option<RolesClaim>, ConfigError> {
    let Some(name) = environment.value(ROLES_CLAIM) else {
        return Ok(None);
    };
    let name = ClaimName::parse(name).map_err(invalid(ROLES_CLAIM))?;
    let owner_values = list(environment, OWNER_VALUES)?;
    let admin_values = list(environment, ADMIN_VALUES)?;
    let roles = RolesClaim::new(name, owner_values, admin_values);
    roles.map(Some).map_err(|AmbiguousRole(value)| {
        let problem = format!("{value:?} is also one of {ADMIN_VALUES}; a text means one role");
        refused(OWNER_VALUES, problem)
    })
}

fn leeway(environment: &Environment) -> Result<Leeway, ConfigError> {
    let seconds = environment.parsed(LEEWAY_SECONDS, "a number of seconds from 0 to 30")?;
    seconds
        .map_or(Ok(Leeway::default()), Leeway::parse)
        .map_err(invalid(LEEWAY_SECONDS))
}

/// Texts that are separated by commas; `None` when the variable is not set.
fn list(
    environment: &Environment,
    variable: &'static str,
) -> Result<Option<Vec<String>>, ConfigError> {
    let Some(value) = environment.value(variable) else {
        return Ok(None);
    };
    let entries = value.split(',').map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty()).map(str::to_owned);
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() {
        let problem = format!("{value:?} names nothing; separate several by commas");
        return Err(refused(variable, problem));
    }
    Ok(Some(entries))
}

fn refused(variable: &'static str, problem: String) -> ConfigError {
    ConfigError::Invalid { variable, problem }
}

fn invalid<E: Error>(variable: &'static str) -> impl FnOnce(E) -> ConfigError {
    move |error| refused(variable, with_causes(&error))
}

/// An error with all its causes, on one line.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests;
