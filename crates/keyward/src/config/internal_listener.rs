use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::{ConfigError, Environment};
use crate::listen_addr::ListenAddr;

const MODE: &str = "KEYWARD_INTERNAL_SOCKET_MODE";
const GROUP: &str = "KEYWARD_INTERNAL_SOCKET_GROUP";

/// The owner and the group may connect.
const MODE_DEFAULT: u32 = 0o660;

/// Where the internal listener listens, and who may connect to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InternalListener {
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

impl InternalListener {
    /// Adds the permissions of the environment to a Unix socket.
    pub(super) fn resolve(
        environment: &Environment,
        addr: ListenAddr,
    ) -> Result<Self, ConfigError> {
        let path = match addr {
            ListenAddr::Unix(path) => path,
            ListenAddr::Tcp(addr) => {
                let mut given = [MODE, GROUP].into_iter();
                let without_effect = given.find(|variable| environment.value(variable).is_some());
                return match without_effect {
                    None => Ok(Self::Tcp(addr)),
                    Some(variable) => Err(ConfigError::Invalid {
                        variable,
                        problem: "KEYWARD_INTERNAL_ADDR is not a Unix socket".to_owned(),
                    }),
                };
            }
        };
        let mode = environment.value(MODE).map_or(Ok(MODE_DEFAULT), mode)?;
        let group = environment.value(GROUP).map(str::to_owned);
        Ok(Self::Unix(UnixSocket { path, mode, group }))
    }

    /// Whether only processes of this machine can connect.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            Self::Tcp(addr) => addr.ip().is_loopback(),
            Self::Unix(_) => true,
        }
    }
}

impl fmt::Display for InternalListener {
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

    fn resolve(addr: &str, variables: &[(&str, &str)]) -> Result<InternalListener, String> {
        let environment = Environment::from_pairs(variables);
        let addr = addr.parse().unwrap();
        InternalListener::resolve(&environment, addr).map_err(|error| error.to_string())
    }

    #[test]
    fn a_socket_has_a_mode_and_maybe_a_group() {
        let socket = |mode, group: Option<&str>| {
            Ok(InternalListener::Unix(UnixSocket {
                path: "/run/k".into(),
                mode,
                group: group.map(str::to_owned),
            }))
        };
        assert_eq!(resolve("unix:/run/k", &[]), socket(0o660, None));
        let both = [(MODE, "0606"), (GROUP, "nginx")];
        assert_eq!(resolve("unix:/run/k", &both), socket(0o606, Some("nginx")));
        for mode in ["6", "8", "0o660", "1777", "rw", "+660"] {
            assert!(resolve("unix:/run/k", &[(MODE, mode)]).is_err(), "{mode}");
        }
        for variable in [MODE, GROUP] {
            let refused = resolve("127.0.0.1:1", &[(variable, "0660")]).unwrap_err();
            assert!(refused.contains(variable), "{refused}");
        }
    }
}
