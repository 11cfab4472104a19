//! The protocols of a listener's connections: with TLS or without, and HTTP/1.1 or HTTP/2.

use std::fmt;
use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::body::{BodySize, BoxBody, MessageBody};
use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpMessage as _, HttpService, Request, Response};
use actix_server::GracefulShutdownSignal;
use actix_service::{IntoServiceFactory, Service, ServiceFactory, fn_factory, fn_service};
use actix_web::dev::AppConfig;
use actix_web::http::header::{HeaderValue, STRICT_TRANSPORT_SECURITY};
use actix_web::web::Bytes;
use keyward_web::FastPath;

use super::client_stream::{Accepted, ClientStream};
use super::connection::{Connection, ConnectionOrigin};
use super::http2::{self, Http2Limits};
use super::open_connections::{OpenConnections, Place, PlaceState};
use crate::tls::{ListenerTls, Protocol, Secured};

/// How long a client may take to send the head of a request.
pub(super) const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// The timeout of an idle connection.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to close a connection that was ended.
const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);

/// The amount of input during a request beside its body, such as the sizes of chunks.
const BESIDE_BODY_BYTES: usize = 16 * 1024;

/// How long a browser that has seen the public listener with TLS does not ask it without: a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The maximum number of requests at a time on one connection of HTTP/2. Gateways send many. A browser
/// needs few, and everyone can connect to its listener.
const STREAMS_MAX_OF_GATEWAYS: u32 = 128;
const STREAMS_MAX_OF_BROWSERS: u32 = 32;

/// What a listener serves.
#[derive(Clone)]
pub(super) struct Site<F> {
    /// Makes the application of a serving thread.
    pub(super) app: F,
    /// It is asked first, if there is one.
    pub(super) fast_path: Option<FastPath>,
    /// The size of the largest body that the application reads.
    pub(super) body_bytes_max: usize,
    pub(super) clients: Clients,
}

/// Who connects to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clients {
    /// Browsers and everyone else. They speak HTTP/2 over TLS only.
    Browsers,
    /// Gateways and back-ends. They may speak HTTP/2 without TLS too.
    Gateways,
}

/// How the clients of a listener come in.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) open: Arc<OpenConnections>,
    /// For TCP connections.
    pub(super) tls: Option<Arc<ListenerTls>>,
}

/// What each serving thread makes its service of.
#[derive(Clone)]
pub(super) struct Http<F> {
    pub(super) site: Site<F>,
    pub(super) entrance: Entrance,
    pub(super) draining: GracefulShutdownSignal,
}

/// The application of one thread.
struct Answers<S> {
    app: S,
    fast_path: Option<FastPath>,
    clients: Clients,
}

impl<F> Http<F> {
    /// The service of accepted streams.
    ///
    /// Does the same as `actix_web::HttpServer`, with our own type of connections.
    pub(super) fn service<C, I, S, B>(
        &self,
    ) -> impl ServiceFactory<C, Config = (), Response = (), Error = DispatchError, InitError = ()>
    + use<C, I, S, B, F>
    where
        C: Accepted,
        F: Fn() -> I,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        S::Service: 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        let app = (self.site.app)().into_factory();
        let (fast_path, clients) = (self.site.fast_path.clone(), self.site.clients);
        let ahead_max = self.site.body_bytes_max.saturating_add(BESIDE_BODY_BYTES);
        let (entrance, draining) = (self.entrance.clone(), self.draining.clone());
        fn_factory(move || {
            let app = app.new_service(AppConfig::default());
            let (fast_path, entrance) = (fast_path.clone(), entrance.clone());
            let draining = draining.clone();
            async move {
                let app = app.await.map_err(|error| {
                    tracing::error!(?error, "application.failed");
                })?;
                let answers = Rc::new(Answers {
                    app,
                    fast_path,
                    clients,
                });
                let http1 = http1(Rc::clone(&answers), draining.clone());
                let http1 = Rc::new(http1.new_service(()).await?);
                Ok::<_, ()>(fn_service(move |stream: C| {
                    let place = entrance.open.admit();
                    let (answers, http1) = (Rc::clone(&answers), Rc::clone(&http1));
                    let (tls, draining) = (entrance.tls.clone(), draining.clone());
                    async move {
                        let place = place.ok_or(io::ErrorKind::ConnectionRefused);
                        let place = place.map_err(|refused| DispatchError::Io(refused.into()))?;
                        stream.send_at_once();
                        let peer = stream.peer();
                        let opened = open(stream, place, tls.as_deref(), ahead_max).await;
                        let Some((mut connection, protocol)) = opened else {
                            return Ok(());
                        };
                        let protocol = match protocol {
                            Some(protocol) => protocol,
                            None => match sniffed(&mut connection, clients).await {
                                Some(protocol) => protocol,
                                None => return Ok(()),
                            },
                        };
                        match protocol {
                            Protocol::Http1 => http1.call((connection, peer)).await,
                            Protocol::Http2 => {
                                let limits = clients.limits(ahead_max);
                                let origin = connection.origin().clone();
                                let answer = |request| {
                                    answers.answer(with_peer(request, peer), Some(&origin))
                                };
                                let serving = http2::serve(connection, &limits, draining, answer);
                                Box::pin(serving).await;
                                Ok(())
                            }
                        }
                    }
                }))
            }
        })
    }
}

