use std::net::SocketAddr;
use std::sync::Arc;

use http::Extensions;
use tower_layer::Layer;

use super::service::Guarded;
use crate::guard::Require;

/// Finds the peer of the connection in a request's extensions; each server stores it there in its
/// own type. When it returns `None`, the client's address is unknown, and a key with IP rules is
/// denied.
///
/// For axum, with `into_make_service_with_connect_info::<SocketAddr>()`:
///
/// ```
/// # #[cfg(feature = "tower")] {
/// use std::net::SocketAddr;
///
/// use axum::extract::ConnectInfo;
///
/// fn peer(extensions: &http::Extensions) -> Option<SocketAddr> {
///     let info = extensions.get::<ConnectInfo<SocketAddr>>();
///     info.map(|ConnectInfo(peer)| *peer)
/// }
/// # let _: keyward_guard::tower::Peer = peer;
/// # }
/// ```
///
/// For tonic without TLS; with tonic's own TLS, the type is `TlsConnectInfo<TcpConnectInfo>`:
///
/// ```text
/// use tonic::transport::server::TcpConnectInfo;
///
/// fn peer(extensions: &http::Extensions) -> Option<SocketAddr> {
///     extensions.get::<TcpConnectInfo>()?.remote_addr()
/// }
/// ```
pub type Peer = fn(&Extensions) -> Option<SocketAddr>;

/// A tower layer: puts a service behind a [`Require`].
#[derive(Clone)]
pub struct RequireLayer {
    require: Arc<Require>,
    peer: Peer,
}

impl Require {
    /// A layer for tower services. `peer` finds the peer of a connection.
    #[must_use]
    pub fn layer(self, peer: Peer) -> RequireLayer {
        RequireLayer {
            require: Arc::new(self),
            peer,
        }
    }
}

impl<S> Layer<S> for RequireLayer {
    type Service = Guarded<S>;

    fn layer(&self, service: S) -> Guarded<S> {
        Guarded::new(Arc::clone(&self.require), self.peer, service)
    }
}
