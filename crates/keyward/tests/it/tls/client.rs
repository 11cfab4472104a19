//! A client by https.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::authority::{Authority, Issued};
use crate::http::{Request, Response, read_response};

/// A client that trusts one authority, and may show a certificate.
#[derive(Clone)]
pub(crate) struct TlsClient(Arc<ClientConfig>);

pub(crate) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

impl TlsClient {
    pub(crate) fn trusting(authority: &Authority) -> Self {
        Self::with(authority, None)
    }

    pub(crate) fn showing(authority: &Authority, shown: &Issued) -> Self {
        Self::with(authority, Some(shown))
    }

    fn with(authority: &Authority, shown: Option<&Issued>) -> Self {
        let mut roots = RootCertStore::empty();
        let trusted = authority.pem();
        let trusted = CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap();
        roots.add(trusted).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        Self(Arc::new(match shown {
            None => config.with_no_client_auth(),
            Some(shown) => {
                let chain = CertificateDer::from_pem_slice(shown.certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).unwrap();
                config.with_client_auth_cert(vec![chain], key).unwrap()
            }
        }))
    }

    /// Its configuration, with a protocol for ALPN.
    pub(crate) fn speaking(&self, protocol: &[u8]) -> Arc<ClientConfig> {
        let mut config = ClientConfig::clone(&self.0);
        config.alpn_protocols = vec![protocol.to_vec()];
        Arc::new(config)
    }

    /// A connection whose handshake begins with its first use.
    pub(crate) fn connect(&self, request: &Request) -> TlsStream {
        let stream = request.connect();
        let name = ServerName::from(stream.peer_addr().unwrap().ip());
        let session = ClientConnection::new(Arc::clone(&self.0), name).unwrap();
        StreamOwned::new(session, stream)
    }

    /// The response, or why there is none.
    pub(crate) fn send(&self, request: &Request) -> io::Result<Response> {
        let mut stream = self.connect(request);
        stream.write_all(&request.bytes())?;
        stream.flush()?;
        read_response(&mut stream).ok_or_else(|| {
            // The reason comes as an alert after the handshake of TLS 1.3.
            let ended = io::Read::read(&mut stream, &mut [0]);
            ended
                .err()
                .unwrap_or_else(|| io::Error::other("no response"))
        })
    }

    pub(crate) fn get(&self, addr: SocketAddr, path: &str) -> Response {
        self.send(&Request::new(addr, "GET", path)).unwrap()
    }
}
