//! Schemas of request bodies and responses for the description. Handlers have no such types,
//! because they read bodies member by member to report every mistake.
#![expect(dead_code, reason = "only for the description")]

mod administration;
mod answers;
mod guards;
mod parameters;
mod requests;
mod words;

pub(crate) use self::{
    administration::{
        Imports, Leaks, MemberRole, Members, NewApiKeyOfService, PlanToPut, ResourceNamesToPut,
        ScopeDescriptions, SelectedKeys, WorkspaceSettings, Workspaces,
    },
    answers::{Done, FieldError, Refusal, Success, Verdict, Verdicts},
    guards::{Heartbeat, Refills, SecretHashes, UseReport},
    parameters::{
        DeliveriesParams, EventsParams, ListingParams, PageParams, ReplayParams, UsageParams,
    },
    requests::{
        ApiKeyChange, GitHubLeakReport, NamedApiKey, NewApiKey, NewWebhook, Question, Questions,
        ReportedSecrets, Rotation,
    },
    words::{
        actions, decisions, existing_keys, leak_reactions, modes, named_texts, on_unavailable,
        roles, statuses,
    },
};
