//! The rules for API keys: their fields, their changes, and the decision about a call. Pure: no
//! I/O.
//!
//! A tour, in reading order:
//!
//! 1. Parsed values, which are always valid: [`Mode`], [`KeyPrefix`], [`ApiKeyId`], [`Secret`] and its
//!    [`SecretHash`], [`KeyName`], [`Scope`], [`IpRule`], [`Expiry`], [`Timestamp`], what the
//!    platform notes on a key: [`Annotations`], and how long keys may be used: [`LifetimePolicy`].
//! 2. The caller: [`SessionId`], [`Principal`], [`Role`], [`Portal`], and [`OwnedWorkspace`], the
//!    proof of ownership that every owner's operation requires; [`SupervisedWorkspace`] is enough
//!    to read and to disable. [`ServiceToken`] and its
//!    [`Permission`]s, for programs.
//! 3. A request: [`RawDraft`] becomes an [`ApiKeyDraft`], or all its [`Violation`]s at once.
//! 4. The aggregate: [`ApiKey`], its [`Change`]s, and the [`AuditEvent`] that records each change.
//!    [`TrailCheck`] finds where a history was tampered with.
//! 5. [`decide`], one pure function: may the holder of a secret make this call? It reads a
//!    [`VerificationKey`], the part of a key that a decision needs.
//! 6. What receivers learn: a [`PublishedEvent`] of a trail, or a [`Notice`], and the [`Webhook`]s that
//!    they are sent to.
//! 7. The [`ports`] to the outside world.
//! 8. The [`usecases`].
//!
//! The feature `testing` adds values for tests and mocks of all ports.
//!
//! The example `decide` issues a key and checks addresses without a server.

mod audit;
mod caller;
mod events;
mod followed_clock;
mod key;
mod language;
mod limits;
mod listing;
pub mod ports;
mod request;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timestamp;
mod usage;
pub mod usecases;
mod verification;
mod webhooks;

