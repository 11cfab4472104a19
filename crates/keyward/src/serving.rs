//! The two listeners and their shutdown: readiness fails first, while both still answer; then both
//! stop accepting, and requests in progress are completed.

mod capacity;
mod connection;
mod listener;
mod open_connections;
mod public_services;
mod unix_socket;

use std::fmt;
use std::time::Duration;

use keyward_web::{
    BATCH_BYTES_MAX, BODY_BYTES_MAX, FastPath, InternalState, internal_app, public_app,
};
use tokio::task::JoinHandle;

pub(crate) use self::capacity::Capacity;
use self::listener::Listener;
pub(crate) use self::open_connections::OpenConnections;
pub(crate) use self::public_services::PublicServices;
use crate::config::{InternalListener, Listeners};
use crate::failure::Failure;
use crate::listen_addr::ListenAddr;
use crate::shutdown::{self, Draining, Request};

/// Both listeners, bound but not yet serving.
pub(crate) struct Servers {
    public: Listener,
    internal: Listener,
    capacity: Capacity,
    draining: Draining,
}

impl Servers {
    /// Binds both addresses.
    pub(crate) fn bind(
        listeners: &Listeners,
        public: PublicServices,
        internal: InternalState,
        capacity: Capacity,
        draining: Draining,
    ) -> Result<Self, Failure> {
        let public = Listener::bind(
            &InternalListener::Tcp(listeners.public),
            move || public_app(&public.api, &|config| public.configure(config)),
            None,
            capacity.public.clone(),
            BODY_BYTES_MAX,
        )
        .map_err(cannot_listen("KEYWARD_PUBLIC_ADDR", &listeners.public))?;
        let fast_path = FastPath::new(internal.clone());
        let internal = Listener::bind(
            &listeners.internal,
            move || internal_app(&internal),
            Some(fast_path),
            capacity.internal.clone(),
            BATCH_BYTES_MAX,
        )
        .map_err(cannot_listen("KEYWARD_INTERNAL_ADDR", &listeners.internal))?;
        Ok(Self {
            public,
            internal,
            capacity,
            draining,
        })
    }

    /// The address of the public listener, with the real port when 0 was configured.
    pub(crate) fn public_addr(&self) -> &ListenAddr {
        &self.public.addr
    }

    /// The address of the internal listener.
    pub(crate) fn internal_addr(&self) -> &ListenAddr {
        &self.internal.addr
    }

    /// Serves until a shutdown is requested. SIGTERM leaves `notice` between failing readiness and
    /// refusing connections, so that a load balancer can react. A second request ends everything at
    /// once.
    pub(crate) async fn run(self, notice: Duration) -> Result<(), Failure> {
        let requested = shutdown::requested()?;
        tracing::info!(
            public_addr = %self.public.addr,
            internal_addr = %self.internal.addr,
            connections_max = self.capacity.public.max(),
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        );
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
        let socket_file = self.internal.socket_file;
        for end in ends {
            match end.await {
                Err(error) if error.is_cancelled() => {}
                Err(error) => return Err(listener_failed(std::io::Error::other(error))),
                Ok(ended) => ended.map_err(listener_failed)?,
            }
        }
        drop(socket_file);
        Ok(())
    }
}

fn listener_failed(error: std::io::Error) -> Failure {
    Failure::io("a listener failed")(error)
}

fn cannot_listen(
    variable: &str,
    addr: &dyn fmt::Display,
) -> impl FnOnce(std::io::Error) -> Failure + use<> {
    Failure::io(format!(
        "can't listen on {addr}; choose another address with {variable}"
    ))
}
