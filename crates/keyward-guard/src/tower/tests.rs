use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tower_layer::Layer as _;
use tower_service::Service;

use crate::testing::behaviour::{Answered, Call, behaves};
use crate::testing::{Says, caller};
use crate::{Caller, Guard, Require, Verdict};

/// A service that returns the caller's name. Each clone requires its own `poll_ready` before a
/// call.
struct Greeter {
    is_ready: bool,
}

impl Clone for Greeter {
    fn clone(&self) -> Self {
        Self { is_ready: false }
    }
}

impl Service<Request<()>> for Greeter {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert!(self.is_ready, "called before it was ready");
        self.is_ready = false;
        let caller = request.extensions().get::<Caller>().unwrap();
        let greeting = format!("Hello {}", caller.name());
        ready(Ok(Response::new(Full::from(greeting))))
    }
}

fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<SocketAddr>().copied()
}

async fn ask<S>(service: &mut S, request: Request<()>) -> S::Response
where
    S: Service<Request<()>, Error = Infallible>,
{
    let ready = std::future::poll_fn(|context| service.poll_ready(context)).await;
    ready.unwrap();
    service.call(request).await.unwrap()
}

async fn call(require: Require, call: Call) -> Answered {
    let mut request = Request::new(());
    for (name, value) in call.headers {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    if let Some(peer) = call.peer {
        request.extensions_mut().insert(peer);
    }
    let mut service = require.layer(peer).layer(Greeter { is_ready: false });
    let response = ask(&mut service, request).await;
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap()));
    let (status, headers) = (
        response.status().as_u16(),
        headers
            .map(|(name, value)| (name, value.to_owned()))
            .collect(),
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answered {
        status,
        headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

behaves!(call, tokio::test);

#[tokio::test]
async fn the_service_that_is_ready_is_the_one_called() {
    let guard = Guard::new(Says(|_: &str, _: &_| Ok(Verdict::Allowed(caller()))));
    let layer = guard.require(&[]).unwrap().layer(peer);
    let mut service = layer.layer(Greeter { is_ready: false });
    for _ in 0..3 {
        let response = ask(&mut service, Request::new(())).await;
        assert_eq!(response.status().as_u16(), 200);
    }
}

/// The bounds on a service in axum, tonic and hyper, combined.
#[test]
fn a_guarded_service_is_what_servers_take() {
    fn taken<S, B>(_service: &S)
    where
        S: Service<Request<()>, Response = Response<B>, Future: Send>
            + Clone
            + Send
            + Sync
            + 'static,
        B: http_body_util::BodyExt<
                Data = Bytes,
                Error: Into<Box<dyn std::error::Error + Send + Sync>>,
            > + Send
            + 'static,
    {
    }
    let guard = Guard::new(Says(|_: &str, _: &_| Ok(Verdict::Allowed(caller()))));
    let layer = guard.require(&[]).unwrap().layer(peer);
    taken(&layer.layer(Greeter { is_ready: false }));
}
