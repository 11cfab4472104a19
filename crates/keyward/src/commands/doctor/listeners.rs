use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use super::{FAILED, report::Report};
use crate::config::{InternalListener, ServeConfig};

const PUBLIC: &str = "public listener";
const INTERNAL: &str = "internal listener";

/// How long a running node may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Whether both addresses are free, or a node serves there, and who can reach them.
pub(super) async fn check(config: &ServeConfig, report: &mut Report) {
    let public = config.listeners.public;
    match TcpListener::bind(public).await {
        Ok(_free) => report.ok(PUBLIC, format!("{public} is free; {}", reach(public.ip()))),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            report.ok(
                PUBLIC,
                format!("{public} is in use; {}", reach(public.ip())),
            );
        }
        Err(error) => report.failed(
            PUBLIC,
            FAILED,
            format!("can't listen on {public}: {error}"),
            "Choose an address of this machine with KEYWARD_PUBLIC_ADDR.",
        ),
    }
    internal(config, report).await;
}

fn reach(ip: IpAddr) -> &'static str {
    if ip.is_loopback() {
        "only this machine reaches it"
    } else {
        "other machines reach it"
    }
}

async fn internal(config: &ServeConfig, report: &mut Report) {
    let listener = &config.listeners.internal;
    let addr = match listener {
        InternalListener::Tcp(addr) => *addr,
        InternalListener::Unix(socket) => {
            match UnixStream::connect(&socket.path).await {
                Ok(stream) => answer(report, listener, readyz(stream).await),
                Err(_nobody) => report.ok(INTERNAL, format!("{listener} is free")),
            }
            return;
        }
    };
    match TcpListener::bind(addr).await {
        Ok(_free) => report.ok(INTERNAL, format!("{addr} is free; {}", reach(addr.ip()))),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let ready = match TcpStream::connect(reachable(addr)).await {
                Ok(stream) => readyz(stream).await,
                Err(error) => Err(error),
            };
            answer(report, listener, ready);
        }
        Err(error) => report.failed(
            INTERNAL,
            FAILED,
            format!("can't listen on {addr}: {error}"),
            "Choose an address of this machine with KEYWARD_INTERNAL_ADDR.",
        ),
    }
    let advice = "Let a firewall or a network policy admit only gateways, back-ends and Prometheus. Everyone else gets as \
                  far as the internal token.";
    if addr.ip().is_unspecified() {
        report.warning(
            "exposure",
            format!("{addr}: the internal listener is on every network"),
            advice,
        );
    } else if is_public(addr.ip()) {
        report.failed(
            "exposure",
            FAILED,
            format!("{addr}: the internal listener has a public address"),
            advice,
        );
    } else {
        report.ok("exposure", format!("{addr}; {}", reach(addr.ip())));
    }
}

/// The address under which this machine reaches a listener.
fn reachable(addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        SocketAddr::from((Ipv4Addr::LOCALHOST, addr.port()))
    } else {
        addr
    }
}

/// Whether an address may be one of the internet.
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            // RFC 6598: shared by carriers and clusters.
            let is_shared = first == 100 && (64..128).contains(&second);
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || is_shared)
        }
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
    }
}

/// Reports the status of `/readyz`.
fn answer(report: &mut Report, listener: &InternalListener, ready: io::Result<String>) {
    let other =
        "If no node of Keyward runs there, choose another address with KEYWARD_INTERNAL_ADDR.";
    match ready {
        Ok(line) if line.contains(" 200 ") => {
            report.ok(
                INTERNAL,
                format!("{listener}: a node serves there and is ready"),
            );
        }
        Ok(line) if line.contains(" 503 ") => report.failed(
            INTERNAL,
            FAILED,
            format!("{listener}: a node serves there and is not ready"),
            "The other checks may say why, and /readyz of the node does.",
        ),
        Ok(line) => report.warning(
            INTERNAL,
            format!("{listener} is in use: /readyz answers {line}"),
            other,
        ),
        Err(error) => report.warning(INTERNAL, format!("{listener} is in use: {error}"), other),
    }
}

/// The status line of `GET /readyz`.
async fn readyz(
    mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
) -> io::Result<String> {
    let exchange = async {
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut response = Vec::new();
        stream.take(4_096).read_to_end(&mut response).await?;
        Ok(String::from_utf8_lossy(&response)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned())
    };
    tokio::time::timeout(ANSWER_MAX, exchange)
        .await
        .unwrap_or_else(|elapsed| Err(elapsed.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_internet_is_public() {
        for (ip, want) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("192.168.0.1", false),
            ("203.0.114.9", true),
            ("::1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("::ffff:10.0.0.1", false),
            ("2001:4860::1", true),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), want, "{ip}");
        }
    }
}
