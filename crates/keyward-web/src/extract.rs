//! Extractors: a header, a path, a query or a body becomes a typed value, or a failure.

mod accept;
mod admin_path;
mod batch;
mod bearer;
mod body;
mod body_members;
mod by_language;
mod content_type;
mod cursor;
mod deletion;
mod descriptions;
mod draft;
mod events_query;
mod explain;
mod external_id;
mod finish;
mod gateway_question;
mod github_leaks;
mod if_match;
mod key_search;
mod key_selection;
mod listing_query;
mod local_keys;
mod new_key;
mod owner_headers;
mod path_segment;
mod plan;
mod query;
mod question;
mod questions;
mod refills;
mod reported_secrets;
mod resource_names;
mod role;
mod rotation;
mod update;
mod usage_query;
mod webhook;
mod workspace_settings;

pub(crate) use self::{
    admin_path::AdminPath,
    batch::{
        BatchImport, BatchLeak, BatchMember, imports_batch, leaks_batch, members_batch,
        workspaces_batch,
    },
    bearer::{authenticate, bearer_token},
    body::{batch_body, json_body, json_body_if_any},
    content_type::is_plain_json,
    cursor::cursor,
    deletion::deletion,
    descriptions::descriptions,
    draft::draft,
    events_query::events_query,
    explain::explain,
    gateway_question::{Asked, asked_by_headers, asked_by_query},
    github_leaks::{GitHubLeak, github_leaks},
    key_search::{KeySearch, key_search},
    key_selection::{KeySelection, key_selection},
    local_keys::{ReportedUses, heartbeat, reported_uses, secret_hashes, stream},
    new_key::{NewKey, new_key},
    owner_headers::{OptionalHeaders, OwnerHeaders, check_session_headers, idempotency_key},
    path_segment::api_key_id,
    plan::plan_limits,
    question::question,
    questions::questions,
    refills::refills,
    reported_secrets::reported_secrets,
    resource_names::resource_names,
    role::role,
    rotation::rotation,
    update::update,
    usage_query::usage_period,
    webhook::{replay_query, webhook},
    workspace_settings::{Setting, workspace_settings},
};
pub use self::{
    body::{BATCH_BYTES_MAX, BODY_BYTES_MAX, read as body},
    listing_query::{listing, page},
    path_segment::PathSegment,
    webhook::{DeliveriesQuery, deliveries_query},
};
