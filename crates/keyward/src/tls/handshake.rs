use std::io;
use std::time::Duration;

use keyward_web::ClientCertificate;
use rustls::ServerConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::caller_name;
use super::handshake_failures::HandshakeFailure;
use super::listener_tls::ListenerTls;
use super::material::HTTP_2;

/// How long a handshake may take.
const HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);

/// The maximum number of bytes that wait to be encrypted and accepted by the client, for each
/// connection.
const BUFFERED_BYTES_MAX: usize = 16 * 1024;

/// The version of HTTP on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// A connection after its handshake.
pub(crate) struct Secured<S> {
    pub(crate) stream: TlsStream<S>,
    pub(crate) protocol: Protocol,
    /// `None` when the listener requires none.
    pub(crate) client: Option<ClientCertificate>,
}

impl ListenerTls {
    /// Does the handshake of a new connection, unless it takes too long or `evicted` ends before. Counts
    /// why it fails.
    pub(crate) async fn accept<S>(
        &self,
        stream: S,
        evicted: impl Future<Output = ()>,
    ) -> Option<Secured<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let acceptor = TlsAcceptor::from(self.config());
        let limit = |session: &mut ServerConnection| {
            session.set_buffer_limit(Some(BUFFERED_BYTES_MAX));
        };
        let handshake = acceptor.accept_with(stream, limit);
        let ended: Result<io::Result<_>, HandshakeFailure> = tokio::select! {
            ended = tokio::time::timeout(HANDSHAKE_DEADLINE, handshake) => {
                ended.map_err(|_elapsed| HandshakeFailure::Timeout)
            }
            () = evicted => Err(HandshakeFailure::Evicted),
        };
        let ended = ended.and_then(|ended| ended.map_err(|error| HandshakeFailure::of(&error)));
        match ended {
            Ok(stream) => Some(self.secured(stream)),
            Err(failure) => {
                self.failures.note(failure);
                None
            }
        }
    }

    fn secured<S>(&self, stream: TlsStream<S>) -> Secured<S> {
        let (_, session) = stream.get_ref();
        let protocol = match session.alpn_protocol() {
            Some(HTTP_2) => Protocol::Http2,
            Some(_) | None => Protocol::Http1,
        };
        let client = self
            .requires_client_certificates()
            .then(|| self.client(session));
        Secured {
            stream,
            protocol,
            client,
        }
    }

    fn client(&self, session: &ServerConnection) -> ClientCertificate {
        let shown = session.peer_certificates().and_then(<[_]>::first);
        match shown.map(caller_name) {
            None => ClientCertificate::Missing,
            Some(Some(name)) => ClientCertificate::Of(name),
            Some(None) => {
                self.failures.note(HandshakeFailure::ClientUnnamed);
                ClientCertificate::Missing
            }
        }
    }
}
