//! All variables, with their defaults.

use keyward_persistence::DatabaseUrl;

use super::{ConfigError, Environment};

/// A variable that `serve` reads.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// The variable that names a file with the value.
    file: Option<&'static str>,
    /// What counts without it; `None` when nothing does.
    default: Option<&'static str>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Secret,
    /// A URL whose password is secret.
    DatabaseUrl,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueOrigin {
    Environment,
    /// The file that the variable's `_FILE` names.
    File {
        path: String,
    },
    Default,
    Unset,
}

/// A setting that is in force.
#[derive(Debug)]
pub(crate) struct InForce {
    pub(crate) name: &'static str,
    /// Without what is secret; `None` when nothing counts.
    pub(crate) value: Option<String>,
    pub(crate) origin: ValueOrigin,
}

const HIDDEN: &str = "***";

impl Setting {
    const fn new(name: &'static str, default: &'static str) -> Self {
        Self {
            name,
            file: None,
            default: Some(default),
            kind: Kind::Plain,
        }
    }

    const fn without_default(name: &'static str) -> Self {
        Self {
            name,
            file: None,
            default: None,
            kind: Kind::Plain,
        }
    }

    const fn secret(name: &'static str, file: &'static str) -> Self {
        Self {
            name,
            file: Some(file),
            default: None,
            kind: Kind::Secret,
        }
    }

    const fn database_url(name: &'static str, file: &'static str) -> Self {
        Self {
            name,
            file: Some(file),
            default: None,
            kind: Kind::DatabaseUrl,
        }
    }

    fn in_force(&self, environment: &Environment) -> Result<InForce, ConfigError> {
        let (value, origin) = match self.file {
            None => match environment.text(self.name) {
                // Only an empty prefix of keys has a meaning: it is refused.
                Some(value) if !value.is_empty() || self.name == "KEYWARD_KEY_PREFIX" => {
                    (Some(value.to_owned()), ValueOrigin::Environment)
                }
                Some(_) | None => (
                    self.default.map(str::to_owned),
                    self.default
                        .map_or(ValueOrigin::Unset, |_| ValueOrigin::Default),
                ),
            },
            Some(file) => {
                let origin = match environment.value(file) {
                    Some(path) => ValueOrigin::File {
                        path: path.to_owned(),
                    },
                    None => ValueOrigin::Environment,
                };
                match environment.secret(self.name)? {
                    Some(value) => (Some(self.shown(&value)), origin),
                    None => (
                        self.default.map(str::to_owned),
                        self.default
                            .map_or(ValueOrigin::Unset, |_| ValueOrigin::Default),
                    ),
                }
            }
        };
        Ok(InForce {
            name: self.name,
            value,
            origin,
        })
    }

    fn shown(&self, value: &str) -> String {
        match self.kind {
            Kind::Plain => value.to_owned(),
            Kind::Secret => HIDDEN.to_owned(),
            Kind::DatabaseUrl => {
                let url = DatabaseUrl::parse(value);
                url.map_or_else(|_malformed| HIDDEN.to_owned(), |url| url.to_string())
            }
        }
    }
}

/// All settings as they are in force. Values are not checked.
pub(crate) fn in_force(environment: &Environment) -> Result<Vec<InForce>, ConfigError> {
    SETTINGS
        .iter()
        .map(|setting| setting.in_force(environment))
        .collect()
}

/// The files that variables name and that contain secrets.
pub(crate) fn secret_files(environment: &Environment) -> Vec<(&'static str, String)> {
    let secrets = SETTINGS
        .iter()
        .filter(|setting| setting.kind != Kind::Plain);
    let files = secrets.filter_map(|setting| {
        let file = setting.file?;
        Some((file, environment.value(file)?.to_owned()))
    });
    files.collect()
}

/// The names of all variables.
pub(in crate::config) fn names() -> impl Iterator<Item = &'static str> {
    let named = SETTINGS
        .iter()
        .flat_map(|setting| std::iter::once(setting.name).chain(setting.file));
    named.chain(std::iter::once(OF_TESTS))
}

/// Only tests read it.
const OF_TESTS: &str = "KEYWARD_TEST_POSTGRES_URL";

