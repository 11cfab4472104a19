//! HTTP/2 on one connection.
//!
//! All its requests are handled by the task of the connection, as with HTTP/1.1, so that they end with it.
//! The limits are ours: the library of the framework has none for streams, heads and stalled responses,
//! and does not say goodbye in a shutdown.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, UNIX_EPOCH};

use actix_http::body::{BodySize, BoxBody, MessageBody as _};
use actix_http::error::PayloadError;
use actix_http::{BoxedPayloadStream, Payload, Request, RequestHead, Response, ResponseHead};
use actix_server::GracefulShutdownSignal;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri, Version};
use actix_web::web::Bytes;
use futures_util::Stream;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use h2::server::{Builder, SendResponse};
use h2::{Reason, RecvStream, SendStream};
use keyward_domain::ports::Clock as _;
use tokio::time::{Instant, sleep, timeout};

use super::connection::Connection;
use super::http::{HEAD_DEADLINE, KEEP_ALIVE};
use crate::system::SystemClock;

/// The maximum size of the head of a request, counted as HTTP/2 does.
const HEAD_BYTES_MAX: u32 = 64 * 1024;
/// The part of a response that waits on one connection to be written.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// How long a client may accept nothing of a response.
const STALL_DEADLINE: Duration = Duration::from_secs(10);
/// How long a body that nobody reads is awaited after its request was answered.
const UNREAD_BODY_DEADLINE: Duration = Duration::from_secs(1);
/// The largest piece of a response at a time.
const PIECE_BYTES: usize = 16 * 1024;

/// What one connection may have at a time.
pub(super) struct Http2Limits {
    /// Requests.
    pub(super) streams_max: u32,
    /// Bytes of bodies that were not read yet.
    pub(super) window_bytes: u32,
}

/// Serves a connection until it ends.
pub(super) async fn serve<A, F>(
    connection: Connection,
    limits: &Http2Limits,
    draining: GracefulShutdownSignal,
    answer: A,
) where
    A: Fn(Request) -> F,
    F: Future<Output = Response<BoxBody>>,
{
    let state = Arc::clone(&connection.origin().state);
    let handshake = Builder::new()
        .max_concurrent_streams(limits.streams_max)
        .max_header_list_size(HEAD_BYTES_MAX)
        .max_send_buffer_size(SEND_BUFFER_BYTES)
        .initial_window_size(limits.window_bytes)
        .initial_connection_window_size(limits.window_bytes)
        .handshake(connection.without_ahead_max());
    let Ok(Ok(mut http2)) = timeout(HEAD_DEADLINE, handshake).await else {
        return;
    };
    let mut requests = FuturesUnordered::new();
    let mut draining = pin!(draining.notified());
    let mut unused = pin!(sleep(KEEP_ALIVE));
    let mut is_closing = false;
    loop {
        tokio::select! {
            accepted = poll_fn(|context| http2.poll_accept(context)) => {
                // All requests end with the connection.
                let Some(Ok((request, respond))) = accepted else {
                    return;
                };
                if requests.is_empty() && !state.begin() {
                    // It is evicted: nothing is carried out any more.
                    return;
                }
                requests.push(respond_to(request, respond, &answer));
            }
            Some(()) = requests.next(), if !requests.is_empty() => {
                if requests.is_empty() {
                    state.end();
                    unused.as_mut().reset(Instant::now() + KEEP_ALIVE);
                }
            }
            () = &mut draining, if !is_closing => {
                is_closing = true;
                http2.graceful_shutdown();
            }
            () = &mut unused, if !is_closing && requests.is_empty() => {
                is_closing = true;
                http2.graceful_shutdown();
            }
        }
    }
}

/// Handles one request, until its response is sent or the client no longer wants it.
async fn respond_to<F>(
    request: http::Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    answer: &impl Fn(Request) -> F,
) where
    F: Future<Output = Response<BoxBody>>,
{
    let is_head = request.method() == http::Method::HEAD;
    let Some(request) = request_of(request).await else {
        respond.send_reset(Reason::PROTOCOL_ERROR);
        return;
    };
    let answered = tokio::select! {
        answered = answer(request) => answered,
        _reset = poll_fn(|context| respond.poll_reset(context)) => return,
    };
    let (head, body) = answered.into_parts();
    let size = body.size();
    let Some(response) = response_of(head.head(), size) else {
        respond.send_reset(Reason::INTERNAL_ERROR);
        return;
    };
    let is_whole = is_head || size.is_eof();
    // It fails when the client is gone.
    if let Ok(stream) = respond.send_response(response, is_whole)
        && !is_whole
    {
        send_body(body, stream).await;
    }
}

async fn send_body(body: BoxBody, mut stream: SendStream<Bytes>) {
    let mut body = pin!(body);
    loop {
        let part = tokio::select! {
            part = poll_fn(|context| body.as_mut().poll_next(context)) => part,
            _reset = poll_fn(|context| stream.poll_reset(context)) => return,
        };
        match part {
            Some(Ok(part)) => {
                if send_part(part, &mut stream).await.is_err() {
                    return;
                }
            }
            Some(Err(_logged_by_its_source)) => {
                stream.send_reset(Reason::INTERNAL_ERROR);
                return;
            }
            None => {
                // It fails when the client is gone.
                let _gone = stream.send_data(Bytes::new(), true);
                return;
            }
        }
    }
}

/// The client is gone, or accepts nothing.
struct Ended;

