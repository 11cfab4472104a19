use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use keyward_web::ClientCertificate;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::client_stream::ClientStream;
use super::http::KEEP_ALIVE;
use super::open_connections::{Place, PlaceState};

/// How long a client may accept none of the response.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// How long a connection may stay open without a request in progress. It is longer than the HTTP
/// library's timeout for idle connections, and also limits clients that only send beginnings of
/// requests.
const IDLE_MAX: Duration = KEEP_ALIVE.saturating_add(Duration::from_secs(10));

/// The amount of input for the HTTP library at a time. The library reads all available input, and
/// parses all requests in it, before it handles the first one.
const SLICE_BYTES: usize = 1024;

/// What a client of HTTP/2 sends first when it knows that the server speaks HTTP/2 (RFC 9113, section
/// 3.4). No method of HTTP/1.1 begins like this.
const PREFACE_BEGIN: &[u8] = b"PRI";

/// What is known about a connection, for each of its requests.
#[derive(Clone)]
pub(super) struct ConnectionOrigin {
    pub(super) state: Arc<PlaceState>,
    /// Whether it has TLS.
    pub(super) is_secure: bool,
    /// `None` where client certificates are not required.
    pub(super) client: Option<ClientCertificate>,
}

/// A client's connection. It ends when it is evicted, when the client does not accept the response,
/// or when the client sends no complete request. While a client does not accept a response, nothing
/// is read from it, so its further requests wait in its own socket.
pub(super) struct Connection {
    stream: ClientStream,
    place: Place,
    origin: ConnectionOrigin,
    /// Input that was read to find out the protocol, for the next reader.
    first: Vec<u8>,
    /// The deadline of a write that the client does not accept; set while one waits.
    write_deadline: Option<Pin<Box<Sleep>>>,
    idle_deadline: Pin<Box<Sleep>>,
    /// Whether the last read has filled its buffer, so that more input may be available.
    has_more: bool,
    /// The amount of input since the current request began.
    ahead: usize,
    /// The maximum of it.
    ahead_max: usize,
}

impl Connection {
    /// `ahead_max` is the amount of input during a request: more than the largest body.
    pub(super) fn new(
        stream: ClientStream,
        place: Place,
        client: Option<ClientCertificate>,
        ahead_max: usize,
    ) -> Self {
        let origin = ConnectionOrigin {
            state: Arc::clone(place.state()),
            is_secure: matches!(stream, ClientStream::Tls(_)),
            client,
        };
        Self {
            stream,
            place,
            origin,
            first: Vec::new(),
            write_deadline: None,
            idle_deadline: Box::pin(sleep(IDLE_MAX)),
            has_more: false,
            ahead: 0,
            ahead_max,
        }
    }

    pub(super) fn origin(&self) -> &ConnectionOrigin {
        &self.origin
    }

    /// Whether the client begins with HTTP/2. Waits for its first bytes, which the next reader gets too.
    pub(super) async fn begins_with_http2(&mut self) -> io::Result<bool> {
        loop {
            let missing = match PREFACE_BEGIN.strip_prefix(self.first.as_slice()) {
                None => return Ok(false),
                Some([]) => return Ok(true),
                Some(missing) => missing.len(),
            };
            let mut bytes = [0; PREFACE_BEGIN.len()];
            let mut part = ReadBuf::new(bytes.get_mut(..missing).unwrap_or_default());
            poll_fn(|context| {
                self.check(context)?;
                Pin::new(&mut self.stream).poll_read(context, &mut part)
            })
            .await?;
            if part.filled().is_empty() {
                return Ok(false);
            }
            self.first.extend_from_slice(part.filled());
        }
    }

    /// Leaves it to HTTP/2 how much input there may be during a request: it has several at a time, and
    /// a limit for each.
    pub(super) fn without_ahead_max(self) -> Self {
        Self {
            ahead_max: usize::MAX,
            ..self
        }
    }

    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.place.is_evicted(context) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        while self.idle_deadline.as_mut().poll(context).is_ready() {
            let left = match self.place.state().idle_for() {
                None => IDLE_MAX,
                Some(idle_for) => IDLE_MAX.saturating_sub(idle_for),
            };
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.idle_deadline.as_mut().reset(Instant::now() + left);
        }
        Ok(())
    }

    /// Ends the connection when the client accepts nothing for too long.
    fn accepted<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(written) => {
                if self.write_deadline.take().is_some() {
                    // Reading was postponed, and nothing else wakes the task.
                    context.waker().wake_by_ref();
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                let deadline = self
                    .write_deadline
                    .get_or_insert_with(|| Box::pin(sleep(WRITE_DEADLINE)));
                ready!(deadline.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        if self.write_deadline.is_some() {
            return Poll::Pending;
        }
        if !self.place.state().is_busy() {
            self.ahead = 0;
        } else if self.ahead >= self.ahead_max {
            // The task that reads is the one that handles the request, so it will poll again.
            return Poll::Pending;
        }
        if !self.first.is_empty() {
            let length = self.first.len().min(buffer.remaining());
            let first: Vec<u8> = self.first.drain(..length).collect();
            buffer.put_slice(&first);
            return Poll::Ready(Ok(()));
        }
        if std::mem::take(&mut self.has_more) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut slice = [MaybeUninit::uninit(); SLICE_BYTES];
        let length = slice.len().min(buffer.remaining());
        let mut part = ReadBuf::uninit(slice.get_mut(..length).unwrap_or_default());
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut part))?;
        let read = part.filled();
        self.has_more = read.len() == length;
        self.ahead = self.ahead.saturating_add(read.len());
        buffer.put_slice(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.accepted(context, written)
    }

    /// TLS takes a small response before the client accepts it.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if self.origin.is_secure {
            self.accepted(context, flushed)
        } else {
            flushed
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
