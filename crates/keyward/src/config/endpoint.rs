use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::{ConfigError, Environment};
use crate::listen_addr::{ListenAddr, ListenAddrs};

const MODE: &str = "KEYWARD_INTERNAL_SOCKET_MODE";
const GROUP: &str = "KEYWARD_INTERNAL_SOCKET_GROUP";

/// The owner and the group may connect.
const MODE_DEFAULT: u32 = 0o660;

/// One place where a listener listens, and who may connect there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Everyone who can reach this address.
    Tcp(SocketAddr),
    /// The processes that the socket's permissions allow.
    Unix(UnixSocket),
}

/// A Unix socket and its permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnixSocket {
    /// Its absolute path.
    pub(crate) path: PathBuf,
    /// Its permission bits.
    pub(crate) mode: u32,
    /// The name or number of its group; `None` for that of the process.
    pub(crate) group: Option<String>,
}

impl Endpoint {
    /// The endpoints of the internal listener: adds the permissions of the environment to Unix sockets.
    pub(super) fn of_internal(
        environment: &Environment,
        addrs: &ListenAddrs,
    ) -> Result<Vec<Self>, ConfigError> {
        let has_socket = addrs
            .iter()
            .any(|addr| matches!(addr, ListenAddr::Unix(_path)));
        if !has_socket {
            let mut given = [MODE, GROUP].into_iter();
            if let Some(variable) = given.find(|variable| environment.value(variable).is_some()) {
                return Err(ConfigError::Invalid {
                    variable,
                    problem: "KEYWARD_INTERNAL_ADDR has no Unix socket".to_owned(),
                });
            }
        }
        let mode = environment.value(MODE).map_or(Ok(MODE_DEFAULT), mode)?;
        let group = environment.value(GROUP).map(str::to_owned);
        let endpoint = |addr: &ListenAddr| match addr {
            ListenAddr::Tcp(addr) => Self::Tcp(*addr),
            ListenAddr::Unix(path) => Self::Unix(UnixSocket {
                path: path.clone(),
                mode,
                group: group.clone(),
            }),
        };
        Ok(addrs.iter().map(endpoint).collect())
    }

    /// Whether only processes of this machine can connect.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            Self::Tcp(addr) => addr.ip().to_canonical().is_loopback(),
            Self::Unix(_) => true,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let addr = match self {
            Self::Tcp(addr) => ListenAddr::Tcp(*addr),
            Self::Unix(socket) => ListenAddr::Unix(socket.path.clone()),
        };
        addr.fmt(f)
    }
}

/// Three or four octal digits.
fn mode(text: &str) -> Result<u32, ConfigError> {
    let is_octal = (3..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(text, 8)
        .ok()
        .filter(|mode| is_octal && *mode <= 0o777);
    mode.ok_or_else(|| ConfigError::Invalid {
        variable: MODE,
        problem: format!("{text:?} is not an octal mode such as 0660"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(addrs: &str, variables: &[(&str, &str)]) -> Result<Vec<Endpoint>, String> {
        let environment = Environment::from_pairs(variables);
        let addrs = addrs.parse().unwrap();
        Endpoint::of_internal(&environment, &addrs).map_err(|error| error.to_string())
    }

    #[test]
    fn a_socket_has_a_mode_and_maybe_a_group() {
        let socket = |mode, group: Option<&str>| {
            Endpoint::Unix(UnixSocket {
                path: "/run/k".into(),
                mode,
                group: group.map(str::to_owned),
            })
        };
        assert_eq!(resolve("unix:/run/k", &[]), Ok(vec![socket(0o660, None)]));
        let both = [(MODE, "0606"), (GROUP, "nginx")];
        let with_both = socket(0o606, Some("nginx"));
        assert_eq!(resolve("unix:/run/k", &both), Ok(vec![with_both.clone()]));
        let tcp = Endpoint::Tcp(SocketAddr::from(([127, 0, 0, 1], 1)));
        let several = resolve("127.0.0.1:1,unix:/run/k", &both);
        assert_eq!(several, Ok(vec![tcp, with_both]));
        for mode in ["6", "8", "0o660", "1777", "rw", "+660"] {
            assert!(resolve("unix:/run/k", &[(MODE, mode)]).is_err(), "{mode}");
        }
        for variable in [MODE, GROUP] {
            let refused = resolve("127.0.0.1:1", &[(variable, "0660")]).unwrap_err();
            assert!(refused.contains(variable), "{refused}");
        }
    }
}