async fn send_part(mut part: Bytes, stream: &mut SendStream<Bytes>) -> Result<(), Ended> {
    while !part.is_empty() {
        stream.reserve_capacity(part.len().min(PIECE_BYTES));
        let capacity = poll_fn(|context| stream.poll_capacity(context));
        match timeout(STALL_DEADLINE, capacity).await {
            Ok(Some(Ok(capacity))) => {
                let piece = part.split_to(capacity.min(part.len()));
                stream.send_data(piece, false).map_err(|_gone| Ended)?;
            }
            Ok(Some(Err(_)) | None) => return Err(Ended),
            Err(_elapsed) => {
                stream.send_reset(Reason::CANCEL);
                return Err(Ended);
            }
        }
    }
    Ok(())
}

/// The request as the application reads it; `None` when it can't be written like that.
async fn request_of(request: http::Request<RecvStream>) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let mut request = Request::with_payload(payload(body).await);
    write_head(request.head_mut(), &parts)?;
    Some(request)
}

fn write_head(head: &mut RequestHead, parts: &http::request::Parts) -> Option<()> {
    head.method = Method::from_bytes(parts.method.as_str().as_bytes()).ok()?;
    let target = parts
        .uri
        .path_and_query()
        .map(http::uri::PathAndQuery::as_str);
    head.uri = Uri::try_from(target?).ok()?;
    head.version = Version::HTTP_2;
    head.headers = HeaderMap::with_capacity(parts.headers.len() + 1);
    for (name, value) in &parts.headers {
        if name != http::header::COOKIE {
            let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
            let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            head.headers.append(name, value);
        }
    }
    // One field in HTTP/1.1, but several in HTTP/2 (RFC 9113, section 8.2.3).
    let cookies = parts.headers.get_all(http::header::COOKIE);
    let cookies: Vec<&[u8]> = cookies.iter().map(http::HeaderValue::as_bytes).collect();
    if !cookies.is_empty() {
        let cookies = HeaderValue::from_bytes(&cookies.join(&b"; "[..])).ok()?;
        head.headers.insert(header::COOKIE, cookies);
    }
    // HTTP/2 has a pseudo-header instead of `Host`.
    if let Some(authority) = parts.uri.authority() {
        let host = HeaderValue::from_str(authority.as_str()).ok()?;
        head.headers.insert(header::HOST, host);
    }
    Some(())
}

/// The body. A small one has often come together with the head.
async fn payload(mut body: RecvStream) -> Payload {
    if body.is_end_stream() {
        return Payload::None;
    }
    let arrived = poll_fn(|context| Poll::Ready(poll_part(&mut body, context))).await;
    match arrived {
        Poll::Ready(Some(Ok(part))) if body.is_end_stream() => Payload::from(part),
        Poll::Ready(None) => Payload::None,
        Poll::Ready(Some(part)) => boxed(Body {
            arrived: Some(part),
            rest: Some(body),
        }),
        Poll::Pending => boxed(Body {
            arrived: None,
            rest: Some(body),
        }),
    }
}

fn boxed(body: Body) -> Payload {
    let body: BoxedPayloadStream = Box::pin(body);
    Payload::from(body)
}

/// The body of a request, as it arrives.
struct Body {
    arrived: Option<Result<Bytes, PayloadError>>,
    /// `None` only while it is dropped.
    rest: Option<RecvStream>,
}

/// A body that nobody reads. When the response comes first and the stream is reset, some clients fail while
/// they still send the body, and never see the response. So it is awaited for a moment, as far as the window allows.
impl Drop for Body {
    fn drop(&mut self) {
        let Some(mut rest) = self.rest.take().filter(|rest| !rest.is_end_stream()) else {
            return;
        };
        actix_web::rt::spawn(timeout(UNREAD_BODY_DEADLINE, async move {
            while let Some(Ok(_unread)) = poll_fn(|context| rest.poll_data(context)).await {}
        }));
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.arrived.take() {
            Some(part) => Poll::Ready(Some(part)),
            None => match &mut self.rest {
                Some(rest) => poll_part(rest, context),
                None => Poll::Ready(None),
            },
        }
    }
}

fn poll_part(
    body: &mut RecvStream,
    context: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, PayloadError>>> {
    let part = std::task::ready!(body.poll_data(context));
    let part = part.map(|part| {
        let part = part?;
        body.flow_control().release_capacity(part.len())?;
        Ok(part)
    });
    let incomplete = |error: h2::Error| PayloadError::Incomplete(Some(io::Error::other(error)));
    Poll::Ready(part.map(|part| part.map_err(incomplete)))
}

/// The head of a response as HTTP/2 writes it; `None` when it can't.
fn response_of(head: &ResponseHead, size: BodySize) -> Option<http::Response<()>> {
    let mut response = http::Response::new(());
    *response.status_mut() = http::StatusCode::from_u16(head.status.as_u16()).ok()?;
    let headers = response.headers_mut();
    for (name, value) in &head.headers {
        if !is_of_http1(name) {
            let name = http::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
            headers.append(name, http::HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
    }
    match size {
        BodySize::Sized(length) => {
            headers.insert(http::header::CONTENT_LENGTH, length.into());
        }
        BodySize::None | BodySize::Stream => {}
    }
    if !headers.contains_key(http::header::DATE) {
        let now = u64::try_from(SystemClock.now().unix_seconds()).ok()?;
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(now));
        headers.insert(http::header::DATE, date.try_into().ok()?);
    }
    Some(response)
}

/// Whether a header is about a connection of HTTP/1.1 (RFC 9113, section 8.2.2).
fn is_of_http1(name: &HeaderName) -> bool {
    *name == header::CONNECTION
        || *name == header::TRANSFER_ENCODING
        || *name == header::UPGRADE
        || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}