const SETTINGS: &[Setting] = &[
    Setting::database_url("DATABASE_URL", "DATABASE_URL_FILE"),
    Setting::new("KEYWARD_ADMIN_MAY_DISABLE", "off"),
    Setting::without_default("KEYWARD_ALLOWED_ORIGINS"),
    Setting::new("KEYWARD_API_DOCS", "on"),
    Setting::new("KEYWARD_CACHE_MEBIBYTES", "64"),
    Setting::new("KEYWARD_CACHE_STALENESS_SECONDS", "1"),
    Setting::new("KEYWARD_CHANGES_PER_MINUTE_MAX", "120"),
    Setting::new("KEYWARD_CLOCK_OFFSET_MAX_SECONDS", "60"),
    Setting::new("KEYWARD_DATABASE_CONNECTIONS_MAX", "16"),
    Setting::new("KEYWARD_DELETED_KEYS_DAYS", "90"),
    Setting::without_default("KEYWARD_GITHUB_KEYS_URL"),
    Setting::new("KEYWARD_HOUSEKEEPING_SECONDS", "600"),
    Setting::new("KEYWARD_INTERNAL_ADDR", "127.0.0.1:8081"),
    Setting::without_default("KEYWARD_INTERNAL_SOCKET_GROUP"),
    Setting::without_default("KEYWARD_INTERNAL_SOCKET_MODE"),
    Setting::without_default("KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE"),
    Setting::without_default("KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE"),
    Setting::without_default("KEYWARD_INTERNAL_TLS_KEY_FILE"),
    Setting::secret("KEYWARD_INTERNAL_TOKEN", "KEYWARD_INTERNAL_TOKEN_FILE"),
    Setting::secret("KEYWARD_INTERNAL_TOKENS", "KEYWARD_INTERNAL_TOKENS_FILE"),
    Setting::without_default("KEYWARD_ISSUERS_FILE"),
    Setting::without_default("KEYWARD_JWT_ADMIN_VALUES"),
    Setting::new("KEYWARD_JWT_ALLOW_HTTP", "off"),
    Setting::without_default("KEYWARD_JWT_AUDIENCE"),
    Setting::new("KEYWARD_JWT_CLIENT_HASH_CLAIM", "clientHash"),
    Setting::without_default("KEYWARD_JWT_ISSUER"),
    Setting::without_default("KEYWARD_JWT_JWKS_FILE"),
    Setting::without_default("KEYWARD_JWT_JWKS_URL"),
    Setting::new("KEYWARD_JWT_LEEWAY_SECONDS", "30"),
    Setting::without_default("KEYWARD_JWT_OWNER_VALUES"),
    Setting::without_default("KEYWARD_JWT_PARTNER_VALUES"),
    Setting::new("KEYWARD_JWT_PORTAL_CLAIM", "portal"),
    Setting::secret(
        "KEYWARD_JWT_PREVIOUS_SECRET",
        "KEYWARD_JWT_PREVIOUS_SECRET_FILE",
    ),
    Setting::without_default("KEYWARD_JWT_ROLES_CLAIM"),
    Setting::secret("KEYWARD_JWT_SECRET", "KEYWARD_JWT_SECRET_FILE"),
    Setting::new("KEYWARD_JWT_USER_CLAIM", "sub"),
    Setting::new("KEYWARD_KEYS_PER_WORKSPACE_MAX", "1000"),
    Setting::without_default("KEYWARD_KEY_LIFETIME_DEFAULT_DAYS"),
    Setting::new("KEYWARD_KEY_LIFETIME_EXISTING", "report"),
    Setting::without_default("KEYWARD_KEY_LIFETIME_MAX_DAYS"),
    Setting::without_default("KEYWARD_KEY_NEVER_EXPIRES"),
    Setting::new("KEYWARD_KEY_PREFIX", "sk"),
    Setting::new("KEYWARD_LAST_USE_SECONDS", "10"),
    Setting::database_url("KEYWARD_LISTEN_URL", "KEYWARD_LISTEN_URL_FILE"),
    Setting {
        name: "KEYWARD_LOG",
        file: Some("KEYWARD_LOG_FILE"),
        default: Some("info"),
        kind: Kind::Plain,
    },
    Setting::new("KEYWARD_MEMBERSHIPS", "store"),
    Setting::without_default("KEYWARD_MEMBERSHIPS_ALLOW_HTTP"),
    Setting::without_default("KEYWARD_MEMBERSHIPS_CACHE_SECONDS"),
    Setting::without_default("KEYWARD_MEMBERSHIPS_DEADLINE_MILLISECONDS"),
    Setting::secret(
        "KEYWARD_MEMBERSHIPS_TOKEN",
        "KEYWARD_MEMBERSHIPS_TOKEN_FILE",
    ),
    Setting::without_default("KEYWARD_MEMBERSHIPS_URL"),
    Setting::new("KEYWARD_PAGE", "on"),
    Setting::without_default("KEYWARD_PAGE_API_URL"),
    Setting::without_default("KEYWARD_PAGE_BRAND_ACCENT"),
    Setting::without_default("KEYWARD_PAGE_BRAND_BACK_URL"),
    Setting::without_default("KEYWARD_PAGE_BRAND_LOGO_FILE"),
    Setting::without_default("KEYWARD_PAGE_BRAND_NAME"),
    Setting::without_default("KEYWARD_PAGE_PRESETS"),
    Setting::new("KEYWARD_PUBLIC_ADDR", "127.0.0.1:8080"),
    Setting::without_default("KEYWARD_PUBLIC_TLS_CERTIFICATE_FILE"),
    Setting::without_default("KEYWARD_PUBLIC_TLS_KEY_FILE"),
    Setting::new("KEYWARD_SHUTDOWN_NOTICE_SECONDS", "5"),
    Setting::without_default("KEYWARD_TRUSTED_PROXIES"),
    Setting::new("KEYWARD_USAGE_DAYS", "90"),
    Setting::secret("KEYWARD_WEBHOOK_KEY", "KEYWARD_WEBHOOK_KEY_FILE"),
    Setting::without_default("KEYWARD_WEBHOOK_NETWORKS"),
    Setting::without_default("KEYWARD_WEBHOOK_OWNER_NETWORKS"),
];

