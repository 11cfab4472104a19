use std::fmt;
use std::io;
use std::net::SocketAddr;

use actix_http::body::MessageBody;
use actix_http::{Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::dev::AppConfig;
use tokio::net::{TcpSocket, TcpStream, UnixStream};

use super::http::{Entrance, Http, Site};
use super::unix_socket::{self, SocketFile};
use crate::config::Endpoint;
use crate::listen_addr::{ListenAddr, ListenAddrs};

/// How long requests in progress may take during a shutdown: more than a body and the store's
/// answer together. With the notice and the last writes, this fits into the 30 s that Kubernetes
/// gives.
const DRAIN_DEADLINE_SECONDS: u64 = 20;
/// The maximum number of connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// A bound listener; it serves when `server` is awaited.
pub(super) struct Listener {
    /// The addresses, with the real ports where 0 was configured.
    pub(super) addrs: ListenAddrs,
    pub(super) server: Server,
    /// The files of Unix sockets.
    pub(super) socket_files: Vec<SocketFile>,
}

impl Listener {
    /// Binds all endpoints and serves `site` there, for as many clients as there are places.
    ///
    /// # Errors
    /// The endpoint that can't be bound.
    pub(super) fn bind<F, I, S, B>(
        endpoints: &[Endpoint],
        site: Site<F>,
        entrance: Entrance,
    ) -> Result<Self, (Endpoint, io::Error)>
    where
        F: Fn() -> I + Send + Clone + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        S::Service: 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        let mut builder = ServerBuilder::new()
            .shutdown_timeout(DRAIN_DEADLINE_SECONDS)
            .max_concurrent_connections(entrance.open.with_leaving_max())
            .disable_signals();
        let http = Http {
            site,
            entrance,
            draining: builder.graceful_shutdown_signal(),
        };
        let mut addrs = Vec::new();
        let mut socket_files = Vec::new();
        for endpoint in endpoints {
            let http = http.clone();
            let failed = |error| (endpoint.clone(), error);
            builder = match endpoint {
                Endpoint::Tcp(addr) => {
                    let socket = bound(*addr, is_ipv6_only(*addr, endpoints)).map_err(failed)?;
                    addrs.push(ListenAddr::Tcp(socket.local_addr().map_err(failed)?));
                    let service = move || http.service::<TcpStream, _, _, _>();
                    builder.listen("http", socket, service).map_err(failed)?
                }
                Endpoint::Unix(unix) => {
                    let (socket, file) = unix_socket::bind(unix).map_err(failed)?;
                    socket_files.push(file);
                    addrs.push(ListenAddr::Unix(unix.path.clone()));
                    let service = move || http.service::<UnixStream, _, _, _>();
                    builder
                        .listen_uds("http", socket, service)
                        .map_err(failed)?
                }
            };
        }
        Ok(Self {
            addrs: addrs.into_iter().collect(),
            server: builder.run(),
            socket_files,
        })
    }
}

/// Whether an IPv6 address must leave IPv4 to others: `[::]` is for both, unless an IPv4 address with
/// the same port is listed too.
fn is_ipv6_only(addr: SocketAddr, endpoints: &[Endpoint]) -> bool {
    endpoints.iter().any(|endpoint| match endpoint {
        Endpoint::Tcp(SocketAddr::V4(other)) => other.port() == addr.port() && addr.port() != 0,
        Endpoint::Tcp(SocketAddr::V6(_)) | Endpoint::Unix(_) => false,
    })
}

fn bound(addr: SocketAddr, is_ipv6_only: bool) -> io::Result<std::net::TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => {
            let socket = TcpSocket::new_v6()?;
            // Else it depends on the system (net.ipv6.bindv6only).
            rustix::net::sockopt::set_ipv6_v6only(&socket, is_ipv6_only)?;
            socket
        }
    };
    // Allows a restart to reuse the port at once.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unspecified_ipv6_address_is_for_ipv4_too_unless_it_is_listed() {
        let endpoints = |addrs: &[&str]| -> Vec<Endpoint> {
            let addrs = addrs.iter();
            addrs
                .map(|addr| Endpoint::Tcp(addr.parse().unwrap()))
                .collect()
        };
        let any: SocketAddr = "[::]:8080".parse().unwrap();
        for (addrs, expected) in [
            (&["[::]:8080"][..], false),
            (&["0.0.0.0:8080", "[::]:8080"], true),
            (&["127.0.0.1:8080", "[::]:8080"], true),
            (&["0.0.0.0:8090", "[::]:8080"], false),
        ] {
            assert_eq!(is_ipv6_only(any, &endpoints(addrs)), expected, "{addrs:?}");
        }
    }
}
