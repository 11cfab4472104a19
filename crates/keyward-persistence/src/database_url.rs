mod options;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr as _;

use tokio_postgres::config::{Config, Host};

pub(crate) use self::options::Certificates;

/// The database of a store, parsed from `DATABASE_URL`. `Debug` and `Display` never show the
/// password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// `postgres://…` or `postgresql://…`.
    Postgres(PostgresUrl),
    /// `sqlite:PATH` or `sqlite://PATH`. With an absolute path this is `sqlite:///PATH`.
    Sqlite(PathBuf),
}

/// A PostgreSQL server and the connection options.
///
/// `sslmode` has the same meaning as in libpq. `disable`: no TLS. `allow` and `prefer` (the
/// default): TLS if the server offers it, without verifying the certificate; an attacker who could
/// replace the certificate could also hide that TLS is offered. `require`: always TLS, without
/// verification unless `sslrootcert` is given. `verify-ca`: the certificate must be in the PEM file
/// of `sslrootcert`, or be signed by an authority in it. `verify-full`: it must also match the
/// host's name. Without `sslrootcert`, or with `sslrootcert=system`, the last two require an
/// authority that the system (or `SSL_CERT_FILE`) trusts, and the host's name. Several hosts,
/// separated by commas, are tried in turn; `target_session_attrs=read-write` selects the one that
/// accepts writes.
#[derive(Clone)]
pub struct PostgresUrl {
    pub(crate) config: Box<Config>,
    pub(crate) certificates: Certificates,
}

impl PostgresUrl {
    /// Whether any host is another machine, judging by its name.
    pub(crate) fn is_remote(&self) -> bool {
        self.config.get_hosts().iter().any(|host| match host {
            Host::Tcp(name) => {
                let is_loopback = name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
                name != "localhost" && !is_loopback
            }
            #[cfg(unix)]
            Host::Unix(_) => false,
        })
    }
}

/// Why a text is not a valid database URL. It contains nothing of the text except option names,
/// because the text may contain a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Neither PostgreSQL nor SQLite.
    #[error("must begin with postgres:// or sqlite:")]
    UnknownScheme,
    /// A malformed PostgreSQL URL.
    #[error(
        "is not a PostgreSQL URL: write postgres://USER:PASSWORD@HOST:5432/DATABASE, special \
         characters of the password percent-encoded (@ is %40), options such as \
         ?sslmode=require&target_session_attrs=read-write at the end"
    )]
    Postgres,
    /// A PostgreSQL URL without a server.
    #[error("names no host: write postgres://USER:PASSWORD@HOST:5432/DATABASE")]
    NoHost,
    /// An unknown `sslmode`.
    #[error("sslmode must be disable, allow, prefer, require, verify-ca or verify-full")]
    SslMode,
    /// A certificate file that the mode does not use.
    #[error(
        "sslrootcert needs sslmode=verify-full (or verify-ca or require, which don't check the \
         server's name)"
    )]
    SslRootCert,
    /// An unknown option.
    #[error("has an option that Keyward doesn't know, {name}: {instead}")]
    UnknownOption {
        /// Its name.
        name: String,
        /// What to write instead.
        instead: &'static str,
    },
    /// An option with an invalid value.
    #[error("has an invalid value for the option {0}")]
    OptionValue(String),
    /// A SQLite URL without a file.
    #[error("names no file: write sqlite:PATH, such as sqlite:keyward-data/keyward.db")]
    NoFile,
    /// A SQLite database in memory, which several connections can't share.
    #[error("a SQLite store needs a file, not memory: write sqlite:PATH")]
    Memory,
    /// A SQLite URL with options.
    #[error("a SQLite URL has no options: write sqlite:PATH without ? and the text after it")]
    SqliteOptions,
}

