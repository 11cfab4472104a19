//! Resolves flags and environment variables to one configuration, or to a message about what is
//! wrong, why, and what would be right.

mod endpoint;
mod environment;
mod housekeeping;
mod internal_callers;
mod issuers_file;
mod key_lifetime;
mod memberships;
pub(crate) mod page;
mod settings;
mod tls;
mod tokens;
mod verification;
mod webhooks;
mod workspace_limits;

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ipnetwork::IpNetwork;
use keyward_domain::{AdminRights, KeyPrefix};
use keyward_page::PageSettings;
use keyward_persistence::{DatabaseUrl, PostgresUrl, StoreConfig};
use keyward_web::{AllowedOrigins, InternalCallers, PlainHttp, TokenConfig, TrustedUrl};

pub(crate) use self::endpoint::{Endpoint, UnixSocket};
pub(crate) use self::environment::{ConfigError, Environment};
pub(crate) use self::housekeeping::HousekeepingConfig;
pub(crate) use self::internal_callers::internal_callers;
pub(crate) use self::key_lifetime::key_lifetime;
pub(crate) use self::memberships::MembershipsConfig;
pub(crate) use self::settings::{
    InForce, ValueOrigin, in_force as settings_in_force, secret_files,
};
pub(crate) use self::tls::TlsFiles;
pub(crate) use self::tokens::has_token_keys;
pub(crate) use self::verification::VerificationConfig;
pub(crate) use self::webhooks::WebhookConfig;
pub(crate) use self::workspace_limits::WorkspaceLimits;
use crate::cli::ListenArgs;
use crate::listen_addr::{ListenAddr, ListenAddrs};

/// Where the two listeners listen, and with which TLS.
#[derive(Clone, Debug)]
pub(crate) struct Listeners {
    pub(crate) public: ListenerConfig,
    pub(crate) internal: ListenerConfig,
}

/// Where one listener listens, and with which TLS.
#[derive(Clone, Debug)]
pub(crate) struct ListenerConfig {
    /// At least one.
    pub(crate) endpoints: Vec<Endpoint>,
    /// For all addresses, but not for Unix sockets; `None` without TLS.
    pub(crate) tls: Option<TlsFiles>,
}

/// The configuration of `serve`.
#[derive(Debug)]
pub(crate) struct ServeConfig {
    pub(crate) listeners: Listeners,
    pub(crate) internal_callers: Option<InternalCallers>,
    pub(crate) store: StoreConfig,
    pub(crate) tokens: TokenConfig,
    pub(crate) memberships: MembershipsConfig,
    pub(crate) admin_rights: AdminRights,
    pub(crate) trusted_proxies: Vec<IpNetwork>,
    pub(crate) allowed_origins: AllowedOrigins,
    /// Where GitHub publishes the keys of its reports, if it sends any.
    pub(crate) github_keys_url: Option<TrustedUrl>,
    pub(crate) key_prefix: KeyPrefix,
    pub(crate) limits: WorkspaceLimits,
    pub(crate) verification: VerificationConfig,
    /// The time between failing readiness and refusing connections.
    pub(crate) shutdown_notice: Duration,
    pub(crate) housekeeping: HousekeepingConfig,
    pub(crate) webhooks: Option<WebhookConfig>,
    pub(crate) has_page: bool,
    pub(crate) page: Arc<PageSettings>,
    pub(crate) has_api_docs: bool,
}

impl ServeConfig {
    /// Resolves the whole configuration.
    pub(crate) fn resolve(
        environment: &Environment,
        listen: &ListenArgs,
    ) -> Result<Self, ConfigError> {
        let listeners = Listeners::resolve(environment, listen)?;
        let internal_callers = internal_callers(environment, &listeners.internal)?;
        let store = store(environment)?;
        let tokens = tokens::tokens(environment)?;
        Ok(Self {
            listeners,
            internal_callers,
            store,
            memberships: MembershipsConfig::resolve(environment, &tokens)?,
            tokens,
            admin_rights: admin_rights(environment)?,
            trusted_proxies: trusted_proxies(environment)?,
            allowed_origins: allowed_origins(environment)?,
            github_keys_url: github_keys_url(environment)?,
            key_prefix: key_prefix(environment)?,
            limits: WorkspaceLimits::resolve(environment)?,
            verification: VerificationConfig::resolve(environment)?,
            shutdown_notice: shutdown_notice(environment)?,
            housekeeping: HousekeepingConfig::resolve(environment)?,
            webhooks: WebhookConfig::resolve(environment)?,
            page: Arc::new(page::settings(environment)?),
            has_page: switch(environment, "KEYWARD_PAGE", true)?,
            has_api_docs: switch(environment, "KEYWARD_API_DOCS", true)?,
        })
    }
}

