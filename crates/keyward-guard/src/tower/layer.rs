use std::net::SocketAddr;
use std::sync::Arc;

use http::Extensions;
use tower_layer::Layer;

use super::service::Guarded;
use crate::guard::Require;

/// Finds the peer of the connection in what the server has put into the extensions of a request. `None`
/// when it isn't there: then the caller's address is unknown, and a key that is bound to addresses is
/// denied.
///
/// For axum, served by `into_make_service_with_connect_info::<SocketAddr>()`:
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
/// For tonic, which has `TlsConnectInfo<TcpConnectInfo>` where it speaks TLS itself:
///
/// ```text
/// use tonic::transport::server::TcpConnectInfo;
///
/// fn peer(extensions: &http::Extensions) -> Option<SocketAddr> {
///     extensions.get::<TcpConnectInfo>()?.remote_addr()
/// }
/// ```
pub type Peer = fn(&Extensions) -> Option<SocketAddr>;

/// Puts services behind a [`Require`].
#[derive(Clone)]
pub struct RequireLayer {
    require: Arc<Require>,
    peer: Peer,
}

impl Require {
    /// A layer for services of tower, which finds the peer of a connection by `peer`.
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
