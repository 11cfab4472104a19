use utoipa::IntoParams;

use super::words::{listed_modes, listed_statuses};

/// The page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageParams {
    /// From 0.
    #[param(minimum = 0, maximum = 4_294_967_295_i64, default = 0)]
    page: Option<i64>,
    /// The maximum number of entries.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
}

/// Filter, order and page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListingParams {
    /// From 0.
    #[param(minimum = 0, maximum = 4_294_967_295_i64, default = 0)]
    page: Option<i64>,
    /// The maximum number of entries.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
    /// `createdAt`, `name`, `lastUsedAt` or `expiresAt`, and the direction.
    #[param(
        pattern = "^((createdAt|name|lastUsedAt|expiresAt)(,(asc|desc))?)?$",
        example = "createdAt,desc"
    )]
    sort: Option<String>,
    /// Only keys with this status.
    #[param(schema_with = listed_statuses)]
    status: Option<String>,
    /// Only keys with this mode.
    #[param(schema_with = listed_modes)]
    mode: Option<String>,
    /// Only keys whose name contains this text, or whose id begins with it.
    #[param(max_length = 128)]
    q: Option<String>,
    /// Only keys with exactly this external id.
    #[param(
        rename = "externalId",
        max_length = 255,
        pattern = "^[!-~]*$",
        example = "customer-4711"
    )]
    external_id: Option<String>,
    /// Only keys that were never used (`true`), or only those that were (`false`).
    #[param(rename = "neverUsed", pattern = "^(true|false)?$", example = "true")]
    never_used: Option<String>,
    /// Only keys with a scope that no allowed call has ever required (`true`), or only those without (`false`).
    #[param(
        rename = "hasUnusedScopes",
        pattern = "^(true|false)?$",
        example = "true"
    )]
    has_unused_scopes: Option<String>,
    /// Only keys that were neither created nor used in the last so many days.
    #[param(rename = "idleDays", minimum = 1, maximum = 3_650, example = 90)]
    idle_days: Option<i32>,
    /// Only keys that were denied in the last so many days, rounded up to an hour.
    #[param(rename = "deniedDays", minimum = 1, maximum = 3_650, example = 7)]
    denied_days: Option<i32>,
    /// Only keys without an expiry (`true`), or only those with one (`false`).
    #[param(rename = "neverExpires", pattern = "^(true|false)?$", example = "true")]
    never_expires: Option<String>,
    /// Only keys that expire in the next so many days.
    #[param(rename = "expiresDays", minimum = 1, maximum = 3_650, example = 14)]
    expires_days: Option<i32>,
    /// Only keys with at least one scope (`true`), or only those without any (`false`).
    #[param(rename = "hasScopes", pattern = "^(true|false)?$", example = "false")]
    has_scopes: Option<String>,
}

/// The period of a usage report.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageParams {
    /// The beginning; 24 hours before the end by hour, and 30 days before it by day, when it is missing.
    #[param(format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// The end; now when it is missing.
    #[param(format = DateTime, example = "2026-11-30T00:00:00Z")]
    to: Option<String>,
    /// `hour` or `day`.
    #[param(pattern = "^(hour|day)?$", default = "day")]
    by: Option<String>,
}

/// A part of the published events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsParams {
    /// Only events after this one: the `next` of the last answer. 0 begins at the oldest event.
    #[param(minimum = 0, maximum = 9_223_372_036_854_775_807_i64, default = 0)]
    after: Option<i64>,
    /// The maximum number of events.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
    /// How many seconds to wait when there is no event.
    #[param(minimum = 0, maximum = 30, default = 0)]
    wait: Option<i32>,
    /// `CAEP` for security events; only changes of keys have this form.
    #[param(pattern = "^(KEYWARD|CAEP)?$", default = "KEYWARD")]
    encoding: Option<String>,
}

/// The events that are sent again.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReplayParams {
    /// Only events with a sequence above this one.
    #[param(minimum = 0, maximum = 9_223_372_036_854_775_807_i64, default = 0)]
    after: Option<i64>,
}

/// A part of the deliveries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveriesParams {
    /// Only events with a sequence below this one: the `next` of the last answer.
    #[param(minimum = 0, maximum = 9_223_372_036_854_775_807_i64)]
    before: Option<i64>,
    /// The maximum number of deliveries.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i32>,
}
