use std::path::PathBuf;
use std::str::FromStr as _;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::Config;

use super::InvalidDatabaseUrl;

/// The driver's options. Keyward itself handles `sslmode` and `sslrootcert`.
const DRIVERS: [&str; 18] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// The requirements for a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Certificates {
    /// Any certificate: TLS is optional.
    Any,
    /// Any certificate, although TLS is required: a man in the middle can read everything.
    Unverified,
    /// Signed by an authority that the system trusts, with the server's name.
    OfSystem,
    /// Signed by an authority in this PEM file, or contained in the file itself.
    OfFile {
        file: PathBuf,
        /// Whether it must also have the server's name.
        named: bool,
    },
}

/// Splits the options of a PostgreSQL URL into those for the driver and the requirements for
/// certificates.
///
/// An error shows the name of an option, never its value. It shows no name that could be part of a
/// password: in a password that is not percent-encoded, the text after a `?` looks like an option.
pub(super) fn read(text: &str) -> Result<(String, Certificates), InvalidDatabaseUrl> {
    let (base, options) = text.split_once('?').unwrap_or((text, ""));
    // The first `@` ends the password; a second one means that the password is not percent-encoded.
    if base.matches('@').count() > 1 {
        return Err(InvalidDatabaseUrl::Postgres);
    }
    let mut tells_no_password = !options.contains('@');
    let mut understood = Vec::new();
    let (mut mode, mut root) = (None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let Some((name, value)) = option.split_once('=') else {
            return Err(InvalidDatabaseUrl::Postgres);
        };
        let names = |error: fn(String) -> InvalidDatabaseUrl| {
            if tells_no_password && is_plain(name) {
                error(name.to_owned())
            } else {
                InvalidDatabaseUrl::Postgres
            }
        };
        match name {
            "sslmode" => mode = Some(value),
            "sslrootcert" => {
                let decoded = percent_decode_str(value).decode_utf8();
                root = Some(decoded.map_err(|_not_text| InvalidDatabaseUrl::Postgres)?);
            }
            _ if !DRIVERS.contains(&name) => return Err(names(unknown)),
            _ => {
                // The driver's error message may quote values, so it is dropped.
                Config::from_str(&format!("postgres://host?{option}"))
                    .map_err(|_may_quote| names(InvalidDatabaseUrl::OptionValue))?;
                understood.push(option);
            }
        }
        tells_no_password &= name != "password";
    }
    let (mode, certificates) = certificates(mode, root.as_deref())?;
    let sslmode = format!("sslmode={mode}");
    understood.push(&sslmode);
    Ok((format!("{base}?{}", understood.join("&")), certificates))
}

/// `sslmode` and `sslrootcert` mean the same as in libpq, except that the system's authorities are
/// the default. The first value is the mode for the driver.
fn certificates(
    mode: Option<&str>,
    root: Option<&str>,
) -> Result<(&'static str, Certificates), InvalidDatabaseUrl> {
    let of_file = |named| {
        let file = PathBuf::from(root.unwrap_or_default());
        ("require", Certificates::OfFile { file, named })
    };
    Ok(match (mode, root) {
        (Some("disable"), None) => ("disable", Certificates::Any),
        (None | Some("allow" | "prefer"), None) => ("prefer", Certificates::Any),
        (Some("require"), None) => ("require", Certificates::Unverified),
        // Anyone can get a certificate from a public authority, so the name must match.
        (None | Some("require"), Some("system"))
        | (Some("verify-ca" | "verify-full"), None | Some("system")) => {
            ("require", Certificates::OfSystem)
        }
        (Some("require" | "verify-ca"), Some(_)) => of_file(false),
        (Some("verify-full"), Some(_)) => of_file(true),
        (None | Some("disable" | "allow" | "prefer"), Some(_)) => {
            return Err(InvalidDatabaseUrl::SslRootCert);
        }
        (Some(_), _) => return Err(InvalidDatabaseUrl::SslMode),
    })
}

