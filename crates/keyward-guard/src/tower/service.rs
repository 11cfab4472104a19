use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Either, Full};
use tower_service::Service;

use super::layer::Peer;
use crate::guard::Require;

/// The body of a response: the service's own, or that of an [`Answer`](crate::Answer).
pub type GuardedBody<B> = Either<B, Full<Bytes>>;

/// A tower service behind a [`Require`].
#[derive(Clone)]
pub struct Guarded<S> {
    require: Arc<Require>,
    peer: Peer,
    service: S,
}

impl<S> Guarded<S> {
    pub(super) fn new(require: Arc<Require>, peer: Peer, service: S) -> Self {
        Self {
            require,
            peer,
            service,
        }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Guarded<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    RequestBody: Send + 'static,
{
    type Response = Response<GuardedBody<ResponseBody>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let (require, peer) = (Arc::clone(&self.require), self.peer);
        // `poll_ready` was called on this instance, and a clone may not be ready. So this instance
        // takes the call, and the clone takes its place.
        let clone = self.service.clone();
        let mut service = mem::replace(&mut self.service, clone);
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            let peer = peer(&head.extensions);
            match require.decide(peer, &head.headers).await {
                Ok(caller) => {
                    head.extensions.insert(caller);
                    let response = service.call(Request::from_parts(head, body)).await?;
                    Ok(response.map(Either::Left))
                }
                Err(answer) => Ok(Response::from(answer).map(Either::Right)),
            }
        })
    }
}
