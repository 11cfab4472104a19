#![expect(clippy::struct_field_names, reason = "the contract's name")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::words::{decisions, modes, named_texts, null};

/// A response with data.
#[derive(ToSchema)]
pub(crate) struct Success<T: ToSchema> {
    /// The version of the envelope.
    #[schema(example = "1.3.0")]
    version: String,
    /// Milliseconds since the Unix epoch.
    #[schema(example = 1_709_337_600_000_i64)]
    timestamp: i64,
    #[schema(example = true)]
    success: bool,
    #[schema(example = "2000")]
    code: String,
    #[schema(example = "SUCCESS")]
    message: String,
    data: T,
}

/// A response to a successful operation without a result.
#[derive(ToSchema)]
pub(crate) struct Done {
    /// The version of the envelope.
    #[schema(example = "1.3.0")]
    version: String,
    /// Milliseconds since the Unix epoch.
    #[schema(example = 1_709_337_600_000_i64)]
    timestamp: i64,
    #[schema(example = true)]
    success: bool,
    #[schema(example = "2000")]
    code: String,
    #[schema(example = "SUCCESS")]
    message: String,
    #[schema(schema_with = null)]
    data: (),
}

/// A response to a failed request.
#[derive(ToSchema)]
pub(crate) struct Refusal {
    /// The version of the envelope.
    #[schema(example = "1.3.0")]
    version: String,
    /// Milliseconds since the Unix epoch.
    #[schema(example = 1_709_337_600_000_i64)]
    timestamp: i64,
    #[schema(example = false)]
    success: bool,
    /// The code of the failure, for programs.
    #[schema(pattern = "^[45][0-9]{3}$", example = "4010")]
    code: String,
    /// In the caller's language.
    message: String,
    /// The key that this request already created or changed, for 4091.
    #[schema(nullable = false)]
    data: Option<MadeBefore>,
    /// All problems of the request, for 4000.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
}

/// The key of a request that was already carried out.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeBefore {
    #[schema(pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$")]
    api_key_id: String,
}

/// A problem and its field.
#[derive(ToSchema)]
pub(crate) struct FieldError {
    /// A member, parameter or header, as the caller writes it.
    #[schema(example = "ipWhitelist[0]")]
    field: String,
    /// In the caller's language.
    message: String,
}

/// The answer to a verifier. It has data of the key only when the call is allowed.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    valid: bool,
    #[schema(schema_with = decisions)]
    decision: String,
    #[schema(
        nullable = false,
        pattern = "^[a-z][a-z0-9]{1,11}_(live|test)_[0-9A-Za-z]{22}$"
    )]
    api_key_id: Option<String>,
    #[schema(nullable = false)]
    workspace_id: Option<String>,
    #[schema(schema_with = modes)]
    mode: Option<String>,
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    #[schema(nullable = false)]
    name: Option<String>,
    /// The external id of the key, if it has one.
    #[schema(nullable = false, example = "customer-4711")]
    external_id: Option<String>,
    /// The metadata of the key, if it has any.
    #[schema(schema_with = named_texts)]
    metadata: Option<BTreeMap<String, String>>,
    /// The missing scopes, for `INSUFFICIENT_SCOPE`.
    #[schema(nullable = false)]
    missing_scopes: Option<Vec<String>>,
    /// All limits of the key after an allowed call; for `RATE_LIMITED`, `QUOTA_EXCEEDED` and
    /// `COST_ABOVE_LIMIT` the one that is the reason.
    #[schema(nullable = false)]
    limits: Option<Vec<LimitState>>,
    /// True when changes of the key may have been missed for a second or longer.
    #[schema(nullable = false)]
    stale: Option<bool>,
    /// Every check, when `explain` is true.
    #[schema(nullable = false)]
    checks: Option<Vec<CheckOutcome>>,
}

/// A limit after a call. It has no `remaining` and no `reset` for `COST_ABOVE_LIMIT`.
#[derive(ToSchema)]
struct LimitState {
    #[schema(example = "requests")]
    name: String,
    /// How many units may be used in a window.
    #[schema(example = 100)]
    limit: u64,
    #[schema(example = "1m")]
    window: String,
    /// How many units can still be used, as far as this node knows.
    #[schema(nullable = false, example = 87)]
    remaining: Option<u64>,
    /// Seconds: after an allowed call until all units can be used again, after a denied one until it
    /// may be allowed.
    #[schema(nullable = false, example = 42)]
    reset: Option<u64>,
}

/// One check; they are in the order of the decision.
#[derive(ToSchema)]
struct CheckOutcome {
    #[schema(example = "notExpired")]
    check: String,
    passes: bool,
}

/// The verdicts, in the order of the questions.
#[derive(ToSchema)]
pub(crate) struct Verdicts {
    answers: Vec<VerdictOfMany>,
}

/// One of several verdicts.
#[derive(ToSchema)]
#[serde(untagged)]
enum VerdictOfMany {
    Decided(Box<Verdict>),
    Undecided(Undecided),
}

/// A question that can't be decided now. It is not allowed.
#[derive(ToSchema)]
struct Undecided {
    #[schema(example = false)]
    valid: bool,
    /// The same code as in a failed request.
    #[schema(example = "5030")]
    code: String,
}
