use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// The path of a Unix socket begins with this.
const UNIX: &str = "unix:";

/// The maximum number of addresses of a listener. Each serving thread waits on all of them.
const ADDRS_MAX: usize = 8;

/// Where a listener listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListenAddr {
    /// An address and a port.
    Tcp(SocketAddr),
    /// The absolute path of a Unix socket.
    Unix(PathBuf),
}

/// All addresses of a listener, 1 to 8, without repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListenAddrs(Vec<ListenAddr>);

/// The text is not a list of addresses to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidListenAddrs {
    #[error("not an address and port such as 127.0.0.1:8081, nor unix: and an absolute path")]
    Addr,
    #[error("it has more than 8 addresses")]
    TooMany,
    #[error("it has an address twice")]
    Repeated,
}

impl ListenAddrs {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &ListenAddr> {
        self.0.iter()
    }
}

impl From<ListenAddr> for ListenAddrs {
    fn from(addr: ListenAddr) -> Self {
        Self(vec![addr])
    }
}

impl FromIterator<ListenAddr> for ListenAddrs {
    fn from_iter<I: IntoIterator<Item = ListenAddr>>(addrs: I) -> Self {
        Self(addrs.into_iter().collect())
    }
}

impl FromStr for ListenAddrs {
    type Err = InvalidListenAddrs;

    fn from_str(text: &str) -> Result<Self, InvalidListenAddrs> {
        let addrs = text.split(',').map(|addr| addr.trim().parse());
        let addrs: Vec<ListenAddr> = addrs.collect::<Result<_, _>>()?;
        if addrs.len() > ADDRS_MAX {
            return Err(InvalidListenAddrs::TooMany);
        }
        // Port 0 selects another port each time.
        let is_fixed = |addr: &ListenAddr| match addr {
            ListenAddr::Tcp(addr) => addr.port() != 0,
            ListenAddr::Unix(_path) => true,
        };
        let is_repeated = |(at, addr): (usize, &ListenAddr)| {
            is_fixed(addr) && addrs.iter().take(at).any(|before| before == addr)
        };
        if addrs.iter().enumerate().any(is_repeated) {
            return Err(InvalidListenAddrs::Repeated);
        }
        Ok(Self(addrs))
    }
}

impl fmt::Display for ListenAddrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, addr) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            addr.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for ListenAddr {
    type Err = InvalidListenAddrs;

    fn from_str(text: &str) -> Result<Self, InvalidListenAddrs> {
        match text.strip_prefix(UNIX) {
            Some(path) if path.starts_with('/') => Ok(Self::Unix(PathBuf::from(path))),
            Some(_relative) => Err(InvalidListenAddrs::Addr),
            None => text
                .parse()
                .map(Self::Tcp)
                .map_err(|_any| InvalidListenAddrs::Addr),
        }
    }
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => write!(f, "{addr}"),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_an_absolute_path_is_read() {
        for text in ["127.0.0.1:8081", "[::1]:0", "unix:/run/keyward.sock"] {
            let addr: ListenAddr = text.parse().unwrap();
            assert_eq!(addr.to_string(), text);
        }
        for text in [
            "",
            "8081",
            "unix:",
            "unix:keyward.sock",
            "/run/keyward.sock",
            "localhost:1",
        ] {
            assert!(text.parse::<ListenAddr>().is_err(), "{text}");
        }
    }

    #[test]
    fn several_addresses_are_separated_by_commas() {
        for (text, written) in [
            ("[::]:8081", "[::]:8081"),
            ("127.0.0.1:8081, [::1]:8081", "127.0.0.1:8081,[::1]:8081"),
            ("127.0.0.1:0,127.0.0.1:0", "127.0.0.1:0,127.0.0.1:0"),
            ("unix:/run/k,10.0.0.1:1", "unix:/run/k,10.0.0.1:1"),
        ] {
            let addrs: ListenAddrs = text.parse().unwrap();
            assert_eq!(addrs.to_string(), written);
        }
        for (text, refused) in [
            ("127.0.0.1:1,", InvalidListenAddrs::Addr),
            ("127.0.0.1:1;127.0.0.1:2", InvalidListenAddrs::Addr),
            ("[::1]:1,[::1]:1", InvalidListenAddrs::Repeated),
            ("unix:/a,unix:/a", InvalidListenAddrs::Repeated),
            (&["[::1]:0"; 9].join(","), InvalidListenAddrs::TooMany),
        ] {
            assert_eq!(text.parse::<ListenAddrs>(), Err(refused), "{text}");
        }
    }
}
