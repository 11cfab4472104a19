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
}
