//! The two listeners and their shutdown: readiness fails first, while both still answer; then both
//! stop accepting, and requests in progress are completed.

mod capacity;
mod client_stream;
mod connection;
mod http;
mod http2;
mod listener;
mod open_connections;
mod public_services;
mod unix_socket;

use std::sync::Arc;
use std::time::Duration;

use keyward_web::{
    BATCH_BYTES_MAX, BODY_BYTES_MAX, FastPath, InternalState, internal_app, public_app,
};
use tokio::task::JoinHandle;

pub(crate) use self::capacity::Capacity;
use self::http::{Clients, Entrance, Site};
use self::listener::Listener;
pub(crate) use self::open_connections::OpenConnections;
pub(crate) use self::public_services::PublicServices;
use crate::config::{Endpoint, Listeners};
use crate::failure::Failure;
use crate::listen_addr::ListenAddrs;
use crate::shutdown::{self, Draining, Request};
use crate::tls::{Following, TlsOfListeners};

/// Both listeners, bound but not yet serving.
pub(crate) struct Servers {
    public: Listener,
    internal: Listener,
    inbound: Inbound,
    draining: Draining,
}

/// What both listeners have for their connections.
#[derive(Clone)]
pub(crate) struct Inbound {
    pub(crate) capacity: Capacity,
    pub(crate) tls: TlsOfListeners,
}

impl Servers {
    /// Binds all addresses.
    pub(crate) fn bind(
        listeners: &Listeners,
        public: PublicServices,
        internal: InternalState,
        inbound: Inbound,
        draining: Draining,
    ) -> Result<Self, Failure> {
        let public = Listener::bind(
            &listeners.public.endpoints,
            Site {
                app: move || public_app(&public.api, &|config| public.configure(config)),
                fast_path: None,
                body_bytes_max: BODY_BYTES_MAX,
                clients: Clients::Browsers,
            },
            Entrance {
                open: Arc::clone(&inbound.capacity.public),
                tls: inbound.tls.public.clone(),
            },
        )
        .map_err(cannot_listen("KEYWARD_PUBLIC_ADDR"))?;
        let fast_path = FastPath::new(internal.clone());
        let internal = Listener::bind(
            &listeners.internal.endpoints,
            Site {
                app: move || internal_app(&internal),
                fast_path: Some(fast_path),
                body_bytes_max: BATCH_BYTES_MAX,
                clients: Clients::Gateways,
            },
            Entrance {
                open: Arc::clone(&inbound.capacity.internal),
                tls: inbound.tls.internal.clone(),
            },
        )
        .map_err(cannot_listen("KEYWARD_INTERNAL_ADDR"))?;
        Ok(Self {
            public,
            internal,
            inbound,
            draining,
        })
    }

    /// The addresses of the public listener, with the real ports where 0 was configured.
    pub(crate) fn public_addrs(&self) -> &ListenAddrs {
        &self.public.addrs
    }

    /// The addresses of the internal listener.
    pub(crate) fn internal_addrs(&self) -> &ListenAddrs {
        &self.internal.addrs
    }

    /// Serves until a shutdown is requested. SIGTERM leaves `notice` between failing readiness and
    /// refusing connections, so that a load balancer can react. A second request ends everything at
    /// once.
    pub(crate) async fn run(self, notice: Duration) -> Result<(), Failure> {
        let requested = shutdown::requested()?;
        tracing::info!(
            public_addr = %self.public.addrs,
            internal_addr = %self.internal.addrs,
            public_tls = self.inbound.tls.public.is_some(),
            internal_tls = self.inbound.tls.internal.is_some(),
            connections_max = self.inbound.capacity.public.max(),
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
        let following = self.inbound.tls.each();
        let _following: Vec<Following> = following
            .map(|(_listener, tls)| Following::start(Arc::clone(tls)))
            .collect();
        let (public, internal) = (self.public.server.handle(), self.internal.server.handle());
        let ends = [self.public.server, self.internal.server].map(tokio::spawn);
        let request = requested.await;
        // Listen for a second request from here on.
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
                // A draining server reacts to nothing; aborting its task ends it at once.
                ends.iter().for_each(JoinHandle::abort);
            }
        }
        let socket_files = self.internal.socket_files;
        for end in ends {
            match end.await {
                Err(error) if error.is_cancelled() => {}
                Err(error) => return Err(listener_failed(std::io::Error::other(error))),
                Ok(ended) => ended.map_err(listener_failed)?,
            }
        }
        drop(socket_files);
        Ok(())
    }
}

fn listener_failed(error: std::io::Error) -> Failure {
    Failure::io("a listener failed")(error)
}

fn cannot_listen(variable: &str) -> impl FnOnce((Endpoint, std::io::Error)) -> Failure + use<'_> {
    move |(endpoint, error)| {
        Failure::io(format!(
            "can't listen on {endpoint}; choose another address with {variable}"
        ))(error)
    }
}