impl Listeners {
    /// The flag, else the variable, else the default.
    pub(crate) fn resolve(
        environment: &Environment,
        listen: &ListenArgs,
    ) -> Result<Self, ConfigError> {
        const PUBLIC: &str = "KEYWARD_PUBLIC_ADDR";
        const INTERNAL: &str = "KEYWARD_INTERNAL_ADDR";
        let wanted = "an address and port such as 127.0.0.1:8080, or several by commas";
        let public = addrs(environment, listen.public_addr.as_ref(), PUBLIC, wanted)?;
        let public = public.unwrap_or_else(|| loopback(8080));
        let wanted =
            "an address and port such as 127.0.0.1:8081, or unix: and a path, or several by commas";
        let internal = addrs(environment, listen.internal_addr.as_ref(), INTERNAL, wanted)?;
        let internal = internal.unwrap_or_else(|| loopback(8081));
        let public: Option<Vec<Endpoint>> = public
            .iter()
            .map(|addr| match addr {
                ListenAddr::Tcp(addr) => Some(Endpoint::Tcp(*addr)),
                ListenAddr::Unix(_path) => None,
            })
            .collect();
        let public = public.ok_or_else(|| ConfigError::Invalid {
            variable: PUBLIC,
            problem: "the public listener can't be a Unix socket".to_owned(),
        })?;
        let internal = Endpoint::of_internal(environment, &internal)?;
        Ok(Self {
            public: ListenerConfig {
                tls: TlsFiles::of_public(environment, &public)?,
                endpoints: public,
            },
            internal: ListenerConfig {
                tls: TlsFiles::of_internal(environment, &internal)?,
                endpoints: internal,
            },
        })
    }
}

impl ListenerConfig {
    /// Whether clients of other machines must show a certificate.
    pub(crate) fn requires_client_certificates(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some())
    }
}

fn addrs(
    environment: &Environment,
    flag: Option<&ListenAddrs>,
    variable: &'static str,
    wanted: &str,
) -> Result<Option<ListenAddrs>, ConfigError> {
    match flag {
        Some(addrs) => Ok(Some(addrs.clone())),
        None => environment.parsed(variable, wanted),
    }
}

fn loopback(port: u16) -> ListenAddrs {
    ListenAddr::Tcp(SocketAddr::from(([127, 0, 0, 1], port))).into()
}

/// The store of `DATABASE_URL`.
pub(crate) fn store(environment: &Environment) -> Result<StoreConfig, ConfigError> {
    const CONNECTIONS: &str = "KEYWARD_DATABASE_CONNECTIONS_MAX";
    let url = environment
        .secret("DATABASE_URL")?
        .ok_or_else(|| ConfigError::Missing {
            variable: "DATABASE_URL",
            wanted: "set it to postgres://USER@HOST/DATABASE, or to sqlite:PATH \
                 (the development server's is sqlite:keyward-data/keyward.db)",
        })?;
    let url = DatabaseUrl::parse(&url).map_err(|error| ConfigError::Invalid {
        variable: "DATABASE_URL",
        problem: error.to_string(),
    })?;
    let mut config = StoreConfig::new(url);
    config.listen_url = listen_url(environment, &config.url)?;
    let default = u64::from(config.connections_max);
    let connections = verification::in_range(environment, CONNECTIONS, default, 2..=10_000)?;
    config.connections_max = u32::try_from(connections).unwrap_or(u32::MAX);
    config.key_lifetime = key_lifetime(environment)?;
    Ok(config)
}

/// The direct URL for listening to changes, if there is one.
fn listen_url(
    environment: &Environment,
    store: &DatabaseUrl,
) -> Result<Option<PostgresUrl>, ConfigError> {
    const VARIABLE: &str = "KEYWARD_LISTEN_URL";
    let invalid = |problem: String| ConfigError::Invalid {
        variable: VARIABLE,
        problem,
    };
    let Some(url) = environment.secret(VARIABLE)? else {
        return Ok(None);
    };
    let url = DatabaseUrl::parse(&url).map_err(|error| invalid(error.to_string()))?;
    match (store, url) {
        (DatabaseUrl::Postgres(_), DatabaseUrl::Postgres(url)) => Ok(Some(url)),
        (DatabaseUrl::Sqlite(_), _) => Err(invalid(
            "DATABASE_URL is a SQLite store, which needs no second URL".to_owned(),
        )),
        (DatabaseUrl::Postgres(_), DatabaseUrl::Sqlite(_)) => Err(invalid(
            "must begin with postgres:// and name the database of DATABASE_URL, without the pooler"
                .to_owned(),
        )),
    }
}

