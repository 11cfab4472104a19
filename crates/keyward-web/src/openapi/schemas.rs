//! What has no type of its own in the handlers: bodies are read member by member, so that every
//! mistake in them can be told.
#![expect(dead_code, reason = "these types describe, and are never made")]
#![expect(
    clippy::struct_field_names,
    reason = "a member of the contract is called like this"
)]

use keyward_domain::{AuditAction, Decision, Mode, Status};
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

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

/// A key to be created. Unknown and repeated members are refused.
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
    /// Codes of the scope catalogue; none is no access at all.
    #[schema(max_items = 100, example = json!(["payment:read", "payment:write"]))]
    scopes: Option<Vec<String>>,
    /// 1 LIVE, 2 TEST; TEST only from the PARTNER portal.
    #[schema(schema_with = mode_numbers)]
    mode: Option<i32>,
    /// IPv4 and IPv6 addresses and CIDR blocks; none is no restriction.
    #[schema(max_items = 100, example = json!(["192.168.1.0/24"]))]
    ip_whitelist: Option<Vec<String>>,
    /// When it ends, in the future (RFC 3339).
    #[schema(format = DateTime, example = "2030-01-31T12:00:00Z")]
    expires_at: Option<String>,
}

/// What is to change of a key: absent stays as it is, null clears all but the name. At least one
/// member. Unknown and repeated members are refused.
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
}

/// A key to be deleted.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NamedApiKey {
    #[schema(example = "sk_live_0352LgEZNa95dBFUcIVbVc")]
    key_id: String,
}

/// How a key gets a new secret.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old secret lives on, in seconds.
    #[schema(minimum = 0, maximum = 604_800, default = 86_400)]
    overlap_seconds: Option<i32>,
}

/// What a verifier asks.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Question {
    /// As it was presented, whatever it is.
    #[schema(example = "sk_live_…")]
    secret: String,
    /// From where the call comes; a key with IP rules is refused without it.
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// All that the call needs to be allowed.
    #[schema(max_items = 100, example = json!(["payment:read"]))]
    scopes: Option<Vec<String>>,
    /// Which mode the called system is of.
    #[schema(schema_with = asked_modes)]
    mode: Option<String>,
}

/// Several questions.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    #[schema(min_items = 1, max_items = 100)]
    questions: Vec<Question>,
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

/// Which part of a listing.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// From 0.
    #[param(minimum = 0, maximum = 4_294_967_295_i64, default = 0)]
    page: Option<i64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
}

/// Which keys, in which order, and which part of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListingParams {
    /// From 0.
    #[param(minimum = 0, maximum = 4_294_967_295_i64, default = 0)]
    page: Option<i64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
    /// `createdAt`, `name`, `lastUsedAt` or `expiresAt`, and the direction.
    #[param(
        pattern = "^((createdAt|name|lastUsedAt|expiresAt)(,(asc|desc))?)?$",
        example = "createdAt,desc"
    )]
    sort: Option<String>,
    /// Those of this status.
    #[param(schema_with = listed_statuses)]
    status: Option<String>,
    /// Those of this mode.
    #[param(schema_with = listed_modes)]
    mode: Option<String>,
    /// Those whose name contains it, or whose id begins with it.
    #[param(max_length = 128)]
    q: Option<String>,
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words))
        .build()
}

/// Always null; generators of clients know no type that is nothing else.
fn null() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Object, Type::Null]))
        .max_properties(Some(0))
        .description(Some("Always null."))
        .build()
}

/// `LIVE` or `TEST`.
pub(crate) fn modes() -> Object {
    words(Mode::ALL.map(Mode::as_str))
}

fn asked_modes() -> Object {
    let mut modes = modes();
    modes.schema_type = SchemaType::Array(vec![Type::String, Type::Null]);
    modes
        .enum_values
        .get_or_insert_default()
        .push(serde_json::Value::Null);
    modes
}

fn mode_numbers() -> Object {
    let mut numbers: Vec<serde_json::Value> = Mode::ALL.map(|mode| mode.code().into()).to_vec();
    numbers.push(serde_json::Value::Null);
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Integer, Type::Null]))
        .enum_values(Some(numbers))
        .build()
}

/// Of a key, at any moment.
pub(crate) fn statuses() -> Object {
    words(Status::ALL.map(Status::as_str))
}

/// Nothing asks for nothing.
fn listed_statuses() -> Object {
    let listed = [Status::Active, Status::Disabled, Status::Expired];
    words(listed.map(Status::as_str).into_iter().chain([""]))
}

fn listed_modes() -> Object {
    words(Mode::ALL.map(Mode::as_str).into_iter().chain([""]))
}

/// What can have been done to a key.
pub(crate) fn actions() -> Object {
    words(AuditAction::ALL.map(AuditAction::as_str))
}

/// What a verifier can be told.
pub(crate) fn decisions() -> Object {
    let missing = Vec::new();
    let all = [
        Decision::Valid,
        Decision::Malformed,
        Decision::Unknown,
        Decision::Disabled,
        Decision::Expired,
        Decision::WrongMode,
        Decision::IpNotAllowed,
        Decision::NoScopes,
        Decision::InsufficientScope { missing },
    ];
    words(all.iter().map(Decision::as_str))
}
