use std::future::{poll_fn, ready};
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use actix_http::{BoxedPayloadStream, Payload};
use actix_web::web::Bytes;
use futures_util::Stream as _;
use futures_util::stream::once;

/// A whole body.
pub(super) struct ArrivedBody(Bytes);

impl ArrivedBody {
    /// Puts the body back, for the next reader.
    pub(super) fn give_back(self, payload: &mut Payload) {
        if let Payload::H1 { payload } = payload {
            payload.unread_data(self.0);
        }
    }
}

impl Deref for ArrivedBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// The body, if all of it came together with the head of the request; otherwise nothing is taken.
///
/// The protocol library calls the service as soon as it has read the head. When the service waits,
/// the library reads on and asks it again at once, without being woken. So the body is there at the
/// second look, and no timer is needed.
pub(super) async fn arrived_body(payload: &mut Payload) -> Option<ArrivedBody> {
    let Payload::H1 { payload: parts } = payload else {
        return None;
    };
    let mut taken = None;
    let mut failure = None;
    let mut is_second_look = false;
    let is_whole = poll_fn(|context| {
        let mut nobody = Context::from_waker(Waker::noop());
        let context = if is_second_look { context } else { &mut nobody };
        loop {
            match Pin::new(&mut *parts).poll_next(context) {
                Poll::Ready(Some(Ok(part))) if taken.is_none() => taken = Some(part),
                Poll::Ready(Some(Ok(part))) => {
                    parts.unread_data(part);
                    return Poll::Ready(false);
                }
                Poll::Ready(Some(Err(error))) => {
                    failure = Some(error);
                    return Poll::Ready(false);
                }
                Poll::Ready(None) => return Poll::Ready(true),
                Poll::Pending if is_second_look => return Poll::Ready(false),
                Poll::Pending => {
                    is_second_look = true;
                    return Poll::Pending;
                }
            }
        }
    })
    .await;
    match (taken, failure) {
        (Some(body), _) if is_whole => return Some(ArrivedBody(body)),
        (_, Some(error)) => {
            let failed: BoxedPayloadStream = Box::pin(once(ready(Err(error))));
            *payload = failed.into();
        }
        (Some(part), None) => parts.unread_data(part),
        (None, None) => {}
    }
    None
}
