use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::requests::{LimitToSet, NewApiKey};
use super::words::{existing_keys, leak_reactions, roles};

/// Secrets that a scanner has found.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaks {
    #[schema(min_items = 1, max_items = 1_000)]
    leaks: Vec<Leak>,
}

/// A secret that a scanner has found.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leak {
    /// A text of any form; white space around it does not count.
    secret: String,
    /// Where it was found.
    #[schema(
        max_length = 2_048,
        pattern = "^https?://[!-~]*$",
        example = "https://git.example.com/repo/blob/main/.env"
    )]
    url: Option<String>,
}

/// The role of a member.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRole {
    #[schema(schema_with = roles)]
    role: String,
}

/// The settings of a workspace.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WorkspaceSettings {
    /// Its own policy for the lifetime of its keys; null removes it.
    key_lifetime: Option<KeyLifetimeToPut>,
    /// What happens to its active keys when GitHub or a scanner reports their secrets; null removes
    /// the policy, so that they are disabled.
    leak_policy: Option<LeakPolicyToPut>,
    /// The name of its plan, which gives limits to it and its keys; null takes it away.
    #[schema(example = "pro")]
    plan: Option<String>,
}

/// The limits of a plan.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanToPut {
    /// Those of each key of a workspace with this plan. A key may have lower ones of its own.
    #[schema(max_items = 8)]
    key_limits: Option<Vec<LimitToSet>>,
    /// Those of a workspace with this plan, which all its keys share.
    #[schema(max_items = 8)]
    workspace_limits: Option<Vec<LimitToSet>>,
}

/// A policy for the lifetime of keys.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyLifetimeToPut {
    /// The lifetime of a new key without `expiresAt`; at most `maxDays`.
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    default_days: Option<u16>,
    /// The maximum lifetime of a key's secret, from its creation.
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    max_days: Option<u16>,
    /// Whether keys may be without an expiry; by default only without `maxDays`.
    never_expires: Option<bool>,
    #[schema(schema_with = existing_keys)]
    existing: Option<String>,
}

/// What happens to an active key whose secret was reported by GitHub or a scanner.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LeakPolicyToPut {
    #[schema(schema_with = leak_reactions)]
    reaction: String,
    /// The hours until the key expires; required with `EXPIRE`, and only allowed with it.
    #[schema(minimum = 1, maximum = 720, example = 24)]
    grace_hours: Option<u16>,
}

/// Several workspaces.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workspaces {
    #[schema(min_items = 1, max_items = 1000)]
    workspaces: Vec<WorkspaceToPut>,
}

/// A workspace to add.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct WorkspaceToPut {
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[!-~]+$",
        example = "ws_1"
    )]
    id: String,
}

/// Several members, of any workspaces.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Members {
    #[schema(min_items = 1, max_items = 1000)]
    members: Vec<MemberToPut>,
}

/// A member with a role.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MemberToPut {
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[!-~]+$",
        example = "ws_1"
    )]
    workspace_id: String,
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[!-~]+$",
        example = "user_1"
    )]
    user_id: String,
    #[schema(schema_with = roles)]
    role: String,
}

/// The descriptions of a scope.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeDescriptions {
    /// By language: en (required), zh, zh-Hant, ja and vi; each at most 256 characters.
    #[schema(example = json!({"en": "View invoices", "ja": "請求書の閲覧"}))]
    descriptions: BTreeMap<String, String>,
}

/// The names of a resource.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResourceNamesToPut {
    /// By language: en, zh, zh-Hant, ja and vi; each at most 256 characters. en is required, unless there are no
    /// names at all.
    #[schema(example = json!({"en": "Invoices", "ja": "請求書"}))]
    names: BTreeMap<String, String>,
}

/// A new key of a service. Unknown and repeated members are refused.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewApiKeyOfService {
    #[serde(flatten)]
    key: NewApiKey,
    /// The SHA-256 hash of a secret that the caller has made, of 1 to 512 bytes in any form; as 64
    /// hexadecimal digits, base64 or base64url. Without it, the key gets a new secret.
    #[schema(
        pattern = "^([0-9A-Fa-f]{64}|[0-9A-Za-z+/]{43}=|[0-9A-Za-z_-]{43})$",
        example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )]
    secret_hash: Option<String>,
}

/// Keys to import.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Imports {
    #[schema(min_items = 1, max_items = 1000)]
    keys: Vec<KeyToImport>,
    /// Only returns what would be done.
    #[schema(default = false)]
    dry_run: Option<bool>,
}

/// A key to import.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyToImport {
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[!-~]+$",
        example = "ws_1"
    )]
    workspace_id: String,
    #[serde(flatten)]
    key: NewApiKey,
    /// The SHA-256 hash of its secret, as above.
    #[schema(
        pattern = "^([0-9A-Fa-f]{64}|[0-9A-Za-z+/]{43}=|[0-9A-Za-z_-]{43})$",
        example = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )]
    secret_hash: String,
}

/// The keys to disable. At least one of the first three is required; a key must match all that are
/// given.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SelectedKeys {
    /// Only keys of this workspace.
    #[schema(example = "ws_1")]
    workspace_id: Option<String>,
    /// Only keys that this user created, in all workspaces.
    #[schema(example = "user_1")]
    created_by: Option<String>,
    /// Only keys with exactly this external id, in all workspaces.
    #[schema(example = "customer-4711")]
    external_id: Option<String>,
    /// Only returns which keys would be disabled.
    #[schema(default = false)]
    dry_run: Option<bool>,
}