/// Default 5 s. Together with draining, this is below the 30 s that Kubernetes gives a pod.
fn shutdown_notice(environment: &Environment) -> Result<Duration, ConfigError> {
    let variable = "KEYWARD_SHUTDOWN_NOTICE_SECONDS";
    verification::in_range(environment, variable, 5, 0..=600).map(Duration::from_secs)
}

/// What the role ADMIN allows; nothing unless configured.
fn admin_rights(environment: &Environment) -> Result<AdminRights, ConfigError> {
    Ok(
        if switch(environment, "KEYWARD_ADMIN_MAY_DISABLE", false)? {
            AdminRights::Supervise
        } else {
            AdminRights::None
        },
    )
}

/// Whether a variable is `on` or `off`.
fn switch(
    environment: &Environment,
    variable: &'static str,
    default: bool,
) -> Result<bool, ConfigError> {
    match environment.value(variable) {
        None => Ok(default),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(ConfigError::Invalid {
            variable,
            problem: format!("{other:?} is neither on nor off"),
        }),
    }
}

/// The prefix of new keys. An empty value is refused, because keys keep their prefix for life.
pub(crate) fn key_prefix(environment: &Environment) -> Result<KeyPrefix, ConfigError> {
    const VARIABLE: &str = "KEYWARD_KEY_PREFIX";
    let Some(text) = environment.text(VARIABLE) else {
        return Ok(KeyPrefix::default());
    };
    KeyPrefix::parse(text).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: format!("{text:?} is {error}"),
    })
}

/// The origins of `KEYWARD_ALLOWED_ORIGINS`; none unless it is set.
pub(crate) fn allowed_origins(environment: &Environment) -> Result<AllowedOrigins, ConfigError> {
    const VARIABLE: &str = "KEYWARD_ALLOWED_ORIGINS";
    let listed = environment.value(VARIABLE).unwrap_or_default();
    AllowedOrigins::parse(listed).map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: error.to_string(),
    })
}

/// The URL of `KEYWARD_GITHUB_KEYS_URL`, by https or of this machine.
fn github_keys_url(environment: &Environment) -> Result<Option<TrustedUrl>, ConfigError> {
    const VARIABLE: &str = "KEYWARD_GITHUB_KEYS_URL";
    let url = environment.value(VARIABLE);
    let url = url.map(|url| TrustedUrl::parse(url, PlainHttp::ThisMachine));
    url.transpose().map_err(|error| ConfigError::Invalid {
        variable: VARIABLE,
        problem: error.to_string(),
    })
}

/// The proxies of `KEYWARD_TRUSTED_PROXIES`; none unless it is set.
pub(crate) fn trusted_proxies(environment: &Environment) -> Result<Vec<IpNetwork>, ConfigError> {
    networks(environment, "KEYWARD_TRUSTED_PROXIES")
}

