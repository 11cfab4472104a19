//! Two listeners, and how they end: readiness first, then the public one, then the internal one.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::HttpServer;
use keyward_web::{InternalState, PublicState, internal_app, public_app};

use crate::config::Listeners;
use crate::failure::Failure;
use crate::shutdown::{self, Draining, Request};

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections of one worker thread; more wait to be accepted.
const CONNECTIONS_PER_WORKER_MAX: usize = 10_000;
/// Between failing readiness and refusing connections, so that a balancer sees it in time.
const READINESS_NOTICE: Duration = Duration::from_secs(2);
/// How long requests under way may take to end; with the notice, below 30 s.
const DRAIN_DEADLINE_SECONDS: u64 = 25;

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
                .shutdown_timeout(1)
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

    /// Serves until asked to end, and ends within 30 s. A second request to end cuts that short.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let requested = shutdown::requested()?;
        tracing::info!(
            public_addr = %self.public.addr,
            internal_addr = %self.internal.addr,
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
        let (public, internal) = (self.public.server.handle(), self.internal.server.handle());
        let public_end = tokio::spawn(self.public.server);
        let internal_end = tokio::spawn(self.internal.server);
        let request = requested.await;
        self.draining.begin();
        tracing::info!(?request, "draining");
        let cut_short = shutdown::requested()?;
        let drain = async {
            if request == Request::Terminate {
                tokio::time::sleep(READINESS_NOTICE).await;
            }
            public.stop(true).await;
        };
        tokio::select! {
            () = drain => {}
            _ = cut_short => {
                tracing::warn!("cut short");
                public.stop(false).await;
            }
        }
        internal.stop(false).await;
        for end in [public_end, internal_end] {
            let ended = end
                .await
                .map_err(std::io::Error::other)
                .and_then(|ended| ended);
            ended.map_err(Failure::io("a listener failed"))?;
        }
        Ok(())
    }
}

fn cannot_listen(variable: &str, addr: SocketAddr) -> String {
    format!("can't listen on {addr}; choose another address by {variable}")
}

fn first(bound: &[SocketAddr], asked: SocketAddr) -> SocketAddr {
    bound.first().copied().unwrap_or(asked)
}
