use std::path::PathBuf;

use super::{ConfigError, Endpoint, Environment};

/// The files of a listener's TLS, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate of the listener, and those between it and its authority.
    pub(crate) certificate: PathBuf,
    /// Its private key.
    pub(crate) key: PathBuf,
    /// The authorities whose certificates clients must show; `None` when clients need none.
    pub(crate) client_ca: Option<PathBuf>,
}

/// The variables of one listener.
struct Variables {
    addr: &'static str,
    certificate: &'static str,
    key: &'static str,
    client_ca: Option<&'static str>,
}

const PUBLIC: Variables = Variables {
    addr: "KEYWARD_PUBLIC_ADDR",
    certificate: "KEYWARD_PUBLIC_TLS_CERTIFICATE_FILE",
    key: "KEYWARD_PUBLIC_TLS_KEY_FILE",
    client_ca: None,
};

const INTERNAL: Variables = Variables {
    addr: "KEYWARD_INTERNAL_ADDR",
    certificate: "KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE",
    key: "KEYWARD_INTERNAL_TLS_KEY_FILE",
    client_ca: Some("KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE"),
};

impl TlsFiles {
    /// The TLS of the public listener; `None` when it serves without.
    pub(super) fn of_public(
        environment: &Environment,
        endpoints: &[Endpoint],
    ) -> Result<Option<Self>, ConfigError> {
        PUBLIC.files(environment, endpoints)
    }

    /// The TLS of the internal listener; `None` when it serves without.
    pub(super) fn of_internal(
        environment: &Environment,
        endpoints: &[Endpoint],
    ) -> Result<Option<Self>, ConfigError> {
        INTERNAL.files(environment, endpoints)
    }
}

impl Variables {
    fn files(
        &self,
        environment: &Environment,
        endpoints: &[Endpoint],
    ) -> Result<Option<TlsFiles>, ConfigError> {
        let path = |variable| environment.value(variable).map(PathBuf::from);
        let client_ca = self.client_ca.and_then(path);
        let missing = |variable, beside: &str| ConfigError::Invalid {
            variable,
            problem: format!("it needs {beside} too"),
        };
        let (certificate, key) = match (path(self.certificate), path(self.key)) {
            (Some(certificate), Some(key)) => (certificate, key),
            (Some(_), None) => return Err(missing(self.certificate, self.key)),
            (None, Some(_)) => return Err(missing(self.key, self.certificate)),
            (None, None) => {
                return match self.client_ca.filter(|_| client_ca.is_some()) {
                    Some(variable) => Err(missing(variable, self.certificate)),
                    None => Ok(None),
                };
            }
        };
        let is_tcp = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Tcp(_addr));
        if !endpoints.iter().any(is_tcp) {
            return Err(ConfigError::Invalid {
                variable: self.certificate,
                problem: format!("{} has only Unix sockets, which have no TLS", self.addr),
            });
        }
        Ok(Some(TlsFiles {
            certificate,
            key,
            client_ca,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::config::UnixSocket;

    const CERTIFICATE: (&str, &str) = (INTERNAL.certificate, "/tls/tls.crt");
    const KEY: (&str, &str) = (INTERNAL.key, "/tls/tls.key");
    const CLIENT_CA: (&str, &str) = ("KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE", "/tls/ca.crt");

    fn resolve(variables: &[(&str, &str)]) -> Result<Option<TlsFiles>, String> {
        let endpoint = Endpoint::Tcp(SocketAddr::from(([0; 4], 8081)));
        let environment = Environment::from_pairs(variables);
        TlsFiles::of_internal(&environment, &[endpoint]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_listener_has_a_certificate_with_its_key_or_no_tls() {
        assert_eq!(resolve(&[]), Ok(None));
        let files = resolve(&[CERTIFICATE, KEY, CLIENT_CA]).unwrap().unwrap();
        let expected = TlsFiles {
            certificate: "/tls/tls.crt".into(),
            key: "/tls/tls.key".into(),
            client_ca: Some("/tls/ca.crt".into()),
        };
        assert_eq!(files, expected);
        for (variables, part) in [
            (&[CERTIFICATE][..], "needs KEYWARD_INTERNAL_TLS_KEY_FILE"),
            (&[KEY], "needs KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE"),
            (&[CLIENT_CA], "needs KEYWARD_INTERNAL_TLS_CERTIFICATE_FILE"),
        ] {
            let message = resolve(variables).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_unix_socket_has_no_tls() {
        let socket = Endpoint::Unix(UnixSocket {
            path: "/run/k".into(),
            mode: 0o660,
            group: None,
        });
        let environment = Environment::from_pairs(&[CERTIFICATE, KEY]);
        let refused = TlsFiles::of_internal(&environment, &[socket]).unwrap_err();
        assert!(
            refused.to_string().contains("KEYWARD_INTERNAL_ADDR"),
            "{refused}"
        );
    }
}
