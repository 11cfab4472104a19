use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::answer::{Answer, AnswerStatus};

impl From<Answer> for Response<Full<Bytes>> {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(Full::default());
        *response.status_mut() = match answer.status() {
            AnswerStatus::Unauthorized => StatusCode::UNAUTHORIZED,
            AnswerStatus::Forbidden => StatusCode::FORBIDDEN,
            AnswerStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            AnswerStatus::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        for (name, value) in answer.headers() {
            // All values are visible ASCII.
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
        *response.body_mut() = Full::from(answer.into_body());
        response
    }
}
