use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage as _, HttpResponse};

use crate::guard::Require;

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Guarded<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Guarded {
            require: Rc::new(self.clone()),
            service: Rc::new(service),
        }))
    }
}

/// An actix-web service behind a [`Require`].
pub struct Guarded<S> {
    require: Rc<Require>,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (require, service) = (Rc::clone(&self.require), Rc::clone(&self.service));
        Box::pin(async move {
            let peer = request.head().peer_addr;
            match require.decide(peer, request.headers()).await {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    let response = service.call(request).await?;
                    Ok(response.map_into_left_body())
                }
                Err(answer) => {
                    let response = request.into_response(HttpResponse::from(answer));
                    Ok(response.map_into_right_body())
                }
            }
        })
    }
}
