use actix_web::body::{BoxBody, MessageBody as _, to_bytes};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpResponse, dev};
use serde_json::Value;

/// A response as a client sees it.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// Reads a response in either form of the framework.
    pub async fn of<B: actix_web::body::MessageBody + 'static>(
        answered: Result<dev::ServiceResponse<B>, actix_web::Error>,
    ) -> Self {
        let response: HttpResponse<BoxBody> = match answered {
            Ok(response) => response.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        let (head, body) = response.into_parts();
        let body = to_bytes(body.boxed()).await.unwrap();
        Self {
            status: head.status(),
            headers: head.headers().clone(),
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The fields in the response's `errors`.
    pub fn fields(&self) -> Vec<String> {
        let errors = self.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        errors
            .iter()
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Asserts status, code and English message, and the common parts of every response.
    pub fn assert(&self, case: &str, status: u16, code: &str, message: &str) {
        self.assert_in_any(case, status, code, message);
        assert_eq!(self.header("content-language"), Some("en"), "{case}");
        assert_eq!(self.header("vary"), Some("Accept-Language"), "{case}");
    }

    /// The same for a decision, which is the same in every language.
    pub fn assert_decided(&self, case: &str) {
        self.assert_in_any(case, 200, "2000", "SUCCESS");
        assert_eq!(self.header("content-language"), None, "{case}");
        assert_eq!(self.header("vary"), None, "{case}");
    }

    fn assert_in_any(&self, case: &str, status: u16, code: &str, message: &str) {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{case}: {}", self.text);
        assert_eq!(body["code"], code, "{case}: {}", self.text);
        assert_eq!(body["message"], message, "{case}: {}", self.text);
        assert_eq!(body["success"], status < 400, "{case}: {}", self.text);
        for (name, value) in [
            ("content-type", "application/json"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(self.header(name), Some(value), "{case}: {name}");
        }
        assert!(self.header("x-request-id").is_some(), "{case}");
    }
}
