use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::answer::{Answer, AnswerStatus};

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> Self {
        let mut response = Self::build(match answer.status() {
            AnswerStatus::Unauthorized => StatusCode::UNAUTHORIZED,
            AnswerStatus::Forbidden => StatusCode::FORBIDDEN,
            AnswerStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            AnswerStatus::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        });
        for header in answer.headers() {
            response.insert_header(header);
        }
        response.body(answer.into_body())
    }
}
