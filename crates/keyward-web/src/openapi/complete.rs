//! Adds the common parts of many operations: headers, security, and every failure with an example
//! from the table of codes.

mod admin;
mod extras;
mod failures;
mod gateways;
mod names;

use utoipa::Modify;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Required, SecurityRequirement, Server};

use self::admin::{SERVICE, complete_admin};
use self::extras::{EXTRAS, Extra};
use self::failures::add_failures;
use self::gateways::{add_schemes, complete_gateway};
use self::names::name_what_has_a_name;
use crate::codes::Code;

const SESSION: &str = "session";
const INTERNAL: &str = "internal";

/// The failures of every owner's operation.
const OF_OWNERS: &[Code] = &[
    Code::InvalidRequest,
    Code::InvalidToken,
    Code::NotOwner,
    Code::NotAcceptable,
    Code::TooManyRequests,
    Code::InternalError,
    Code::Unavailable,
];

/// The failures of an operation with a body.
const OF_BODIES: &[Code] = &[
    Code::RequestTimeout,
    Code::BodyTooLarge,
    Code::WrongContentType,
];

/// Completes the description.
pub(super) struct Complete;

impl Modify for Complete {
    fn modify(&self, openapi: &mut OpenApi) {
        env!("CARGO_PKG_VERSION").clone_into(&mut openapi.info.version);
        openapi.servers = Some(vec![server(".", "The server of this description")]);
        let components = openapi.components.get_or_insert_default();
        let bearer = |description: &str| {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            SecurityScheme::Http(bearer.description(Some(description)).build())
        };
        components.add_security_scheme(SESSION, bearer("The user's token, a JWT of the platform"));
        let internal = "An internal token, if any is configured; or a service token with keys:verify, or metrics:read";
        components.add_security_scheme(INTERNAL, bearer(internal));
        components.add_security_scheme(SERVICE, bearer("A service token with the permission"));
        add_schemes(components);
        name_what_has_a_name(components);
        for (path, item) in &mut openapi.paths.paths {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.patch,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                if path.starts_with("/web/") {
                    complete_public(operation);
                } else if path.starts_with("/public/") {
                    complete_anonymous(operation);
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
        accept_language(),
    ];
    let mut failures: Vec<Code> = OF_OWNERS.to_vec();
    if let Some(extra) = extra {
        headers.push(header(
            "X-Workspace-Id",
            true,
            text(128),
            "The same as in the path",
        ));
        if extra.reads_idempotency_key() {
            let description =
                "A repeated request with the same key is carried out only once, for 24 hours";
            headers.push(header("Idempotency-Key", false, text(255), description));
        }
        if extra.reads_if_match() {
            failures.push(Code::ChangedBySomeoneElse);
            let tags = ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .pattern(Some(r#"^(\*|"[0-9]{1,9}"(, "[0-9]{1,9}")*)$"#))
                .build();
            headers.push(header(
                "If-Match",
                false,
                tags,
                "The versions of the key that may be changed",
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
            add_header(response, "Content-Language", "The language of the messages");
        }
        if status == "201" && name == "createApiKey" {
            add_header(response, "Location", "The key's path");
        }
        if name == "getApiKey" || name == "updateApiKey" {
            add_header(response, "ETag", "The key's version, for If-Match");
        }
        if extra.is_some_and(Extra::reads_if_match) {
            let description = "`complete` when all nodes know the change, otherwise `pending; within=…s`; then \
                 `; durable=local` when a failover of the database may lose it";
            add_header(response, "X-Keyward-Propagation", description);
        }
    }
    add_failures(operation, &failures);
}

/// An operation that anybody may call.
fn complete_anonymous(operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::default()]);
    add_parameters(operation, vec![accept_language()]);
    let mut failures = vec![
        Code::InvalidRequest,
        Code::RequestTimeout,
        Code::WrongContentType,
        Code::TooManyRequests,
        Code::InternalError,
        Code::Unavailable,
    ];
    if operation.operation_id.as_deref() == Some("reportGitHubLeaks") {
        failures.extend([
            Code::InvalidSignature,
            Code::NoSuchResource,
            Code::BatchTooLarge,
        ]);
    } else {
        failures.push(Code::BodyTooLarge);
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                add_header(response, "Content-Language", "The language of the messages");
            }
        }
    }
    add_failures(operation, &failures);
}

fn accept_language() -> Parameter {
    header(
        "Accept-Language",
        false,
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .build(),
        "The language of messages: en, zh, zh-Hant, ja or vi; otherwise en",
    )
}

fn complete_internal(path: &str, operation: &mut Operation) {
    operation.servers = Some(vec![server(
        "http://127.0.0.1:8081",
        "The internal listener; never expose it to the internet",
    )]);
    operation.security = Some(vec![SecurityRequirement::default(), requires(INTERNAL)]);
    if path.starts_with("/internal/v1/admin/") {
        return complete_admin(operation);
    }
    let asks = ["/verify", "/batch", "/lookup", "/heartbeats", "/uses"];
    let failures: &[Code] = if asks.iter().any(|end| path.ends_with(end)) {
        &[
            Code::InvalidRequest,
            Code::InvalidToken,
            Code::CertificateMissing,
            Code::PermissionMissing,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::WrongContentType,
            Code::InternalError,
            Code::Unavailable,
        ]
    } else if path.contains("/authorize/") {
        complete_gateway(operation);
        &[Code::InvalidRequest, Code::InternalError, Code::Unavailable]
    } else if path == "/metrics" || path == "/internal/v1/changes" {
        &[
            Code::InvalidToken,
            Code::CertificateMissing,
            Code::PermissionMissing,
            Code::InternalError,
            Code::Unavailable,
        ]
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
