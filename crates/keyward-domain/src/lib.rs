//! What an API key is, may become, and decides. Pure: no I/O.
//!
//! A tour, in reading order:
//!
//! 1. One parsed value each, right by construction: [`Mode`], [`ApiKeyId`], [`Secret`] and its
//!    [`SecretHash`], [`KeyName`], [`Scope`], [`IpRule`], [`Expiry`], [`Timestamp`].
//! 2. Who asks: [`Principal`], [`Role`], [`Portal`], and [`OwnedWorkspace`], the proof of
//!    ownership that every owner's operation asks for.
//! 3. A request: [`RawDraft`] becomes an [`ApiKeyDraft`], or all its [`Violation`]s at once.
//! 4. The aggregate: [`ApiKey`], each change of which tells of itself by an [`AuditEvent`].
//! 5. What it needs of the world: [`ports`].
//! 6. What can be done: [`usecases`].
//!
//! The example `decide` issues a key and judges an address with no server at all.

mod api_key;
mod api_key_id;
mod audit_event;
mod base62;
mod draft;
mod expiry;
mod idempotency;
mod ip_rule;
mod key_name;
mod language;
mod mode;
mod origin;
mod page;
pub mod ports;
mod scope;
mod secret;
mod timestamp;
pub mod usecases;
mod violation;
mod workspace;

pub use self::{
    api_key::{ApiKey, ApiKeyFields, Status, TestModeRefused},
    api_key_id::{ApiKeyId, InvalidApiKeyId},
    audit_event::{AuditAction, AuditEvent, AuditedKey},
    draft::{ApiKeyDraft, Given, RawDraft, Unexpected},
    expiry::{Expiry, ExpiryError},
    idempotency::{
        IDEMPOTENCY_SECONDS, Idempotency, IdempotencyKey, InvalidIdempotencyKey, RequestFingerprint,
    },
    ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule, IpRuleError},
    key_name::{KEY_NAME_LENGTH_MAX, KeyName, KeyNameError},
    language::Language,
    mode::{Mode, UnknownMode},
    origin::{ClientAddress, InvalidRequestId, Origin, RequestId},
    page::{InvalidPageSize, PAGE_SIZE_MAX, Page, PageRequest},
    scope::{InvalidScope, SCOPE_LENGTH_MAX, SCOPES_MAX, Scope, ScopeSet},
    secret::{InvalidSecretHint, MalformedSecret, Secret, SecretHash, SecretHint},
    timestamp::{InvalidTimestamp, Timestamp},
    violation::{Fault, Field, Violation},
    workspace::{
        Actor, BUSINESS_ID_LENGTH_MAX, InvalidBusinessId, Member, OwnedWorkspace, Portal,
        Principal, Role, UserId, Workspace, WorkspaceId,
    },
};
