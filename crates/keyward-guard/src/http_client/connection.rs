use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, RootCertStore};

/// After how long an idle connection is checked to be there still.
const TCP_KEEPALIVE: Duration = Duration::from_secs(15);

/// Keeps the connections to a node. It follows no redirect and uses no proxy.
pub(super) type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Makes no connection yet.
///
/// # Errors
/// What TLS can't be set up for, when it is needed.
pub(super) fn connections(is_https: bool) -> io::Result<Connections> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(TCP_KEEPALIVE));
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls(is_https)?);
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

/// Believes the certificates of this machine. Where nothing is encrypted none are needed.
fn tls(is_https: bool) -> io::Result<ClientConfig> {
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let config = if is_https {
        config.with_native_roots()?
    } else {
        config.with_root_certificates(RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}
