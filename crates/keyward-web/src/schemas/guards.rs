use utoipa::ToSchema;

/// The hashes of secrets.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretHashes {
    /// SHA-256 of each secret: 64 hexadecimal digits, base64 or base64url.
    #[schema(max_items = 100)]
    secret_hashes: Vec<String>,
}

/// A guard is there, and has applied all changes up to `position`.
#[derive(ToSchema)]
pub(crate) struct Heartbeat {
    /// The id of the guard's stream, from the event `opened`.
    stream: String,
    /// Another one for each heartbeat.
    #[schema(minimum = 0)]
    number: i64,
    /// The id of the last event that the guard has applied.
    position: String,
}

/// Uses and denials since the last report, and last uses of scopes.
#[derive(ToSchema)]
#[schema(as = Uses)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UseReport {
    #[schema(max_items = 1024)]
    uses: Vec<SecretUse>,
    #[schema(max_items = 1024)]
    denials: Vec<KeyDenials>,
    /// The scopes that allowed calls have required, once a day each.
    #[schema(max_items = 1024, nullable = false)]
    scope_uses: Option<Vec<ScopeUse>>,
}

/// The uses of one secret in one hour.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct SecretUse {
    secret_hash: String,
    /// The key that has the secret.
    api_key_id: String,
    /// Microseconds since 1970.
    last_used_at_micros: i64,
    /// The address of the last use; missing when the guard did not know it.
    #[schema(nullable = false)]
    address: Option<String>,
    /// A set of bits, in which each address sets the one that belongs to it (contract §10); when it is missing,
    /// that of `address`.
    #[schema(nullable = false, pattern = "^[0-9a-f]{16}$")]
    addresses: Option<String>,
    #[schema(minimum = 0)]
    count: i64,
}

/// The denials of one key, for one reason, in one hour.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct KeyDenials {
    api_key_id: String,
    denial: String,
    /// Microseconds since 1970.
    last_denied_at_micros: i64,
    #[schema(nullable = false)]
    address: Option<String>,
    #[schema(minimum = 0)]
    count: i64,
}

/// The last day on which an allowed call with a key required a scope.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct ScopeUse {
    api_key_id: String,
    scope: String,
    /// Any time of the day (UTC), in microseconds since 1970.
    last_used_on_micros: i64,
}

/// The limits of which a guard changes its lease.
#[derive(ToSchema)]
pub(crate) struct Refills {
    #[schema(max_items = 1024)]
    refills: Vec<RefillRequest>,
}

/// A change of the lease of one limit.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct RefillRequest {
    workspace_id: String,
    /// The UUID of the key; missing for a limit of the whole workspace.
    #[schema(nullable = false)]
    api_key_uuid: Option<String>,
    /// The name of the limit.
    name: String,
    /// A UUID that the guard has made at its start.
    guard: String,
    /// Grows with each refill.
    #[schema(minimum = 0)]
    number: i64,
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    max: i64,
    window: String,
    /// The leased units that the guard keeps. It gives back all others.
    #[schema(minimum = 0)]
    kept: i64,
    /// Used units that the guard no longer counts itself.
    spent: Vec<SpentUnits>,
    /// The units that the guard wants besides those that it keeps.
    #[schema(minimum = 0)]
    wanted: i64,
    /// As the last answer said.
    #[schema(nullable = false)]
    period_end_micros: Option<i64>,
}

/// Used units, and how long they can't be used again.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct SpentUnits {
    #[schema(minimum = 0)]
    units: i64,
    #[schema(minimum = 0)]
    rests_micros: i64,
}
