//! What many operations have in common, added to each: headers, security, and every failure with an
//! example, from the table of codes.

use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, OpenApi, Ref, RefOr, Required, SecurityRequirement, Server,
};

use crate::codes::Code;
use crate::extract::Heeded;
use crate::language::message;

const JSON: &str = "application/json";
const SESSION: &str = "session";
const INTERNAL: &str = "internal";

/// What can go wrong with every owner's operation.
const OF_OWNERS: &[Code] = &[
    Code::InvalidRequest,
    Code::InvalidToken,
    Code::NotOwner,
    Code::NotAcceptable,
    Code::TooManyRequests,
    Code::InternalError,
    Code::Unavailable,
];

/// What can go wrong with a body.
const OF_BODIES: &[Code] = &[
    Code::RequestTimeout,
    Code::BodyTooLarge,
    Code::WrongContentType,
];

/// An operation, and what it has beyond what all of its kind have.
struct Extra {
    operation: &'static str,
    heeded: Heeded,
    has_body: bool,
    failures: &'static [Code],
}

const EXTRAS: [Extra; 11] = [
    Extra::new("createApiKey", Heeded::IdempotencyKey)
        .with_body()
        .failing(&[
            Code::TestModeRefused,
            Code::AlreadyCarriedOut,
            Code::LimitReached,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("listApiKeys", Heeded::Neither),
    Extra::new("getApiKey", Heeded::Neither).failing(&[Code::ApiKeyNotFound]),
    Extra::new("updateApiKey", Heeded::IfMatch)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("deleteNamedApiKey", Heeded::IfMatch)
        .with_body()
        .failing(&[Code::ApiKeyNotFound]),
    Extra::new("disableApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("enableApiKey", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound, Code::WrongState]),
    Extra::new("rotateApiKey", Heeded::Both)
        .with_body()
        .failing(&[
            Code::ApiKeyNotFound,
            Code::WrongState,
            Code::AlreadyCarriedOut,
            Code::IdempotencyKeyReused,
        ]),
    Extra::new("finishRotation", Heeded::IfMatch).failing(&[Code::ApiKeyNotFound]),
    Extra::new("listApiKeyEvents", Heeded::Neither).failing(&[Code::ApiKeyNotFound]),
];

impl Extra {
    const fn new(operation: &'static str, heeded: Heeded) -> Self {
        Self {
            operation,
            heeded,
            has_body: false,
            failures: &[],
        }
    }

    const fn with_body(self) -> Self {
        Self {
            has_body: true,
            ..self
        }
    }

    const fn failing(self, failures: &'static [Code]) -> Self {
        Self { failures, ..self }
    }

    const fn heeds_idempotency_key(&self) -> bool {
        matches!(self.heeded, Heeded::IdempotencyKey | Heeded::Both)
    }

    /// Every change of a key that is there heeds it, and tells how far it is known.
    const fn heeds_if_match(&self) -> bool {
        matches!(self.heeded, Heeded::IfMatch | Heeded::Both)
    }
}

/// Completes the description.
pub(super) struct Complete;

impl Modify for Complete {
    fn modify(&self, openapi: &mut OpenApi) {
        env!("CARGO_PKG_VERSION").clone_into(&mut openapi.info.version);
        openapi.servers = Some(vec![server(".", "Where this description is")]);
        let components = openapi.components.get_or_insert_default();
        let bearer = |description: &str| {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            SecurityScheme::Http(bearer.description(Some(description)).build())
        };
        components.add_security_scheme(SESSION, bearer("The user's token, a JWT of the platform"));
        components.add_security_scheme(INTERNAL, bearer("KEYWARD_INTERNAL_TOKEN, where it is set"));
        name_what_has_a_name(components);
        for (path, item) in &mut openapi.paths.paths {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                if path.starts_with("/web/") {
                    complete_public(operation);
                } else {
                    complete_internal(path, operation);
                }
                for response in operation.responses.responses.values_mut() {
                    if let RefOr::T(response) = response {
                        add_header(response, "X-Request-Id", "The caller's, or a new one");
                    }
                }
            }
        }
    }
}

/// Generic types are written out with all that they hold; what has a name is called by it instead.
fn name_what_has_a_name(components: &mut Components) {
    let named: Vec<(String, RefOr<Schema>)> = components
        .schemas
        .iter()
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for schema in components.schemas.values_mut() {
        name_parts(schema, &named);
    }
}

fn name_parts(schema: &mut RefOr<Schema>, named: &[(String, RefOr<Schema>)]) {
    let name = |part: &mut RefOr<Schema>| match named.iter().find(|(_, schema)| schema == part) {
        Some((name, _)) => *part = Ref::from_schema_name(name).into(),
        None => name_parts(part, named),
    };
    if let RefOr::T(Schema::Object(object)) = schema {
        object.properties.values_mut().for_each(name);
    } else if let RefOr::T(Schema::Array(array)) = schema
        && let ArrayItems::RefOrSchema(items) = &mut array.items
    {
        name(items);
    }
}

fn server(url: &str, description: &str) -> Server {
    let mut server = Server::new(url);
    server.description = Some(description.to_owned());
    server
}

fn complete_public(operation: &mut Operation) {
    operation.security = Some(vec![requires(SESSION)]);
    let name = operation.operation_id.clone().unwrap_or_default();
    let extra = EXTRAS.iter().find(|extra| extra.operation == name);
    let mut headers = vec![
        header("X-Client-Hash", true, text(256), "The caller's device"),
        header(
            "Accept-Language",
            false,
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .build(),
            "The language of messages: en, zh, zh-Hant, ja or vi; en for any other",
        ),
    ];
    let mut failures: Vec<Code> = OF_OWNERS.to_vec();
    if let Some(extra) = extra {
        headers.push(header("X-Workspace-Id", true, text(128), "As in the path"));
        if extra.heeds_idempotency_key() {
            let description = "Makes sending the request twice do it once, for 24 hours";
            headers.push(header("Idempotency-Key", false, text(255), description));
        }
        if extra.heeds_if_match() {
            failures.push(Code::ChangedBySomeoneElse);
            let tags = ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .pattern(Some(r#"^(\*|"[0-9]{1,9}"(, "[0-9]{1,9}")*)$"#))
                .build();
            headers.push(header(
                "If-Match",
                false,
                tags,
                "The versions that the caller has seen",
            ));
        }
        if extra.has_body {
            failures.extend(OF_BODIES);
        }
        failures.extend(extra.failures);
    } else {
        failures.retain(|code| *code != Code::NotOwner);
    }
    add_parameters(operation, headers);
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if status != "204" {
            add_header(response, "Content-Language", "Of the messages");
        }
        if status == "201" && name == "createApiKey" {
            add_header(response, "Location", "The key's path");
        }
        if name == "getApiKey" || name == "updateApiKey" {
            add_header(response, "ETag", "The key's version, for If-Match");
        }
        if extra.is_some_and(Extra::heeds_if_match) {
            let description = "complete, or pending; within=…s";
            add_header(response, "X-Keyward-Propagation", description);
        }
    }
    add_failures(operation, &failures);
}

fn complete_internal(path: &str, operation: &mut Operation) {
    operation.servers = Some(vec![server(
        "http://127.0.0.1:8081",
        "The internal listener, never the internet",
    )]);
    operation.security = Some(vec![SecurityRequirement::default(), requires(INTERNAL)]);
    let failures: &[Code] = if path.ends_with("/verify") || path.ends_with("/batch") {
        &[
            Code::InvalidRequest,
            Code::InvalidToken,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::WrongContentType,
            Code::InternalError,
            Code::Unavailable,
        ]
    } else if path.contains("/authorize/") {
        &[Code::InvalidRequest, Code::InternalError, Code::Unavailable]
    } else if path == "/metrics" {
        &[Code::InvalidToken, Code::InternalError]
    } else {
        &[]
    };
    if path.ends_with('z') {
        operation.security = Some(vec![SecurityRequirement::default()]);
    }
    add_failures(operation, failures);
}

fn requires(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, Vec::<String>::new())
}

fn text(length_max: usize) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(length_max))
        .pattern(Some("^[!-~]+$"))
        .build()
}

fn header(name: &str, required: bool, schema: Object, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if required {
            Required::True
        } else {
            Required::False
        })
        .schema(Some(Schema::from(schema)))
        .description(Some(description))
        .build()
}

fn add_parameters(operation: &mut Operation, parameters: Vec<Parameter>) {
    let all = operation.parameters.get_or_insert_default();
    all.extend(parameters.into_iter().map(RefOr::T));
}

fn add_header(response: &mut Response, name: &str, description: &str) {
    let schema = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let header = HeaderBuilder::new()
        .schema(Some(schema.build()))
        .description(Some(description))
        .build();
    response.headers.insert(name.to_owned(), header.into());
}

/// Adds the failures, those of one status together, each with an example.
fn add_failures(operation: &mut Operation, failures: &[Code]) {
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
        if *code == Code::InvalidToken {
            add_header(response, "WWW-Authenticate", "Bearer");
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
