use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

/// A stream of a client.
pub(super) enum ClientStream {
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Unix(UnixStream),
}

/// A stream that was just accepted.
pub(super) trait Accepted: 'static {
    /// The address of the client; a Unix socket has none.
    fn peer(&self) -> Option<SocketAddr>;

    /// Sends each message at once. Else a guard gets a change only after its system has confirmed the
    /// last message.
    fn send_at_once(&self);

    /// The TCP stream, which may have TLS, or the stream of a Unix socket, which has none.
    fn into_tcp(self) -> Result<TcpStream, UnixStream>;
}

impl Accepted for TcpStream {
    fn peer(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }

    fn send_at_once(&self) {
        // It only fails for a connection that has ended.
        let _ended = self.set_nodelay(true);
    }

    fn into_tcp(self) -> Result<TcpStream, UnixStream> {
        Ok(self)
    }
}

impl Accepted for UnixStream {
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    fn send_at_once(&self) {}

    fn into_tcp(self) -> Result<TcpStream, UnixStream> {
        Err(self)
    }
}

/// Calls a method of the stream inside.
macro_rules! inside {
    ($stream:expr, $method:ident, $($argument:expr),*) => {
        match $stream.get_mut() {
            ClientStream::Tcp(stream) => Pin::new(stream).$method($($argument),*),
            ClientStream::Tls(stream) => Pin::new(stream.as_mut()).$method($($argument),*),
            ClientStream::Unix(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for ClientStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        inside!(self, poll_read, context, buffer)
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        inside!(self, poll_write, context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        inside!(self, poll_flush, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        inside!(self, poll_shutdown, context)
    }
}