/// Whether the name looks like an option and can be shown.
fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What to write instead of another driver's option.
fn unknown(name: String) -> InvalidDatabaseUrl {
    let instead = match name.to_ascii_lowercase().as_str() {
        "ssl" | "tls" | "sslaccept" | "usessl" | "requiressl" => {
            "write sslmode=require, or sslmode=verify-full and sslrootcert=FILE"
        }
        "schema" | "currentschema" | "search_path" => {
            "write options=-c%20search_path%3DNAME, with the schema for NAME"
        }
        "pgbouncer" => {
            "leave it out; behind a pooler in transaction mode set KEYWARD_LISTEN_URL to a direct URL"
        }
        "connection_limit" | "pool_size" | "max_pool_size" | "pool_max_conns" => {
            "leave it out and set KEYWARD_DATABASE_CONNECTIONS_MAX"
        }
        "sslcert" | "sslkey" | "sslpassword" | "sslidentity" => {
            "leave it out; certificates of clients are not supported"
        }
        _ => {
            "leave it out; the options are user, password, host, port, dbname, application_name, \
             options, sslmode, sslrootcert, sslnegotiation, channel_binding, target_session_attrs, \
             connect_timeout, tcp_user_timeout, keepalives and load_balance_hosts"
        }
    };
    InvalidDatabaseUrl::UnknownOption { name, instead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sslmode_and_sslrootcert_mean_what_they_mean_to_libpq() {
        let file = |named| Certificates::OfFile {
            file: PathBuf::from("/etc/root ca.pem"),
            named,
        };
        let root = "&sslrootcert=%2Fetc%2Froot%20ca.pem";
        for (options, mode, want) in [
            (String::new(), "prefer", Certificates::Any),
            ("sslmode=disable".into(), "disable", Certificates::Any),
            ("sslmode=allow".into(), "prefer", Certificates::Any),
            ("sslmode=prefer".into(), "prefer", Certificates::Any),
            (
                "sslmode=require".into(),
                "require",
                Certificates::Unverified,
            ),
            (
                "sslmode=verify-ca".into(),
                "require",
                Certificates::OfSystem,
            ),
            (
                "sslmode=verify-full".into(),
                "require",
                Certificates::OfSystem,
            ),
            (
                "sslrootcert=system".into(),
                "require",
                Certificates::OfSystem,
            ),
            (format!("sslmode=require{root}"), "require", file(false)),
            (format!("sslmode=verify-ca{root}"), "require", file(false)),
            (format!("sslmode=verify-full{root}"), "require", file(true)),
        ] {
            let (text, certificates) = read(&format!("postgres://u@h/d?{options}")).unwrap();
            assert_eq!(certificates, want, "{options}");
            assert_eq!(
                text,
                format!("postgres://u@h/d?sslmode={mode}"),
                "{options}"
            );
        }
        for mode in ["", "sslmode=disable&", "sslmode=prefer&"] {
            let refused = read(&format!("postgres://u@h/d?{mode}sslrootcert=a")).unwrap_err();
            assert_eq!(refused, InvalidDatabaseUrl::SslRootCert, "{mode}");
        }
    }

    #[test]
    fn an_option_of_other_drivers_is_named_with_what_to_write_instead() {
        for (option, instead) in [
            ("pgbouncer=true", "KEYWARD_LISTEN_URL"),
            ("schema=canary", "search_path"),
            ("currentSchema=canary", "search_path"),
            ("ssl=true", "sslmode=require"),
            ("connection_limit=5", "KEYWARD_DATABASE_CONNECTIONS_MAX"),
            ("sslcert=canary", "not supported"),
            ("statement_cache_size=0", "application_name"),
            ("sslmod=require", "sslmode"),
        ] {
            let url = format!("postgres://u:canary@h/d?sslmode=require&{option}");
            let message = read(&url).unwrap_err().to_string();
            let name = option.split('=').next().unwrap();
            assert!(message.contains(name), "{option}: {message}");
            assert!(message.contains(instead), "{option}: {message}");
            assert!(!message.contains("canary"), "{option}: {message}");
        }
        let message = read("postgres://u@h/d?connect_timeout=canary").unwrap_err();
        let message = message.to_string();
        assert!(message.contains("connect_timeout") && !message.contains("canary"));
        assert!(read("postgres://u@h/d?options=-c%20search_path%3Dapp").is_ok());
    }
}