impl DatabaseUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`], with the right form.
    pub fn parse(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            PostgresUrl::parse(text).map(Self::Postgres)
        } else if let Some(rest) = text.strip_prefix("sqlite:") {
            parse_sqlite(rest.strip_prefix("//").unwrap_or(rest)).map(Self::Sqlite)
        } else {
            Err(InvalidDatabaseUrl::UnknownScheme)
        }
    }
}

fn parse_sqlite(path: &str) -> Result<PathBuf, InvalidDatabaseUrl> {
    if path.is_empty() {
        Err(InvalidDatabaseUrl::NoFile)
    } else if path.starts_with(":memory:") {
        Err(InvalidDatabaseUrl::Memory)
    } else if path.contains('?') {
        Err(InvalidDatabaseUrl::SqliteOptions)
    } else {
        Ok(PathBuf::from(path))
    }
}

impl PostgresUrl {
    fn parse(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        let (text, certificates) = options::read(text)?;
        // The parser's error message may quote the password, so it is dropped.
        let config = Config::from_str(&text).map_err(|_may_quote| InvalidDatabaseUrl::Postgres)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(InvalidDatabaseUrl::NoHost);
        }
        Ok(Self {
            config: Box::new(config),
            certificates,
        })
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            let password = self.config.get_password().map_or("", |_hidden| ":***");
            write!(f, "{user}{password}@")?;
        }
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        });
        let addresses = self.config.get_hostaddrs().iter().map(ToString::to_string);
        let hosts: Vec<String> = hosts.collect();
        let hosts = if hosts.is_empty() {
            addresses.collect()
        } else {
            hosts
        };
        for (at, host) in hosts.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let port = ports.get(at).or(ports.first()).unwrap_or(&5432);
            write!(f, "{comma}{host}:{port}")?;
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or(""))
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => fmt::Display::fmt(url, f),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_postgresql_or_a_sqlite_file() {
        let check = |text: &str, want: &str| {
            let url = DatabaseUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(url.to_string(), want, "{text}");
        };
        check("postgres://u@h/d", "postgres://u@h:5432/d");
        check("postgresql://u@h:99/d", "postgres://u@h:99/d");
        check(
            "postgres://u@a:1,b:2/d?target_session_attrs=read-write&sslmode=verify-full",
            "postgres://u@a:1,b:2/d",
        );
        check("postgres://u@%2Frun%2Fpg/d", "postgres://u@/run/pg:5432/d");
        check("sqlite:keyward.db", "sqlite:keyward.db");
        check("sqlite://data/keyward.db", "sqlite:data/keyward.db");
        check("sqlite:///var/keyward.db", "sqlite:/var/keyward.db");
        check("sqlite:/var/keyward.db", "sqlite:/var/keyward.db");
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        let check = |text: &str, want: InvalidDatabaseUrl| {
            assert_eq!(DatabaseUrl::parse(text).unwrap_err(), want, "{text}");
        };
        check("", InvalidDatabaseUrl::UnknownScheme);
        check("mysql://u@h/d", InvalidDatabaseUrl::UnknownScheme);
        check("keyward.db", InvalidDatabaseUrl::UnknownScheme);
        check("postgres://u@h:port/d", InvalidDatabaseUrl::Postgres);
        check("postgres://u@h/d?sslmode=on", InvalidDatabaseUrl::SslMode);
        check(
            "postgres://u@h/d?sslrootcert=a",
            InvalidDatabaseUrl::SslRootCert,
        );
        check("postgres:///d?user=u", InvalidDatabaseUrl::NoHost);
        check("sqlite:", InvalidDatabaseUrl::NoFile);
        check("sqlite://", InvalidDatabaseUrl::NoFile);
        check("sqlite::memory:", InvalidDatabaseUrl::Memory);
        check("sqlite:a.db?mode=rwc", InvalidDatabaseUrl::SqliteOptions);
    }

    /// A common mistake in these URLs.
    #[test]
    fn a_password_with_an_at_sign_as_it_is_is_told_to_be_percent_encoded() {
        for text in [
            "postgres://keyward:S3cr@t/hunter2@127.0.0.1:1/keyward",
            "postgres://keyward:hun@ter2@127.0.0.1:1/keyward",
            "postgres://keyward:hun@ter2@a:1,b:2/keyward?sslmode=require",
        ] {
            let error = DatabaseUrl::parse(text).unwrap_err();
            assert_eq!(error, InvalidDatabaseUrl::Postgres, "{text}");
            assert!(error.to_string().contains("percent-encoded"), "{error}");
        }
        let right = "postgres://keyward:hun%40ter2@127.0.0.1:1/keyward?application_name=a@b";
        let url = DatabaseUrl::parse(right).unwrap();
        assert_eq!(
            url.to_string(),
            "postgres://keyward:***@127.0.0.1:1/keyward"
        );
    }

    #[test]
    fn the_password_is_never_told() {
        for text in [
            "postgres://user:hunter2@host/db",
            "postgres://user:hunter2/x@host/db",
            "postgres://host/db?user=user&password=hunter2",
            "postgres://user:a?hunter2=b@host/db",
            "postgres://user:hunter2@host:port/db",
            "postgres://user:S3cr@hunter2@host/db",
            "postgres://user:S3cr@t/hunter2@host:1/db",
            "postgres://user:S3cr@t?hunter2=b@host/db",
            "postgres://user:S3cr?hunter2=b&sslmode=require@host/db",
            "postgres://host/db?user=u&password=a&hunter2=b",
            "postgres://host/db?user=u&password=a&hunter2",
            "postgres://user:a@host/db?connect_timeout=hunter2",
        ] {
            let told = match DatabaseUrl::parse(text) {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!told.contains("hunter2"), "{text}: {told}");
        }
    }
}
