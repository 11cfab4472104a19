use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

use super::content_type::is_plain_json;
use crate::error::RequestError;
use crate::json::{JsonObject, object};

/// The maximum size of a body in bytes (contract §2).
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The maximum size of the body of a batch in bytes (contract §9).
pub const BATCH_BYTES_MAX: usize = 512 * 1024;

/// A JSON body, as it arrived. No `Debug`: it may contain a secret.
pub(crate) struct JsonBody {
    bytes: Bytes,
    /// Whether an optional body was omitted.
    is_left_out: bool,
}

impl JsonBody {
    /// The raw bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The members; none when the body was omitted.
    ///
    /// # Errors
    /// [`RequestError::Invalid`] when it is not one JSON object.
    pub(crate) fn members(&self) -> Result<JsonObject, RequestError> {
        if self.is_left_out {
            return Ok(JsonObject::default());
        }
        object(&self.bytes).map_err(|fault| RequestError::Invalid(vec![fault.into()]))
    }
}

/// Reads a required body.
///
/// # Errors
/// [`RequestError::WrongContentType`] when it is not plain JSON, and the errors of [`read`].
pub(crate) async fn json_body(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
) -> Result<JsonBody, RequestError> {
    if !is_plain_json(headers) {
        return Err(RequestError::WrongContentType);
    }
    let bytes = read(headers, payload, deadline).await?;
    let is_left_out = false;
    Ok(JsonBody { bytes, is_left_out })
}

/// Reads the required body of a batch, which may be larger.
///
/// # Errors
/// As [`json_body`], but [`RequestError::BatchTooLarge`] instead of
/// [`RequestError::BodyTooLarge`].
pub(crate) async fn batch_body(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
) -> Result<JsonBody, RequestError> {
    if !is_plain_json(headers) {
        return Err(RequestError::WrongContentType);
    }
    let bytes = read_within(headers, payload, deadline, BATCH_BYTES_MAX).await;
    let bytes = bytes.map_err(|failure| {
        if let RequestError::BodyTooLarge = failure {
            RequestError::BatchTooLarge
        } else {
            failure
        }
    })?;
    let is_left_out = false;
    Ok(JsonBody { bytes, is_left_out })
}

/// Reads an optional body. When it is omitted, so is its content type, and there are no members.
///
/// # Errors
/// As [`json_body`].
pub(crate) async fn json_body_if_any(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
) -> Result<JsonBody, RequestError> {
    if headers.contains_key(header::CONTENT_TYPE) {
        return json_body(headers, payload, deadline).await;
    }
    match read(headers, payload, deadline).await {
        Ok(bytes) if bytes.is_empty() => {
            let is_left_out = true;
            Ok(JsonBody { bytes, is_left_out })
        }
        Ok(_) | Err(RequestError::BodyTooLarge) => Err(RequestError::WrongContentType),
        Err(failure) => Err(failure),
    }
}

/// Reads the whole body with limits on memory and time.
///
/// # Errors
/// [`RequestError::BodyTooLarge`] at once when the announced length is too large, or as soon as the
/// limit is exceeded; [`RequestError::BodyLate`] when it is incomplete at the deadline;
/// [`RequestError::BodyUnreadable`] when its transfer is interrupted or malformed.
pub async fn read(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
) -> Result<Bytes, RequestError> {
    read_within(headers, payload, deadline, BODY_BYTES_MAX).await
}

async fn read_within(
    headers: &HeaderMap,
    payload: Payload,
    deadline: Duration,
    bytes_max: usize,
) -> Result<Bytes, RequestError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > bytes_max) {
        return Err(RequestError::BodyTooLarge);
    }
    tokio::time::timeout(deadline, collect(payload, bytes_max))
        .await
        .map_err(|_elapsed| RequestError::BodyLate)?
}

async fn collect(mut payload: Payload, bytes_max: usize) -> Result<Bytes, RequestError> {
    let mut body = BytesMut::new();
    while let Some(part) = payload.next().await {
        let part = part.map_err(unreadable)?;
        if body.len() + part.len() > bytes_max {
            return Err(RequestError::BodyTooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

fn unreadable(error: PayloadError) -> RequestError {
    if matches!(error, PayloadError::Overflow) {
        RequestError::BodyTooLarge
    } else {
        RequestError::BodyUnreadable(error)
    }
}
