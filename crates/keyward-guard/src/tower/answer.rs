use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::answer::{Answer, AnswerStatus};

impl From<Answer> for Response<Full<Bytes>> {
    fn from(answer: Answer) -> Self {
        let (status, headers) = (answer.status(), answer.headers());
        let mut response = Self::new(Full::from(answer.into_body()));
        *response.status_mut() = match status {
            AnswerStatus::Unauthorized => StatusCode::UNAUTHORIZED,
            AnswerStatus::Forbidden => StatusCode::FORBIDDEN,
            AnswerStatus::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        }
        response
    }
}
