//! What an API key is, may become, and decides. Pure: no I/O.
//!
//! A tour, in reading order:
//!
//! 1. One parsed value each, right by construction: [`Mode`], [`ApiKeyId`], [`Secret`] and its
//!    [`SecretHash`], [`KeyName`], [`Scope`], [`IpRule`], [`Expiry`], [`Timestamp`].
//! 2. Who asks: [`SessionId`], [`Principal`], [`Role`], [`Portal`], and [`OwnedWorkspace`], the proof of
//!    ownership that every owner's operation asks for.
//! 3. A request: [`RawDraft`] becomes an [`ApiKeyDraft`], or all its [`Violation`]s at once.
//! 4. The aggregate: [`ApiKey`], what can become of it by a [`Change`], and the [`AuditEvent`] by
//!    which each change tells of itself; [`TrailCheck`] finds where a history was touched.
//! 5. May the holder of a secret do this now? [`decide`] says so, one pure function.
//! 6. What it needs of the world: [`ports`].
//! 7. What can be done: [`usecases`].
//!
//! The example `decide` issues a key and judges an address with no server at all.

mod api_key;
mod api_key_id;
mod audit_event;
mod audit_trail;
mod base62;
mod change;
mod denial;
mod deployment_event;
mod draft;
mod event_digest;
mod expiry;
mod given;
mod idempotency;
mod ip_rule;
mod kept_secret;
mod key_name;
mod language;
mod listing;
mod mode;
mod origin;
mod overlap;
mod page;
pub mod ports;
mod raw_question;
mod rotation;
mod scope;
mod secret;
mod session_id;
mod status;
mod timestamp;
mod update;
pub mod usecases;
mod verification;
mod violation;
mod violations;
mod workspace;

pub use self::{
    api_key::{ApiKey, ApiKeyFields, TestModeRefused},
    api_key_id::{ApiKeyId, InvalidApiKeyId},
    audit_event::{
        AuditAction, AuditEvent, AuditedFields, AuditedKey, AuditedOverlap, AuditedState,
    },
    audit_trail::{
        EventHash, EventPlace, RecordedEvent, TrailCheck, TrailFault, TrailHead, TrailLine,
    },
    change::{Applied, Change, WrongState},
    denial::{DENIALS_KEPT_SECONDS, Denial},
    deployment_event::{Authorship, DeploymentChange, DeploymentEvent},
    draft::{ApiKeyDraft, RawDraft},
    event_digest::{ChainedEvent, EventDigest},
    expiry::{Expiry, ExpiryError},
    given::{Given, Unexpected},
    idempotency::{
        IDEMPOTENCY_SECONDS, Idempotency, IdempotencyKey, InvalidIdempotencyKey,
        RepeatableOperation, RequestFingerprint,
    },
    ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule, IpRuleError},
    kept_secret::{KeptSecret, LastUse, PreviousSecret},
    key_name::{KEY_NAME_LENGTH_MAX, KeyName, KeyNameError},
    language::Language,
    listing::{
        ApiKeyFilter, ApiKeyListing, Direction, InvalidSearchText, InvalidSort, SearchText, Sort,
        SortBy,
    },
    mode::{Mode, UnknownMode},
    origin::{ClientAddress, InvalidRequestId, Origin, RequestId},
    overlap::{InvalidOverlap, OVERLAP_SECONDS_MAX, Overlap},
    page::{InvalidPageSize, PAGE_SIZE_MAX, Page, PageRequest},
    raw_question::RawQuestion,
    rotation::RawRotation,
    scope::{InvalidScope, SCOPE_LENGTH_MAX, SCOPES_MAX, Scope, ScopeSet},
    secret::{InvalidSecretHint, MalformedSecret, Secret, SecretHash, SecretHint},
    session_id::{ENDED_SESSION_SECONDS, SessionId},
    status::Status,
    timestamp::{InvalidTimestamp, Timestamp},
    update::{ApiKeyUpdate, RawUpdate},
    verification::{Check, Decision, Question, decide},
    violation::{Fault, Field, Violation},
    workspace::{
        Actor, BUSINESS_ID_LENGTH_MAX, InvalidBusinessId, Member, OwnedWorkspace, Portal,
        Principal, Role, UserId, Workspace, WorkspaceId,
    },
};
