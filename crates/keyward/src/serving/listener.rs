use std::fmt;
use std::future::{pending, ready};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::body::{BodySize, BoxBody, MessageBody};
use actix_http::error::DispatchError;
use actix_http::{Extensions, HttpService, Request, Response};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_factory, fn_service,
};
use actix_web::dev::AppConfig;
use actix_web::web::Bytes;
use keyward_web::FastPath;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream, UnixStream};

use super::connection::Connection;
use super::open_connections::{OpenConnections, PlaceState};
use super::unix_socket::{self, SocketFile};
use crate::config::InternalListener;
use crate::listen_addr::ListenAddr;

/// How long a client may take to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// The timeout of an idle connection.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to close a connection that was ended.
const DISCONNECT_DEADLINE: Duration = Duration::from_secs(1);
/// How long requests in progress may take during a shutdown: more than a body and the store's
/// answer together. With the notice and the last writes, this fits into the 30 s that Kubernetes
/// gives.
const DRAIN_DEADLINE_SECONDS: u64 = 20;
/// The maximum number of connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// The amount of input during a request beside its body, such as the sizes of chunks.
const BESIDE_BODY_BYTES: usize = 16 * 1024;

/// A bound listener; it serves when `server` is awaited.
pub(super) struct Listener {
    /// The address, with the real port when 0 was configured.
    pub(super) addr: ListenAddr,
    pub(super) server: Server,
    /// The file of a Unix socket.
    pub(super) socket_file: Option<SocketFile>,
}

/// A stream of a client.
trait ClientStream: AsyncRead + AsyncWrite + Unpin + 'static {
    /// The address of the client; a Unix socket has none.
    fn peer(&self) -> Option<SocketAddr>;

    /// Sends each message at once. Else a guard gets a change only after its system has confirmed the
    /// last message.
    fn send_at_once(&self);
}

impl ClientStream for TcpStream {
    fn peer(&self) -> Option<SocketAddr> {
        self.peer_addr().ok()
    }

    fn send_at_once(&self) {
        // It only fails for a connection that has ended.
        let _ended = self.set_nodelay(true);
    }
}

impl ClientStream for UnixStream {
    fn peer(&self) -> Option<SocketAddr> {
        None
    }

    fn send_at_once(&self) {}
}

impl Listener {
    /// Binds an address and serves `app` there, for as many clients as there are places. `fast_path`
    /// is asked first, if there is one. `app` reads bodies of at most `body_bytes_max` bytes.
    ///
    /// Does the same as `actix_web::HttpServer`, with our own type of connections.
    pub(super) fn bind<F, I, S, B>(
        listener: &InternalListener,
        app: F,
        fast_path: Option<FastPath>,
        open: Arc<OpenConnections>,
        body_bytes_max: usize,
    ) -> io::Result<Self>
    where
        F: Fn() -> I + Send + Clone + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<Request, Config = AppConfig> + 'static,
        S::Error: Into<actix_web::Error> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        S::Service: 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        let builder = ServerBuilder::new()
            .shutdown_timeout(DRAIN_DEADLINE_SECONDS)
            .max_concurrent_connections(open.with_leaving_max())
            .disable_signals();
        let draining = builder.graceful_shutdown_signal();
        let mut http = Http {
            app,
            local_addr: None,
            fast_path,
            open,
            ahead_max: body_bytes_max.saturating_add(BESIDE_BODY_BYTES),
            draining,
        };
        let (addr, builder, socket_file) = match listener {
            InternalListener::Tcp(addr) => {
                let socket = bound(*addr)?;
                let addr = socket.local_addr()?;
                http.local_addr = Some(addr);
                let service = move || http.service::<TcpStream, _, _, _>();
                let builder = builder.listen("http", socket, service)?;
                (ListenAddr::Tcp(addr), builder, None)
            }
            InternalListener::Unix(unix) => {
                let (socket, file) = unix_socket::bind(unix)?;
                let service = move || http.service::<UnixStream, _, _, _>();
                let builder = builder.listen_uds("http", socket, service)?;
                (ListenAddr::Unix(unix.path.clone()), builder, Some(file))
            }
        };
        Ok(Self {
            addr,
            server: builder.run(),
            socket_file,
        })
    }
}

/// What each serving thread makes its service of.
#[derive(Clone)]
struct Http<F> {
    app: F,
    /// The address of the listener; `None` for a Unix socket.
    local_addr: Option<SocketAddr>,
    fast_path: Option<FastPath>,
    open: Arc<OpenConnections>,
    /// The amount of input during a request.
    ahead_max: usize,
    draining: GracefulShutdownSignal,
}

impl<F> Http<F> {
    fn service<C, I, S, B>(
        &self,
    ) -> impl ServiceFactory<C, Config = (), Error = DispatchError, InitError = ()> + use<C, I, S, B, F>
    where
        C: ClientStream,
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
        let app = (self.app)().into_factory();
        let fast_path = self.fast_path.clone();
        let service = fn_factory(move || {
            let app = app.new_service(AppConfig::default());
            let fast_path = fast_path.clone();
            async move {
                let (app, fast_path) = (Rc::new(app.await?), Rc::new(fast_path));
                Ok::<_, S::InitError>(fn_service(move |request: Request| {
                    let (app, fast_path) = (Rc::clone(&app), Rc::clone(&fast_path));
                    async move {
                        let state = request.conn_data::<Arc<PlaceState>>().cloned();
                        if state.as_ref().is_some_and(|state| !state.begin()) {
                            // The connection is about to be dropped together with this future.
                            pending::<()>().await;
                        }
                        let ending = Ending(state);
                        let answer = respond(app.as_ref(), fast_path.as_ref().as_ref(), request);
                        let answer = answer.await;
                        answer.map(|answer| until_sent(answer, ending))
                    }
                }))
            }
        });
        let draining = self.draining.clone();
        let http = HttpService::build();
        let http = match self.local_addr {
            Some(addr) => http.local_addr(addr),
            None => http,
        };
        let http = http
            .graceful_shutdown_signal(move || {
                let draining = draining.clone();
                async move { draining.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_DEADLINE)
            .client_disconnect_timeout(DISCONNECT_DEADLINE)
            .on_connect_ext(|connection: &Connection<C>, data: &mut Extensions| {
                data.insert(Arc::clone(connection.place_state()));
            })
            .h1(service);
        let (open, ahead_max) = (Arc::clone(&self.open), self.ahead_max);
        fn_service(move |stream: C| {
            let peer = stream.peer();
            stream.send_at_once();
            ready(match open.admit() {
                Some(place) => Ok((Connection::new(stream, place, ahead_max), peer)),
                None => Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into())),
            })
        })
        .and_then(http)
    }
}

/// The answer of the fast path, if it has one, or else of the application.
async fn respond<S, B>(
    app: &S,
    fast_path: Option<&FastPath>,
    request: Request,
) -> Result<Response<BoxBody>, Response<BoxBody>>
where
    S: Service<Request>,
    S::Error: Into<actix_web::Error>,
    S::Response: Into<Response<B>>,
    B: MessageBody + 'static,
{
    let request = match fast_path {
        None => request,
        Some(fast_path) => match fast_path.answer(request).await {
            Ok(response) => return Ok(response),
            Err(request) => request,
        },
    };
    match app.call(request).await {
        Ok(response) => Ok(response.into().map_into_boxed_body()),
        Err(error) => Err(error.into().error_response().into()),
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

fn bound(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Allows a restart to reuse the port at once.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}
