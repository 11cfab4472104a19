use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::words::{asked_modes, asked_on_unavailable, costs, metadata, mode_numbers};

/// A new key. Unknown and repeated members are refused.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// Trimmed; without control, bidi and line separator characters.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"\S",
        example = "Production Key"
    )]
    name: String,
    /// Codes from the scope catalogue; without any, the key has no access at all.
    #[schema(max_items = 100, example = json!(["payment:read", "payment:write"]))]
    scopes: Option<Vec<String>>,
    /// 1 LIVE, 2 TEST; TEST only from the PARTNER portal.
    #[schema(schema_with = mode_numbers)]
    mode: Option<i32>,
    /// IPv4 and IPv6 addresses and CIDR blocks; without any, there is no restriction.
    #[schema(max_items = 100, example = json!(["192.168.1.0/24"]))]
    ip_whitelist: Option<Vec<String>>,
    /// When the key expires, in the future (RFC 3339).
    #[schema(format = DateTime, example = "2030-01-31T12:00:00Z")]
    expires_at: Option<String>,
    /// What the key is for, by the rules of the name.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"\S",
        example = "For the nightly report"
    )]
    description: Option<String>,
    /// What the platform calls the holder of the key.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]{1,255}$",
        example = "customer-4711"
    )]
    external_id: Option<String>,
    /// What the platform keeps about the key, at most 4 KiB as JSON.
    #[schema(schema_with = metadata)]
    metadata: Option<BTreeMap<String, String>>,
    /// How often the key may be used. The plan of the workspace may add limits.
    #[schema(max_items = 8)]
    limits: Option<Vec<LimitToSet>>,
}

/// A new webhook. Unknown and repeated members are refused.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// An http or https URL, without user, password and fragment. http only works in networks that the
    /// operator allows.
    #[schema(
        min_length = 8,
        max_length = 2048,
        pattern = "^https?://[^/?#@\\s]+([/?][!-~]*)?$",
        example = "https://hooks.example.com/keyward"
    )]
    url: String,
    /// The types of events about keys; without any, all.
    #[schema(max_items = 27, example = json!(["api_key.disabled", "api_key.exposed"]))]
    event_types: Option<Vec<String>>,
    /// `KEYWARD` (the default), or `CAEP` for security event tokens.
    #[schema(pattern = "^(KEYWARD|CAEP)$")]
    encoding: Option<String>,
}

/// Changes to a key. A missing member stays unchanged; null clears any but the name. At least one
/// member is required. Unknown and repeated members are refused.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ApiKeyChange {
    #[schema(
        min_length = 1,
        max_length = 128,
        nullable = false,
        pattern = r"\S",
        example = "Renamed"
    )]
    name: Option<String>,
    #[schema(max_items = 100, example = json!(["payment:read"]))]
    scopes: Option<Vec<String>>,
    #[schema(max_items = 100, example = json!(["203.0.113.7"]))]
    ip_whitelist: Option<Vec<String>>,
    #[schema(format = DateTime, example = "2030-01-31T12:00:00Z")]
    expires_at: Option<String>,
    /// What the key is for, by the rules of the name.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"\S",
        example = "For the nightly report"
    )]
    description: Option<String>,
    /// What the platform calls the holder of the key.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]{1,255}$",
        example = "customer-4711"
    )]
    external_id: Option<String>,
    /// What the platform keeps about the key, at most 4 KiB as JSON.
    #[schema(schema_with = metadata)]
    metadata: Option<BTreeMap<String, String>>,
    /// How often the key may be used. The plan of the workspace may add limits.
    #[schema(max_items = 8)]
    limits: Option<Vec<LimitToSet>>,
}

/// A limit. Two limits of a key have different names.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LimitToSet {
    #[schema(
        min_length = 1,
        max_length = 32,
        pattern = "^[a-z][a-z0-9_-]*$",
        example = "requests"
    )]
    name: String,
    /// How many units may be used in any window.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 100)]
    max: i64,
    /// 1s to 31d, or a calendar day or month (UTC).
    #[schema(pattern = "^([1-9][0-9]*[smhd]|day|month)$", example = "1m")]
    window: String,
    /// What happens to a call when the limit can't be judged: it is undecided, or the limit does not
    /// count.
    #[schema(schema_with = asked_on_unavailable)]
    on_unavailable: Option<String>,
}

/// The key to delete.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NamedApiKey {
    #[schema(example = "sk_live_0352LgEZNa95dBFUcIVbVc")]
    key_id: String,
}

/// The options of a rotation.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old secret stays valid, in seconds.
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: Option<i32>,
}

/// A verifier's question.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Question {
    /// The presented text, valid or not.
    #[schema(example = "sk_live_…")]
    secret: String,
    /// The caller's address; a key with IP rules is denied without it.
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// All scopes that the call needs.
    #[schema(max_items = 100, example = json!(["payment:read"]))]
    scopes: Option<Vec<String>>,
    /// The mode of the called system.
    #[schema(schema_with = asked_modes)]
    mode: Option<String>,
    #[schema(schema_with = costs)]
    cost: Option<BTreeMap<String, i64>>,
}

/// Secrets that someone gives back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedSecrets {
    /// Texts of any form; white space around them does not count.
    #[schema(min_items = 1, max_items = 1_000)]
    secrets: Vec<String>,
}

/// A text that GitHub has found. Further members are ignored.
#[derive(ToSchema)]
pub(crate) struct GitHubLeakReport {
    /// A text of any form; white space around it does not count.
    token: String,
    /// The name that GitHub has for secrets of this form.
    #[serde(rename = "type")]
    #[schema(example = "acme_api_key")]
    token_type: Option<String>,
    /// Where it was found. It may be empty.
    #[schema(example = "https://github.com/octocat/example/blob/main/.env")]
    url: Option<String>,
}

/// Several questions.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    #[schema(min_items = 1, max_items = 100)]
    questions: Vec<Question>,
}
