use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};

use super::{FAILED, report::Report, tls_connection};
use crate::config::{Endpoint, ServeConfig, TlsFiles};
use crate::tls::TlsMaterial;

const PUBLIC: &str = "public listener";
const INTERNAL: &str = "internal listener";

/// How long a running node may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Whether all addresses are free, or a node serves there, and who can reach them.
pub(super) async fn check(config: &ServeConfig, report: &mut Report) {
    for endpoint in &config.listeners.public.endpoints {
        match endpoint {
            Endpoint::Tcp(addr) => public(*addr, report).await,
            // The configuration has refused it.
            Endpoint::Unix(_socket) => {}
        }
    }
    let tls = config.listeners.internal.tls.as_ref();
    for endpoint in &config.listeners.internal.endpoints {
        internal(endpoint, tls, report).await;
    }
}

async fn public(addr: SocketAddr, report: &mut Report) {
    match TcpListener::bind(addr).await {
        Ok(_free) => report.ok(PUBLIC, format!("{addr} is free; {}", reach(addr.ip()))),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            report.ok(PUBLIC, format!("{addr} is in use; {}", reach(addr.ip())));
        }
        Err(error) => report.failed(
            PUBLIC,
            FAILED,
            format!("can't listen on {addr}: {error}"),
            "Choose an address of this machine with KEYWARD_PUBLIC_ADDR.",
        ),
    }
}

fn reach(ip: IpAddr) -> &'static str {
    if ip.is_loopback() {
        "only this machine reaches it"
    } else {
        "other machines reach it"
    }
}

async fn internal(endpoint: &Endpoint, tls: Option<&TlsFiles>, report: &mut Report) {
    let addr = match endpoint {
        Endpoint::Tcp(addr) => *addr,
        Endpoint::Unix(socket) => {
            match UnixStream::connect(&socket.path).await {
                Ok(stream) => answer(report, endpoint, in_time(readyz(stream)).await),
                Err(_nobody) => report.ok(INTERNAL, format!("{endpoint} is free")),
            }
            return;
        }
    };
    match TcpListener::bind(addr).await {
        Ok(_free) => report.ok(INTERNAL, format!("{addr} is free; {}", reach(addr.ip()))),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let ready = in_time(ask(reachable(addr), tls, report)).await;
            answer(report, endpoint, ready);
        }
        Err(error) => report.failed(
            INTERNAL,
            FAILED,
            format!("can't listen on {addr}: {error}"),
            "Choose an address of this machine with KEYWARD_INTERNAL_ADDR.",
        ),
    }
    exposure(addr, report);
}

fn exposure(addr: SocketAddr, report: &mut Report) {
    const CHECK: &str = "exposure";
    let advice = "Let a firewall or a network policy admit only gateways, back-ends and Prometheus. Everyone else gets as \
                  far as the internal token, or the handshake where client certificates are required.";
    if addr.ip().is_unspecified() {
        let found = format!("{addr}: the internal listener is on every network");
        report.warning(CHECK, found, advice);
    } else if is_public(addr.ip()) {
        let found = format!("{addr}: the internal listener has a public address");
        report.failed(CHECK, FAILED, found, advice);
    } else {
        report.ok(CHECK, format!("{addr}; {}", reach(addr.ip())));
    }
}

/// The status line of `/readyz` of the node that listens there.
async fn ask(addr: SocketAddr, tls: Option<&TlsFiles>, report: &mut Report) -> io::Result<String> {
    let stream = TcpStream::connect(addr).await?;
    let Some(files) = tls else {
        return readyz(stream).await;
    };
    let (stream, shown) = tls_connection::connect(stream, addr.ip()).await?;
    if let Ok(material) = TlsMaterial::read(files)
        && shown.as_ref() != material.certificate()
    {
        let found = format!(
            "{addr} shows another one than {}",
            files.certificate.display()
        );
        let advice = "Look at the node's log for tls.certificate_unchanged; if there is nothing, restart the node.";
        report.warning("certificates", found, advice);
    }
    readyz(stream).await
}

async fn in_time(answer: impl Future<Output = io::Result<String>>) -> io::Result<String> {
    tokio::time::timeout(ANSWER_MAX, answer)
        .await
        .unwrap_or_else(|elapsed| Err(elapsed.into()))
}

/// The address under which this machine reaches a listener.
fn reachable(addr: SocketAddr) -> SocketAddr {
    match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, addr.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, addr.port()).into(),
        IpAddr::V4(_) | IpAddr::V6(_) => addr,
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
fn answer(report: &mut Report, listener: &Endpoint, ready: io::Result<String>) {
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