#[cfg(test)]
mod tests {
    use super::super::ServeConfig;
    use super::*;
    use crate::cli::ListenArgs;

    const LEAST: [(&str, &str); 2] = [
        ("DATABASE_URL", "postgres://u:canary@db.example.com/keyward"),
        ("KEYWARD_JWT_SECRET", "0123456789abcdef-canary-0123456789"),
    ];

    fn resolved(more: Option<(&str, &str)>) -> String {
        let pairs: Vec<_> = LEAST.into_iter().chain(more).collect();
        let listen = ListenArgs {
            public_addr: None,
            internal_addr: None,
        };
        let config = ServeConfig::resolve(&Environment::from_pairs(&pairs), &listen);
        format!("{:?}", config.unwrap())
    }

    #[test]
    fn a_default_is_what_counts_without_the_variable() {
        for setting in SETTINGS {
            if let Some(default) = setting.default {
                let explicit = resolved(Some((setting.name, default)));
                assert_eq!(explicit, resolved(None), "{}", setting.name);
            }
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let environment = Environment::from_pairs(&LEAST);
        let shown = format!("{:?}", in_force(&environment).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("postgres://u:***@db.example.com:5432/keyward"));
        let malformed = Environment::from_pairs(&[("DATABASE_URL", "mysql://canary")]);
        let shown = format!("{:?}", in_force(&malformed).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_origin_of_a_value_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("url");
        std::fs::write(&file, "sqlite:k.db\n").unwrap();
        let path = file.to_str().unwrap();
        let environment =
            Environment::from_pairs(&[("DATABASE_URL_FILE", path), ("KEYWARD_PAGE", "off")]);
        let all = in_force(&environment).unwrap();
        let check = |name: &str, value: Option<&str>, origin: ValueOrigin| {
            let one = all.iter().find(|one| one.name == name).unwrap();
            assert_eq!(
                (one.value.as_deref(), &one.origin),
                (value, &origin),
                "{name}"
            );
        };
        let of_file = ValueOrigin::File {
            path: path.to_owned(),
        };
        check("DATABASE_URL", Some("sqlite:k.db"), of_file);
        check("KEYWARD_PAGE", Some("off"), ValueOrigin::Environment);
        check("KEYWARD_LOG", Some("info"), ValueOrigin::Default);
        check("KEYWARD_JWT_ISSUER", None, ValueOrigin::Unset);
    }
}
