use std::fmt;
use std::path::PathBuf;
use std::str::FromStr as _;

use tokio_postgres::config::{Config, Host};

/// Which database a store is, as `DATABASE_URL` says it. `Debug` and `Display` never tell the
/// password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// `postgres://…` or `postgresql://…`.
    Postgres(PostgresUrl),
    /// `sqlite:PATH` or `sqlite://PATH`; an absolute path makes it `sqlite:///PATH`.
    Sqlite(PathBuf),
}

/// Where a PostgreSQL server is, and how to talk to it.
///
/// `sslmode` decides about TLS: `disable` never, `allow` and `prefer` (the default) when the server
/// offers it, without verifying its certificate (who could replace it could as well not offer TLS);
/// `require`, `verify-ca` and `verify-full` always, with a certificate that the system trusts (or
/// `SSL_CERT_FILE` names) and that is of the host's name. Several hosts, separated by commas, are
/// tried in turn; `target_session_attrs=read-write` takes the one that accepts writes.
#[derive(Clone)]
pub struct PostgresUrl {
    pub(crate) config: Box<Config>,
    pub(crate) certificates: Certificates,
}

/// Which certificates of a server are good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificates {
    Any,
    Verified,
}

/// Why a text names no database. Tells nothing of the text: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Neither of the two databases.
    #[error("must begin with postgres:// or sqlite:")]
    UnknownScheme,
    /// A PostgreSQL URL that can't be understood.
    #[error(
        "is no PostgreSQL URL: write postgres://USER:PASSWORD@HOST:5432/DATABASE, special \
         characters of the password percent-encoded, options such as \
         ?sslmode=require&target_session_attrs=read-write at the end"
    )]
    Postgres,
    /// A PostgreSQL URL without a server.
    #[error("names no host: write postgres://USER:PASSWORD@HOST:5432/DATABASE")]
    NoHost,
    /// An `sslmode` that does not exist.
    #[error("sslmode must be disable, allow, prefer, require, verify-ca or verify-full")]
    SslMode,
    /// A certificate file, which only the system's trust store can bring.
    #[error(
        "sslrootcert is not supported: add the certificate to the system's trust store, or name \
         it in SSL_CERT_FILE"
    )]
    SslRootCert,
    /// A SQLite URL without a file.
    #[error("names no file: write sqlite:PATH, such as sqlite:keyward-data/keyward.db")]
    NoFile,
    /// A SQLite database in memory, which several connections can't share.
    #[error("a SQLite store needs a file, not memory: write sqlite:PATH")]
    Memory,
    /// A SQLite URL with options.
    #[error("a SQLite URL has no options: write sqlite:PATH without ? and what follows")]
    SqliteOptions,
}

impl DatabaseUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] says what would be right.
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
        let (base, options) = text.split_once('?').unwrap_or((text, ""));
        let mut certificates = Certificates::Any;
        let mut understood = Vec::new();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            // What tokio-postgres calls these modes; it leaves certificates to us.
            understood.push(match option.split_once('=') {
                Some(("sslmode", "disable")) => "sslmode=disable",
                Some(("sslmode", "allow" | "prefer")) => "sslmode=prefer",
                Some(("sslmode", "require" | "verify-ca" | "verify-full")) => {
                    certificates = Certificates::Verified;
                    "sslmode=require"
                }
                Some(("sslmode", _)) => return Err(InvalidDatabaseUrl::SslMode),
                Some(("sslrootcert", _)) => return Err(InvalidDatabaseUrl::SslRootCert),
                _ => option,
            });
        }
        let text = format!("{base}?{}", understood.join("&"));
        // The parser's words may quote the password, so they go no further.
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
        check(
            "postgres://u@h/d?sslmod=disable",
            InvalidDatabaseUrl::Postgres,
        );
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

    #[test]
    fn require_and_verify_verify_the_certificate() {
        for (mode, want) in [
            ("", Certificates::Any),
            ("?sslmode=disable", Certificates::Any),
            ("?sslmode=allow", Certificates::Any),
            ("?sslmode=prefer", Certificates::Any),
            ("?sslmode=require", Certificates::Verified),
            ("?sslmode=verify-ca", Certificates::Verified),
            ("?sslmode=verify-full", Certificates::Verified),
        ] {
            let url = PostgresUrl::parse(&format!("postgres://u@h/d{mode}")).unwrap();
            assert_eq!(url.certificates, want, "{mode}");
        }
    }

    #[test]
    fn the_password_is_never_told() {
        for text in [
            "postgres://user:hunter2@host/db",
            "postgres://user:hunter2/x@host/db",
            "postgres://host/db?user=user&password=hunter2",
            "postgres://user:a?hunter2=b@host/db",
            "postgres://user:hunter2@host:port/db",
        ] {
            let told = match DatabaseUrl::parse(text) {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!told.contains("hunter2"), "{text}: {told}");
        }
    }
}
