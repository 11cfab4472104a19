use std::fmt;
use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Request, Response};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::dev::AppConfig;
use tokio::net::{TcpSocket, TcpStream};

use super::connection::Connection;
use super::open_connections::OpenConnections;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to close a connection that was ended.
const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// How long requests under way may take to end: more than a body and the store's answer may take
/// together. With the notice and the last writes, it fits into the 30 s that Kubernetes gives.
const DRAIN_DEADLINE_SECONDS: u64 = 20;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// A listener, bound; it answers when `server` is awaited.
pub(super) struct Listener {
    /// The port is the real one also when 0 was asked for.
    pub(super) addr: SocketAddr,
    pub(super) server: Server,
}

impl Listener {
    /// Binds an address, and serves `app` there to as many clients as there are places.
    ///
    /// This is what `actix_web::HttpServer` does, around connections of our own.
    pub(super) fn bind<F, I, S, B>(
        addr: SocketAddr,
        app: F,
        open: Arc<OpenConnections>,
    ) -> io::Result<Self>
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
        let socket = bound(addr)?;
        let addr = socket.local_addr()?;
        let builder = ServerBuilder::new()
            .shutdown_timeout(DRAIN_DEADLINE_SECONDS)
            .disable_signals();
        let draining = builder.graceful_shutdown_signal();
        let builder = builder.listen("http", socket, move || {
            let (draining, open) = (draining.clone(), Arc::clone(&open));
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let draining = draining.clone();
                    async move { draining.notified().await }
                })
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD_DEADLINE)
                .client_disconnect_timeout(DISCONNECT_DEADLINE)
                .local_addr(addr)
                .h1(map_config(
                    app()
                        .into_factory()
                        .map_err(|error| error.into().error_response()),
                    |()| AppConfig::default(),
                ));
            fn_service(move |stream: TcpStream| {
                let peer = stream.peer_addr().ok();
                ready(match open.admit() {
                    Some(place) => Ok((Connection::new(stream, place), peer)),
                    None => Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into())),
                })
            })
            .and_then(http)
        })?;
        Ok(Self {
            addr,
            server: builder.run(),
        })
    }
}

fn bound(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A port is free at once when the process before has ended.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}
