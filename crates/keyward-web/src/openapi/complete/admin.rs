//! The parts of the administration that many operations share.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, SecurityRequirement};

use super::failures::add_failures;
use super::{OF_BODIES, add_header};
use crate::codes::Code;

pub(super) const SERVICE: &str = "service";

/// An operation with its special failures.
struct Extra {
    operation: &'static str,
    body: Body,
    failures: &'static [Code],
}

/// Whether an operation reads a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    None,
    Plain,
    Batch,
}

const COMMON: &[Code] = &[
    Code::InvalidRequest,
    Code::InvalidToken,
    Code::CertificateMissing,
    Code::PermissionMissing,
    Code::InternalError,
    Code::Unavailable,
];

const OF_KEYS: &[Code] = &[Code::WorkspaceNotFound, Code::ApiKeyNotFound];
const OF_MEMBERS: &[Code] = &[Code::WorkspaceNotFound, Code::MemberNotFound];

const fn extra(operation: &'static str, body: Body, failures: &'static [Code]) -> Extra {
    Extra {
        operation,
        body,
        failures,
    }
}

/// The operations that have more than the common failures.
const EXTRAS: [Extra; 25] = [
    extra("getWorkspace", Body::None, &[Code::WorkspaceNotFound]),
    extra("putWorkspace", Body::Plain, &[]),
    extra(
        "deleteWorkspace",
        Body::None,
        &[Code::WorkspaceNotFound, Code::WorkspaceNotEmpty],
    ),
    extra("putWorkspaces", Body::Batch, &[]),
    extra("listMembers", Body::None, &[Code::WorkspaceNotFound]),
    extra("getMember", Body::None, OF_MEMBERS),
    extra("putMember", Body::Plain, &[Code::WorkspaceNotFound]),
    extra("deleteMember", Body::None, OF_MEMBERS),
    extra("putMembers", Body::Batch, &[]),
    extra("getPlan", Body::None, &[Code::PlanNotFound]),
    extra("putPlan", Body::Plain, &[]),
    extra(
        "deletePlan",
        Body::None,
        &[Code::PlanNotFound, Code::PlanInUse],
    ),
    extra("getScope", Body::None, &[Code::ScopeNotFound]),
    extra("putScope", Body::Plain, &[]),
    extra("deleteScope", Body::None, &[Code::ScopeNotFound]),
    extra("putResource", Body::Plain, &[]),
    extra(
        "listKeysOfWorkspace",
        Body::None,
        &[Code::WorkspaceNotFound],
    ),
    extra("getKeyOfWorkspace", Body::None, OF_KEYS),
    extra("disableKeyOfWorkspace", Body::None, OF_KEYS),
    extra("deleteKeyOfWorkspace", Body::None, OF_KEYS),
    extra(
        "createKeyOfWorkspace",
        Body::Plain,
        &[
            Code::WorkspaceNotFound,
            Code::AlreadyCarriedOut,
            Code::LimitReached,
            Code::SecretTaken,
            Code::IdempotencyKeyReused,
        ],
    ),
    extra("importKeys", Body::Batch, &[]),
    extra("findKeys", Body::None, &[]),
    extra("disableKeys", Body::Plain, &[]),
    extra("reportLeaks", Body::Batch, &[]),
];

/// The operations whose changes reach the nodes that verify keys.
const CHANGES: [&str; 6] = [
    "putWorkspace",
    "putPlan",
    "disableKeyOfWorkspace",
    "deleteKeyOfWorkspace",
    "disableKeys",
    "reportLeaks",
];

/// Adds the service token, the failures and the headers.
pub(super) fn complete_admin(operation: &mut Operation) {
    let service = SecurityRequirement::new(SERVICE, Vec::<String>::new());
    operation.security = Some(vec![service]);
    let name = operation.operation_id.clone().unwrap_or_default();
    let extra = EXTRAS.iter().find(|extra| extra.operation == name);
    let body = extra.map_or(Body::None, |extra| extra.body);
    let mut failures = COMMON.to_vec();
    match body {
        Body::None => {}
        Body::Plain => failures.extend(OF_BODIES),
        Body::Batch => failures.extend([
            Code::RequestTimeout,
            Code::BatchTooLarge,
            Code::WrongContentType,
        ]),
    }
    failures.extend(extra.map(|extra| extra.failures).unwrap_or_default());
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if status != "204" {
            add_header(response, "Content-Language", "The language of the messages");
        }
        if name == "getKeyOfWorkspace" {
            add_header(response, "ETag", "The key's version");
        }
        if CHANGES.contains(&name.as_str()) {
            let description = "`complete` when all nodes know the change, otherwise `pending; within=…s`; then \
                 `; durable=local` when a failover of the database may lose it";
            add_header(response, "X-Keyward-Propagation", description);
        }
    }
    add_failures(operation, &failures);
}
