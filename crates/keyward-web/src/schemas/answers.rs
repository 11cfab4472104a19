#![expect(
    clippy::struct_field_names,
    reason = "a member of the contract is called like this"
)]

use utoipa::ToSchema;

use super::words::{decisions, modes, null};

/// An answer that carries data.
#[derive(ToSchema)]
pub(crate) struct Success<T: ToSchema> {
    /// Of the envelope.
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

/// An answer that says no more than that it was done.
#[derive(ToSchema)]
pub(crate) struct Done {
    /// Of the envelope.
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

/// An answer that tells what went wrong.
#[derive(ToSchema)]
pub(crate) struct Refusal {
    /// Of the envelope.
    #[schema(example = "1.3.0")]
    version: String,
    /// Milliseconds since the Unix epoch.
    #[schema(example = 1_709_337_600_000_i64)]
    timestamp: i64,
    #[schema(example = false)]
    success: bool,
    /// What programs tell failures apart by.
    #[schema(pattern = "^[45][0-9]{3}$", example = "4010")]
    code: String,
    /// In the caller's language.
    message: String,
    /// The key that this very request made before, for 4091.
    #[schema(nullable = false)]
    data: Option<MadeBefore>,
    /// All that is wrong with the request, for 4000.
    #[schema(nullable = false)]
    errors: Option<Vec<FieldError>>,
}

/// A key that a request made before.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeBefore {
    #[schema(pattern = "^sk_(live|test)_[0-9A-Za-z]{22}$")]
    api_key_id: String,
}

/// What is wrong where.
#[derive(ToSchema)]
struct FieldError {
    /// A member, parameter or header, as the caller writes it.
    #[schema(example = "ipWhitelist[0]")]
    field: String,
    /// In the caller's language.
    message: String,
}

/// What a verifier is told. Of the key, only when the call is allowed.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    valid: bool,
    #[schema(schema_with = decisions)]
    decision: String,
    #[schema(nullable = false, pattern = "^sk_(live|test)_[0-9A-Za-z]{22}$")]
    api_key_id: Option<String>,
    #[schema(nullable = false)]
    workspace_id: Option<String>,
    #[schema(schema_with = modes)]
    mode: Option<String>,
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    #[schema(nullable = false)]
    name: Option<String>,
    /// What the key may not do, for `INSUFFICIENT_SCOPE`.
    #[schema(nullable = false)]
    missing_scopes: Option<Vec<String>>,
    /// Every check, when `explain` is asked for.
    #[schema(nullable = false)]
    checks: Option<Vec<CheckOutcome>>,
}

/// One check, in the order in which they are made.
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
    Decided(Verdict),
    Undecided(Undecided),
}

/// A question that can't be decided now: nothing is allowed by it.
#[derive(ToSchema)]
struct Undecided {
    #[schema(example = false)]
    valid: bool,
    /// As a failure's.
    #[schema(example = "5030")]
    code: String,
}