/// The addresses and CIDR blocks of a variable, separated by commas.
fn networks(
    environment: &Environment,
    variable: &'static str,
) -> Result<Vec<IpNetwork>, ConfigError> {
    let listed = environment.value(variable).unwrap_or_default();
    listed
        .split(',')
        .map(str::trim)
        .filter(|network| !network.is_empty())
        .map(|network| {
            IpNetwork::from_str(network).map_err(|error| ConfigError::Invalid {
                variable,
                problem: format!(
                    "{network:?} is not an address or CIDR block such as 10.0.0.0/8 ({error})"
                ),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_FLAGS: ListenArgs = ListenArgs {
        public_addr: None,
        internal_addr: None,
    };

    fn resolve(variables: &[(&str, &str)]) -> Result<ServeConfig, String> {
        let environment = Environment::from_pairs(variables);
        ServeConfig::resolve(&environment, &NO_FLAGS).map_err(|error| error.to_string())
    }

    const SECRET: (&str, &str) = ("KEYWARD_JWT_SECRET", "0123456789abcdef0123456789abcdef");
    const DATABASE: (&str, &str) = ("DATABASE_URL", "sqlite:keys.db");

    #[test]
    fn the_least_configuration_is_a_store_and_a_key() {
        let config = resolve(&[DATABASE, SECRET]).unwrap();
        let listeners = config.listeners;
        for (listener, addr) in [
            (listeners.public, "127.0.0.1:8080"),
            (listeners.internal, "127.0.0.1:8081"),
        ] {
            let addrs: Vec<_> = listener.endpoints.iter().map(Endpoint::to_string).collect();
            assert_eq!(addrs, [addr]);
            assert!(listener.tls.is_none());
        }
        assert_eq!(config.key_prefix, KeyPrefix::default());
        assert_eq!(config.limits.key_count_max, 1_000);
        assert_eq!(config.limits.changes_per_minute_max, Some(120));
        assert!(config.trusted_proxies.is_empty());
        assert!(config.allowed_origins.is_empty());
        assert!(config.has_page && config.has_api_docs);
        assert_eq!(config.shutdown_notice, Duration::from_secs(5));
    }

    #[test]
    fn a_flag_wins_over_its_variable() {
        let environment = Environment::from_pairs(&[("KEYWARD_PUBLIC_ADDR", "127.0.0.1:1111")]);
        let flags = ListenArgs {
            public_addr: "127.0.0.1:2222".parse().ok(),
            internal_addr: None,
        };
        let resolve = |flags| {
            let listeners = Listeners::resolve(&environment, flags).unwrap();
            let endpoints = listeners.public.endpoints;
            endpoints
                .iter()
                .map(Endpoint::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(resolve(&NO_FLAGS), ["127.0.0.1:1111"]);
        assert_eq!(resolve(&flags), ["127.0.0.1:2222"]);
    }

    #[test]
    fn a_prefix_of_keys_is_well_formed_and_not_that_of_service_tokens() {
        let prefix = |value: &str| {
            let resolved = resolve(&[DATABASE, SECRET, ("KEYWARD_KEY_PREFIX", value)]);
            resolved.map(|config| config.key_prefix.to_string())
        };
        assert_eq!(prefix("acme").unwrap(), "acme");
        assert_eq!(prefix("acme\n").unwrap(), "acme");
        for value in [
            "",
            " ",
            "SK",
            "1a",
            "a",
            "abcdefghijklm",
            "a-b",
            "a b",
            "acme_",
            "kwst",
        ] {
            let message = prefix(value).unwrap_err();
            let begin = format!(
                "KEYWARD_KEY_PREFIX: {:?} is not a prefix of keys: ",
                value.trim()
            );
            assert!(message.starts_with(&begin), "{message}");
            assert!(
                message.contains("1 to 11 lowercase letters and digits"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_wrong_value_says_what_and_what_would_be_right() {
        let check = |variables: &[(&str, &str)], part: &str| {
            let message = resolve(variables).unwrap_err();
            assert!(message.contains(part), "{message}");
        };
        check(&[SECRET], "DATABASE_URL is not set");
        check(
            &[DATABASE, SECRET, ("KEYWARD_INTERNAL_ADDR", "0.0.0.0:8081")],
            "KEYWARD_INTERNAL_TOKEN is not set",
        );
        check(
            &[DATABASE, SECRET, ("KEYWARD_INTERNAL_TOKEN", "short")],
            "32 visible",
        );
        check(&[DATABASE], "KEYWARD_JWT_JWKS_URL is not set");
        check(
            &[DATABASE, SECRET, ("KEYWARD_JWT_JWKS_FILE", "f")],
            "only one of",
        );
        check(
            &[DATABASE, ("KEYWARD_JWT_SECRET", "short")],
            "KEYWARD_JWT_SECRET:",
        );
        check(
            &[DATABASE, SECRET, ("KEYWARD_PUBLIC_ADDR", "8080")],
            "an address and port",
        );
        check(
            &[DATABASE, SECRET, ("KEYWARD_JWT_LEEWAY_SECONDS", "60")],
            "30 seconds",
        );
        check(
            &[
                DATABASE,
                SECRET,
                ("KEYWARD_TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
            ],
            "\"proxy\"",
        );
        check(
            &[DATABASE, SECRET, ("KEYWARD_DATABASE_CONNECTIONS_MAX", "1")],
            "from 2",
        );
        check(
            &[DATABASE, SECRET, ("KEYWARD_LISTEN_URL", "postgres://u@h/d")],
            "SQLite",
        );
        check(
            &[
                ("DATABASE_URL", "postgres://u@h/d"),
                SECRET,
                ("KEYWARD_LISTEN_URL", "sqlite:keys.db"),
            ],
            "postgres://",
        );
        check(
            &[
                DATABASE,
                SECRET,
                ("KEYWARD_GITHUB_KEYS_URL", "http://github.example/keys"),
            ],
            "must be an https URL",
        );
        check(&[DATABASE, SECRET, ("KEYWARD_PAGE", "no")], "on nor off");
        check(
            &[DATABASE, SECRET, ("KEYWARD_API_DOCS", "OFF")],
            "on nor off",
        );
        check(&[("DATABASE_URL", "mysql://db"), SECRET], "DATABASE_URL:");
        check(
            &[DATABASE, SECRET, ("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "601")],
            "from 0 to 600",
        );
    }

    #[test]
    fn a_wrong_origin_is_named_with_what_would_be_right() {
        for (listed, part) in [
            ("*", "\"*\" has a wildcard"),
            ("https://a.example,null", "\"null\" is what a browser sends"),
            ("https://*.example.com", "list each origin"),
            ("https://a.example/keys", "write https://a.example"),
            ("https://u:canary@a.example", "entry 1 is not written"),
            ("https://A.example", "write https://a.example"),
            ("https://a.example:443", "write https://a.example"),
            ("http://a.example", "write https://a.example"),
            ("a.example", "such as https://portal.example.com"),
            ("https://a.example,https://a.example", "listed twice"),
        ] {
            let variable = ("KEYWARD_ALLOWED_ORIGINS", listed);
            let message = resolve(&[DATABASE, SECRET, variable]).unwrap_err();
            assert!(
                message.starts_with("KEYWARD_ALLOWED_ORIGINS: "),
                "{message}"
            );
            assert!(message.contains(part), "{listed}: {message}");
            assert!(!message.contains("canary"), "{message}");
        }
        let several = "https://portal.example.com, http://localhost:3000\n";
        let variable = ("KEYWARD_ALLOWED_ORIGINS", several);
        let config = resolve(&[DATABASE, SECRET, variable]).unwrap();
        assert_eq!(config.allowed_origins.iter().count(), 2);
    }

    #[test]
    fn no_secret_is_in_an_error() {
        let message = resolve(&[DATABASE, ("KEYWARD_JWT_SECRET", "canary-canary")]).unwrap_err();
        assert!(!message.contains("canary"), "{message}");
        let config = resolve(&[("DATABASE_URL", "postgres://u:canary@h/d"), SECRET]).unwrap();
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("canary") && !shown.contains(SECRET.1),
            "{shown}"
        );
    }

    /// Values from Kubernetes secrets often end with a line break, in variables and files.
    #[test]
    fn white_space_at_the_ends_of_a_value_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let check = |variable: &str, value: &str, read: &dyn Fn(&Environment) -> String| {
            let file = folder.path().join(variable);
            for end in ["", "\n", "\r\n", " \n\n", "\t"] {
                let padded = format!("{value}{end}");
                let environment = Environment::from_pairs(&[(variable, &padded)]);
                assert_eq!(read(&environment), value, "{padded:?}");
                std::fs::write(&file, &padded).unwrap();
                let variable_of_file = format!("{variable}_FILE");
                let path = format!("{}\n", file.display());
                let environment = Environment::from_pairs(&[(&variable_of_file, &path)]);
                assert_eq!(read(&environment), value, "{padded:?} in a file");
            }
        };
        for variable in [
            "DATABASE_URL",
            "KEYWARD_JWT_SECRET",
            "KEYWARD_INTERNAL_TOKEN",
        ] {
            check(variable, "0123456789abcdef", &|environment| {
                let secret = environment.secret(variable).unwrap();
                secret.unwrap().to_string()
            });
        }
        let url = Environment::from_pairs(&[("KEYWARD_JWT_JWKS_URL", "https://id/jwks\n")]);
        assert_eq!(url.value("KEYWARD_JWT_JWKS_URL"), Some("https://id/jwks"));
    }

    #[test]
    fn a_secret_comes_from_its_variable_or_its_file_but_not_both() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, format!("{}\n", SECRET.1)).unwrap();
        let from_file = ("KEYWARD_JWT_SECRET_FILE", file.to_str().unwrap());
        assert!(resolve(&[DATABASE, from_file]).is_ok());
        std::fs::write(&file, "\n").unwrap();
        let empty = resolve(&[DATABASE, from_file]).unwrap_err();
        assert!(empty.contains("KEYWARD_JWT_SECRET"), "{empty}");
        std::fs::write(&file, SECRET.1).unwrap();
        let both = resolve(&[DATABASE, from_file, SECRET]).unwrap_err();
        assert!(
            both.contains("only one of KEYWARD_JWT_SECRET and"),
            "{both}"
        );
        let missing =
            resolve(&[DATABASE, ("KEYWARD_JWT_SECRET_FILE", "/nonexistent")]).unwrap_err();
        assert!(missing.contains("/nonexistent"), "{missing}");
    }
}