/// The service of connections with HTTP/1.1.
fn http1<S, B>(
    answers: Rc<Answers<S>>,
    draining: GracefulShutdownSignal,
) -> impl ServiceFactory<
    (Connection, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
>
where
    S: Service<Request> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::Response: Into<Response<B>> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    let service = move |request: Request| {
        let answers = Rc::clone(&answers);
        async move {
            let origin = request.conn_data::<ConnectionOrigin>().cloned();
            let state = origin.as_ref().map(|origin| Arc::clone(&origin.state));
            if state.as_ref().is_some_and(|state| !state.begin()) {
                // The connection is about to be dropped together with this future.
                pending::<()>().await;
            }
            let ending = Ending(state);
            let answer = answers.answer(request, origin.as_ref()).await;
            Ok::<_, Response<BoxBody>>(until_sent(answer, ending))
        }
    };
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let draining = draining.clone();
            async move { draining.notified().await }
        })
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_DEADLINE)
        .client_disconnect_timeout(DISCONNECT_DEADLINE)
        .on_connect_ext(|connection: &Connection, data: &mut Extensions| {
            data.insert(connection.origin().clone());
        })
        .h1(fn_service(service))
}

impl Clients {
    fn limits(self, ahead_max: usize) -> Http2Limits {
        Http2Limits {
            streams_max: match self {
                Self::Browsers => STREAMS_MAX_OF_BROWSERS,
                Self::Gateways => STREAMS_MAX_OF_GATEWAYS,
            },
            window_bytes: u32::try_from(ahead_max).unwrap_or(u32::MAX),
        }
    }
}

/// Does the TLS handshake, if there is TLS; `None` when it fails. The protocol is not known without TLS.
async fn open<C: Accepted>(
    stream: C,
    place: Place,
    tls: Option<&ListenerTls>,
    ahead_max: usize,
) -> Option<(Connection, Option<Protocol>)> {
    let (stream, client, protocol) = match (stream.into_tcp(), tls) {
        (Err(unix), _) => (ClientStream::Unix(unix), None, None),
        (Ok(tcp), None) => (ClientStream::Tcp(tcp), None, None),
        (Ok(tcp), Some(tls)) => {
            place.state().begin_handshake();
            let evicted = poll_fn(|context| {
                if place.is_evicted(context) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            });
            let secured = Box::pin(tls.accept(tcp, evicted)).await?;
            place.state().end_handshake();
            let Secured {
                stream,
                protocol,
                client,
            } = secured;
            (ClientStream::Tls(Box::new(stream)), client, Some(protocol))
        }
    };
    let connection = Connection::new(stream, place, client, ahead_max);
    Some((connection, protocol))
}

/// The protocol of a connection without TLS; `None` when the client says nothing.
async fn sniffed(connection: &mut Connection, clients: Clients) -> Option<Protocol> {
    match clients {
        Clients::Browsers => Some(Protocol::Http1),
        Clients::Gateways => {
            let begins = connection.begins_with_http2();
            let begins = tokio::time::timeout(HEAD_DEADLINE, begins).await;
            let is_http2 = begins.ok()?.ok()?;
            Some(if is_http2 {
                Protocol::Http2
            } else {
                Protocol::Http1
            })
        }
    }
}

fn with_peer(mut request: Request, peer: Option<SocketAddr>) -> Request {
    request.head_mut().peer_addr = peer;
    request
}

impl<S> Answers<S> {
    /// The answer of the fast path, if it has one, or else of the application.
    async fn answer<B>(
        &self,
        request: Request,
        origin: Option<&ConnectionOrigin>,
    ) -> Response<BoxBody>
    where
        S: Service<Request>,
        S::Error: Into<actix_web::Error>,
        S::Response: Into<Response<B>>,
        B: MessageBody + 'static,
    {
        if let Some(client) = origin.and_then(|origin| origin.client.clone()) {
            request.extensions_mut().insert(client);
        }
        let mut answer = self.answer_of_app(request).await;
        let is_secure = origin.is_some_and(|origin| origin.is_secure);
        if is_secure && self.clients == Clients::Browsers {
            answer.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
        }
        answer
    }

    async fn answer_of_app<B>(&self, request: Request) -> Response<BoxBody>
    where
        S: Service<Request>,
        S::Error: Into<actix_web::Error>,
        S::Response: Into<Response<B>>,
        B: MessageBody + 'static,
    {
        let request = match &self.fast_path {
            None => request,
            Some(fast_path) => match fast_path.answer(request).await {
                Ok(response) => return response,
                Err(request) => request,
            },
        };
        match self.app.call(request).await {
            Ok(response) => response.into().map_into_boxed_body(),
            Err(error) => error.into().error_response().into(),
        }
    }
}

/// A connection is busy until the end of a stream, and else until the answer is there.
fn until_sent(answer: Response<BoxBody>, ending: Ending) -> Response<BoxBody> {
    match answer.body().size() {
        BodySize::None | BodySize::Sized(_) => answer,
        BodySize::Stream => answer.map_body(|_head, body| {
            BoxBody::new(StreamedBody {
                body: Box::pin(body),
                _ending: ending,
            })
        }),
    }
}

/// The body of an answer that ends later.
struct StreamedBody {
    body: Pin<Box<BoxBody>>,
    _ending: Ending,
}

impl MessageBody for StreamedBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.body.as_mut().poll_next(context)
    }
}

/// Records the end of a request, even when its future is dropped.
struct Ending(Option<Arc<PlaceState>>);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(state) = &self.0 {
            state.end();
        }
    }
}
