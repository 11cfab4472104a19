use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::node_tls::NodeTls;

/// How long a connection may be idle before TCP checks that it still works.
const TCP_KEEPALIVE: Duration = Duration::from_secs(15);

/// A pool of connections to a node. It follows no redirects and uses no proxy.
pub(super) type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A pool without connections; each is opened when it is needed.
///
/// # Errors
/// Why TLS can't be set up.
pub(super) fn connections(is_https: bool, tls: NodeTls) -> io::Result<Connections> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(TCP_KEEPALIVE));
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls.config(is_https)?);
    let connector = if is_https {
        connector.https_only()
    } else {
        connector.https_or_http()
    };
    let connector = connector.enable_http1().wrap_connector(tcp);
    let mut client = Client::builder(TokioExecutor::new());
    client.pool_timer(TokioTimer::new());
    Ok(client.build(connector))
}
