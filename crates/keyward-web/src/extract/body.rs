use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

use crate::error::Failure;

/// The most bytes that a body may have (contract §2).
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// Reads the whole body, in bounded memory and time.
///
/// # Errors
/// [`Failure::BodyTooLarge`] at once when the length is announced, else when the limit is passed;
/// [`Failure::BodyLate`] when it is not complete at the deadline; [`Failure::BodyUnreadable`] when
/// its transfer breaks off or is garbled.
pub(crate) async fn read_body(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
) -> Result<Bytes, Failure> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(Failure::BodyTooLarge);
    }
    tokio::time::timeout(deadline, collect(payload))
        .await
        .map_err(|_elapsed| Failure::BodyLate)?
}

async fn collect(mut payload: Payload) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(unreadable)?;
        if body.len() + part.len() > BODY_BYTES_MAX {
            return Err(Failure::BodyTooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

fn unreadable(error: PayloadError) -> Failure {
    if matches!(error, PayloadError::Overflow) {
        Failure::BodyTooLarge
    } else {
        Failure::BodyUnreadable(error)
    }
}
