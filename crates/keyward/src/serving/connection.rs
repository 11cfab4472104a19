use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::listener::KEEP_ALIVE;
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

/// A client's connection. It ends when it is evicted, when the client does not accept the response,
/// or when the client sends no complete request. While a client does not accept a response, nothing
/// is read from it, so its further requests wait in its own socket.
pub(super) struct Connection<S> {
    stream: S,
    place: Place,
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

impl<S> Connection<S> {
    /// `ahead_max` is the amount of input during a request: more than the largest body.
    pub(super) fn new(stream: S, place: Place, ahead_max: usize) -> Self {
        Self {
            stream,
            place,
            write_deadline: None,
            idle_deadline: Box::pin(sleep(IDLE_MAX)),
            has_more: false,
            ahead: 0,
            ahead_max,
        }
    }

    pub(super) fn place_state(&self) -> &Arc<PlaceState> {
        self.place.state()
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
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
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
        self.ahead += read.len();
        buffer.put_slice(read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
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

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
