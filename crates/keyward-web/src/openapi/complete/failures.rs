use serde_json::json;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr};

use super::add_header;
use crate::codes::Code;
use crate::language::message;

const JSON: &str = "application/json";

/// Adds the failures, grouped by status, each with an example.
pub(super) fn add_failures(operation: &mut Operation, failures: &[Code]) {
    for code in failures {
        let status = code.status().as_str().to_owned();
        let words = message(keyward_domain::Language::English, code.message(), &[]);
        let responses = &mut operation.responses.responses;
        let response = responses.entry(status).or_insert_with(|| {
            let empty = ResponseBuilder::new().description(&words);
            RefOr::T(empty.build())
        });
        let RefOr::T(response) = response else {
            continue;
        };
        if response.content.contains_key(JSON) && !response.description.contains(&words) {
            response.description = format!("{}; or: {words}", response.description);
        }
        let content = response.content.entry(JSON.to_owned()).or_insert_with(|| {
            let schema = Ref::from_schema_name("Refusal");
            RefOr::T(ContentBuilder::new().schema(Some(schema)).build())
        });
        if let RefOr::T(content) = content {
            let example = ExampleBuilder::new()
                .summary(&words)
                .value(Some(example(*code, &words)));
            content
                .examples
                .insert(code.as_str().to_owned(), example.into());
        }
        if matches!(code, Code::InvalidToken | Code::PermissionMissing) {
            add_header(response, "WWW-Authenticate", "Bearer");
        } else if *code == Code::InvalidSignature {
            let description = "Github-Public-Key-Signature";
            add_header(response, "WWW-Authenticate", description);
        } else if matches!(code, Code::TooManyRequests | Code::Unavailable) {
            add_header(response, "Retry-After", "Seconds");
        }
    }
}

fn example(code: Code, words: &str) -> serde_json::Value {
    let mut example = json!({
        "version": "1.3.0",
        "timestamp": 1_709_337_600_000_i64,
        "success": false,
        "code": code.as_str(),
        "message": words,
    });
    let more = if code == Code::AlreadyCarriedOut {
        Some((
            "data",
            json!({"apiKeyId": "sk_live_0352LgEZNa95dBFUcIVbVc"}),
        ))
    } else if code == Code::InvalidRequest {
        let words = "Bits are set beyond the prefix; did you mean 1.2.3.0/24?";
        Some((
            "errors",
            json!([{"field": "ipWhitelist[0]", "message": words}]),
        ))
    } else {
        None
    };
    if let Some((member, value)) = more
        && let Some(members) = example.as_object_mut()
    {
        members.insert(member.to_owned(), value);
    }
    example
}