pub use self::{
    audit::{
        deployment_event::{Authorship, DeploymentChange, DeploymentEvent},
        digest::{ChainedEvent, EventDigest},
        event::{AuditAction, AuditEvent, AuditedFields, AuditedKey, AuditedOverlap, AuditedState},
        trail::{
            EventHash, EventPlace, RecordedEvent, TrailCheck, TrailFault, TrailHead, TrailLine,
        },
    },
    caller::{
        caller_name::{CallerName, InvalidCallerName},
        claimed_roles::ClaimedRoles,
        known_roles::{KnownRoles, StoredRole},
        origin::{ClientAddress, InvalidRequestId, Origin, RequestId},
        permission::{Permission, UnknownPermission},
        service_secret::{MalformedServiceSecret, ServiceSecret, ServiceSecretHash},
        service_token::{ServiceCaller, ServiceToken},
        session_id::{ENDED_SESSION_SECONDS, SessionId},
        workspace::{
            Actor, AdminRights, BUSINESS_ID_LENGTH_MAX, InvalidBusinessId, Member, OwnedWorkspace,
            Portal, Principal, Role, SupervisedWorkspace, UserId, Workspace, WorkspaceId,
        },
    },
    events::{
        event_id::{EventId, InvalidEventId},
        event_type::{EventType, UnknownEventType},
        found_at::{FOUND_PLACES_MAX, FoundAt, FoundPlaces},
        notice::{EXPIRING_DAYS, Exposure, ExposureSource, Notice, NoticeKind, Reaction},
        published_event::{PublishedContent, PublishedEvent, TrailPoint},
    },
    followed_clock::{ClockSample, FollowedClock},
    key::{
        annotations::{Annotations, AnnotationsUpdate},
        api_key::{ApiKey, ApiKeyFields, TestModeRefused},
        change::{Applied, Change, WrongState},
        description::{DESCRIPTION_LENGTH_MAX, Description},
        display_text::DisplayTextError,
        expiry::{Expiry, ExpiryError},
        external_id::{EXTERNAL_ID_LENGTH_MAX, ExternalId, InvalidExternalId},
        id::{ApiKeyId, InvalidApiKeyId},
        ip_rule::{IP_RULES_MAX, IpAllowlist, IpRule, IpRuleError},
        leak_policy::{
            GRACE_HOURS_MAX, GracePeriod, InvalidGracePeriod, InvalidLeakPolicy, LeakPolicy,
        },
        lifetime::{InvalidLifetime, LIFETIME_DAYS_MAX, Lifetime},
        lifetime_policy::{ExistingKeys, InvalidLifetimePolicy, LifetimeFault, LifetimePolicy},
        metadata::{
            METADATA_BYTES_MAX, METADATA_MEMBERS_MAX, METADATA_NAME_LENGTH_MAX, Metadata,
            MetadataError, MetadataMember,
        },
        mode::{Mode, UnknownMode},
        name::{KEY_NAME_LENGTH_MAX, KeyName},
        overlap::{InvalidOverlap, OVERLAP_SECONDS_MAX, Overlap},
        prefix::{InvalidKeyPrefix, KeyPrefix},
        resource::{InvalidResource, RESOURCE_LENGTH_MAX, Resource},
        resource_name::{RESOURCE_NAME_LENGTH_MAX, ResourceName},
        resource_names::{EnglishNameMissing, ResourceNames},
        scope::{InvalidScope, SCOPE_LENGTH_MAX, SCOPES_MAX, Scope, ScopeSet},
        secret::{MalformedSecret, Secret},
        secret_hash::{InvalidSecretHash, SecretHash},
        secret_hint::{InvalidSecretHint, SecretHint},
        status::Status,
        stored_secret::{LastUse, PreviousSecret, StoredSecret},
    },
    language::Language,
    limits::{
        costs::Costs,
        key_limits::KeyLimits,
        ledger::{Lease, Ledger, SpentUntil},
        limit::{
            Cost, InvalidCost, InvalidLimitUnits, LIMIT_UNITS_MAX, LIMITS_MAX, Limit, LimitUnits,
            OnUnavailable,
        },
        limit_id::{LimitId, LimitSubject},
        name::{InvalidLimitName, LIMIT_NAME_LENGTH_MAX, LimitName},
        plan::{InvalidPlanName, Plan, PlanLimits, PlanName},
        refill::{LEASE, Refill, RefillRequest, SpentForNow},
        set::{AbovePlan, InvalidLimits, Limits},
        shares::Shares,
        verdict::{LimitState, LimitVerdict, ShareAnswer},
        window::{InvalidLimitWindow, LIMIT_WINDOW_SECONDS_MAX, LimitWindow, SlidingWindow},
    },
    listing::{
        api_key_listing::{
            ApiKeyFilter, ApiKeyListing, Direction, InvalidSearchText, InvalidSort, SearchText,
            Sort, SortBy, UsageFilter,
        },
        key_selector::KeySelector,
        page::{InvalidPageSize, PAGE_SIZE_MAX, Page, Pagination},
    },
    request::{
        annotations::RawAnnotations,
        draft::{ApiKeyDraft, RawDraft},
        idempotency::{
            IDEMPOTENCY_SECONDS, Idempotency, IdempotencyKey, InvalidIdempotencyKey,
            RepeatableOperation, RequestFingerprint,
        },
        import::RawImport,
        limits::{RawCosts, RawLimit, RawLimits},
        plan::RawPlan,
        question::RawQuestion,
        raw_field::{RawField, Unexpected},
        rotation::RawRotation,
        update::{ApiKeyUpdate, RawUpdate},
        violation::{Fault, Field, LimitList, Violation},
        webhook::RawWebhook,
    },
    timestamp::{InvalidTimestamp, Timestamp},
    usage::{
        address_sketch::AddressSketch,
        alarm::Alarm,
        gathered::{GATHERED_BATCH, GATHERED_SHARDS, Gathered, Subject, Writing},
        limit_use::{LimitUse, QuotaAlarm},
        noted::{DeniedKey, Noted, UsedKey, UsedSecret},
        period::{InvalidUsagePeriod, UsagePeriod, UsageUnit},
        raised_alarm::{ALARM_SECONDS, RaisedAlarm},
        report::{Usage, UsageCounts, UsagePart, UsageReport},
        scope_last_use::ScopeLastUse,
        used_scopes::UsedScopes,
    },
    verification::{
        decide::{Check, Decision, Question, decide},
        denial::Denial,
        generations::{Generation, Generations},
        shared_values::SharedValues,
        verification_key::{PreviousSecretHash, VerificationKey},
    },
    webhooks::{
        attempt::{ANSWER_LENGTH_MAX, Attempt, DeliveryFailure, Outcome},
        delivery::{Delivery, DeliveryStatus},
        event_types::EventTypes,
        message::{MessageContent, WebhookMessage},
        retries::{ATTEMPTS_MAX, AfterAttempt},
        url::{InvalidWebhookUrl, WEBHOOK_URL_LENGTH_MAX, WebhookUrl},
        webhook::{
            DisabledReason, FAILING_SECONDS_MAX, SECRET_OVERLAP_SECONDS, WEBHOOKS_MAX, Webhook,
            WebhookEncoding, WebhookSettings,
        },
        webhook_id::{InvalidWebhookId, WebhookId},
    },
};
