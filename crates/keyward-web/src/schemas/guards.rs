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

/// Uses and denials since the last report.
#[derive(ToSchema)]
pub(crate) struct Uses {
    #[schema(max_items = 1024)]
    uses: Vec<SecretUse>,
    #[schema(max_items = 1024)]
    denials: Vec<KeyDenials>,
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
