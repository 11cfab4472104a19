//! Two listeners, and how they end: readiness fails first, while both still answer; then both stop
//! accepting, and what is under way gets its answer.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::HttpServer;
use keyward_web::{InternalState, PublicState, internal_app, public_app};
use tokio::task::JoinHandle;

use crate::config::Listeners;
use crate::failure::Failure;
use crate::shutdown::{self, Draining, Request};

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections of one worker thread; more wait to be accepted.
const CONNECTIONS_PER_WORKER_MAX: usize = 10_000;
/// How long requests under way may take to end: more than a body and the store's answer may take
/// together. With the notice and the last writes, it fits into the 30 s that Kubernetes gives.
const DRAIN_DEADLINE_SECONDS: u64 = 20;

/// Both listeners, bound but not yet answering.
pub(crate) struct Servers {
    public: Bound,
    internal: Bound,
    draining: Draining,
}

struct Bound {
    addr: SocketAddr,
    server: actix_web::dev::Server,
}

impl Servers {
    /// Binds both addresses.
    pub(crate) fn bind(
        listeners: Listeners,
        public: PublicState,
        internal: InternalState,
        draining: Draining,
    ) -> Result<Self, Failure> {
        let public = {
            let http = HttpServer::new(move || public_app(&public))
                .max_connections(CONNECTIONS_PER_WORKER_MAX)
                .client_request_timeout(HEAD_DEADLINE)
                .keep_alive(KEEP_ALIVE)
                .shutdown_timeout(DRAIN_DEADLINE_SECONDS)
                .disable_signals()
                .bind(listeners.public)
                .map_err(Failure::io(cannot_listen(
                    "KEYWARD_PUBLIC_ADDR",
                    listeners.public,
                )))?;
            Bound {
                addr: first(&http.addrs(), listeners.public),
                server: http.run(),
            }
        };
        let internal = {
            let http = HttpServer::new(move || internal_app(&internal))
                .max_connections(CONNECTIONS_PER_WORKER_MAX)
                .client_request_timeout(HEAD_DEADLINE)
                .keep_alive(KEEP_ALIVE)
                .shutdown_timeout(DRAIN_DEADLINE_SECONDS)
                .disable_signals()
                .bind(listeners.internal)
                .map_err(Failure::io(cannot_listen(
                    "KEYWARD_INTERNAL_ADDR",
                    listeners.internal,
                )))?;
            Bound {
                addr: first(&http.addrs(), listeners.internal),
                server: http.run(),
            }
        };
        Ok(Self {
            public,
            internal,
            draining,
        })
    }

    /// Where the public listener listens; the port is the real one also when 0 was asked for.
    pub(crate) fn public_addr(&self) -> SocketAddr {
        self.public.addr
    }

    /// Where the internal listener listens.
    pub(crate) fn internal_addr(&self) -> SocketAddr {
        self.internal.addr
    }

    /// Serves until asked to end. SIGTERM gives `notice` between failing readiness and refusing
    /// connections, so that a balancer sees it in time. A second request to end cuts all that short.
    pub(crate) async fn run(self, notice: Duration) -> Result<(), Failure> {
        let requested = shutdown::requested()?;
        tracing::info!(
            public_addr = %self.public.addr,
            internal_addr = %self.internal.addr,
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
        let (public, internal) = (self.public.server.handle(), self.internal.server.handle());
        let ends = [self.public.server, self.internal.server].map(tokio::spawn);
        let request = requested.await;
        // From here on, so that a second one is not lost.
        let cut_short = shutdown::requested()?;
        self.draining.begin();
        let notice = match request {
            Request::Terminate => notice,
            Request::Interrupt => Duration::ZERO,
        };
        tracing::info!(?request, notice_seconds = notice.as_secs(), "draining");
        let drain = async {
            tokio::time::sleep(notice).await;
            tokio::join!(public.stop(true), internal.stop(true));
        };
        tokio::select! {
            () = drain => {}
            _ = cut_short => {
                tracing::warn!("cut short");
                // A server that drains hears nothing any more; one that is dropped ends at once.
                ends.iter().for_each(JoinHandle::abort);
            }
        }
        for end in ends {
            match end.await {
                Err(error) if error.is_cancelled() => {}
                Err(error) => return Err(listener_failed(std::io::Error::other(error))),
                Ok(ended) => ended.map_err(listener_failed)?,
            }
        }
        Ok(())
    }
}

fn listener_failed(error: std::io::Error) -> Failure {
    Failure::io("a listener failed")(error)
}

fn cannot_listen(variable: &str, addr: SocketAddr) -> String {
    format!("can't listen on {addr}; choose another address by {variable}")
}

fn first(bound: &[SocketAddr], asked: SocketAddr) -> SocketAddr {
    bound.first().copied().unwrap_or(asked)
}
