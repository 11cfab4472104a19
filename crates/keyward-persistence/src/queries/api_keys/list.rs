use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyListing, Direction, KeyPrefix, Mode, Page, Pagination, Sort,
    SortBy, Status, Timestamp, UsageFilter, WorkspaceId,
};

use super::{offset, page};
use crate::backend::snapshot;
use crate::queries::api_keys::has_scopes::HasScopes;
use crate::queries::key_lifetimes::{policy_of, too_old_before};
use crate::queries::last_uses::{last_used_at, used_key_columns, used_keys};
use crate::queries::scope_uses::has_unused::HasUnusedScopes;
use crate::rows::UsedApiKeyRow;
use crate::schema::{api_keys, workspaces};
use crate::sql_types::{Id, Micros};
use crate::store::Store;

/// A filter as column values.
struct Filter {
    workspace_id: String,
    status: Option<Status>,
    mode: Option<&'static str>,
    search: Option<Search>,
    external_id: Option<String>,
    usage: UsageFilter,
    now: Micros,
    /// Keys with a secret from before this time are expired.
    too_old_before: Option<Micros>,
}

/// A pattern for names, and the ids that match as well.
struct Search {
    pattern: String,
    ids: Option<Ids>,
}

/// The prefix and mode of ids, and their first and last UUID.
struct Ids {
    prefix: KeyPrefix,
    mode: &'static str,
    first: Id,
    last: Id,
}

impl Filter {
    fn new(workspace_id: &WorkspaceId, filter: &ApiKeyFilter, now: Timestamp) -> Self {
        let search = filter.search.as_ref().map(|text| {
            let ids = text.ids().map(|(prefix, mode, range)| Ids {
                prefix,
                mode: mode.as_str(),
                first: Id(*range.start()),
                last: Id(*range.end()),
            });
            Search {
                pattern: containing(&text.folded()),
                ids,
            }
        });
        Self {
            workspace_id: workspace_id.as_str().to_owned(),
            status: filter.status,
            mode: filter.mode.map(Mode::as_str),
            search,
            external_id: filter.external_id.as_ref().map(ToString::to_string),
            usage: filter.usage,
            now: now.into(),
            too_old_before: None,
        }
    }

    /// Whether it depends on the lifetime policy of the workspace.
    fn needs_policy(&self) -> bool {
        matches!(self.status, Some(Status::Active | Status::Expired))
    }
}

/// A LIKE pattern for everything that contains the literal `text`.
fn containing(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

/// The keys that match a filter. A macro, because the query's type depends on the database.
macro_rules! meant {
    ($keys:expr, $filter:ident) => {{
        use $crate::schema::key_denials;
        use $crate::sql_types::Micros;
        let mut keys = $keys
            .filter(api_keys::workspace_id.eq(&$filter.workspace_id))
            .filter(api_keys::deleted_at.is_null())
            .into_boxed();
        if let Some(mode) = $filter.mode {
            keys = keys.filter(api_keys::mode.eq(mode));
        }
        if let Some(external_id) = &$filter.external_id {
            keys = keys.filter(api_keys::external_id.eq(external_id));
        }
        if let Some(is_never_used) = $filter.usage.is_never_used {
            // A key that was never used has a last use before all times.
            let first = Micros::from(keyward_domain::Timestamp::MIN);
            keys = if is_never_used {
                keys.filter(last_used_at!().lt(first))
            } else {
                keys.filter(last_used_at!().ge(first))
            };
        }
        if let Some(since) = $filter.usage.idle_since {
            let since = Micros::from(since);
            keys = keys
                .filter(api_keys::created_at.le(since))
                .filter(last_used_at!().le(since));
        }
        if let Some(since) = $filter.usage.denied_since {
            let since = Micros::from(since.truncated_to_hours());
            // An aggregate needs one look at the index for each key of the workspace. `EXISTS` may read the
            // denials of all keys.
            let of_key = key_denials::table
                .filter(key_denials::api_key_id.eq(api_keys::id))
                .filter(key_denials::denial_count.gt(0))
                .select(diesel::dsl::max(key_denials::hour));
            keys = keys.filter(of_key.single_value().ge(since));
        }
        keys = match $filter.usage.has_unused_scopes {
            None => keys,
            Some(true) => keys.filter(HasUnusedScopes),
            Some(false) => keys.filter(diesel::dsl::not(HasUnusedScopes)),
        };
        keys = match $filter.usage.never_expires {
            None => keys,
            Some(true) => keys.filter(api_keys::expires_at.is_null()),
            Some(false) => keys.filter(api_keys::expires_at.is_not_null()),
        };
        if let Some(until) = $filter.usage.expires_until {
            let until = Micros::from(until);
            keys = keys
                .filter(api_keys::expires_at.gt($filter.now))
                .filter(api_keys::expires_at.le(until));
        }
        keys = match $filter.usage.has_scopes {
            None => keys,
            Some(true) => keys.filter(HasScopes),
            Some(false) => keys.filter(diesel::dsl::not(HasScopes)),
        };
        keys = match $filter.status {
            None => keys,
            Some(Status::Deleted) => keys.filter(api_keys::deleted_at.is_not_null()),
            Some(Status::Disabled) => keys.filter(api_keys::is_disabled),
            Some(Status::Active) => {
                let lasting = api_keys::expires_at.gt($filter.now);
                keys = keys
                    .filter(diesel::dsl::not(api_keys::is_disabled))
                    .filter(api_keys::expires_at.is_null().or(lasting));
                match $filter.too_old_before {
                    None => keys,
                    Some(bound) => keys.filter(api_keys::secret_created_at.ge(bound)),
                }
            }
            Some(Status::Expired) => {
                keys = keys.filter(diesel::dsl::not(api_keys::is_disabled));
                let past = api_keys::expires_at.le($filter.now);
                match $filter.too_old_before {
                    None => keys.filter(past),
                    Some(bound) => {
                        let too_old = api_keys::secret_created_at.lt(bound);
                        keys.filter(too_old.or(past.assume_not_null()))
                    }
                }
            }
        };
        let by_name = |pattern| api_keys::name_folded.like(pattern).escape('\\');
        match &$filter.search {
            None => keys,
            Some(Search { pattern, ids: None }) => keys.filter(by_name(pattern)),
            Some(Search {
                pattern,
                ids: Some(ids),
            }) => {
                let by_id = api_keys::prefix
                    .eq(ids.prefix.as_str())
                    .and(api_keys::mode.eq(ids.mode))
                    .and(api_keys::id.between(ids.first, ids.last));
                keys.filter(by_name(pattern).or(by_id))
            }
        }
    }};
}

/// A sorted query. Equal keys are ordered by their ids.
macro_rules! sorted {
    ($keys:expr, ($($by:expr),+), $direction:expr) => {
        match $direction {
            Direction::Ascending => $keys.order(($($by.asc(),)+ api_keys::id.asc())),
            Direction::Descending => $keys.order(($($by.desc(),)+ api_keys::id.desc())),
        }
    };
}

/// One page of the keys that match a filter, sorted. The ids are selected first, so that the rows
/// before the page are not read completely.
macro_rules! part_by {
    ($keys:expr, $by:tt, $filter:ident, $sort:ident, $part:ident) => {{
        let ids = sorted!(meant!($keys, $filter), $by, $sort.direction)
            .limit($part.size().into())
            .offset(offset($part))
            .select(api_keys::id);
        let shown = used_keys!().filter(api_keys::id.eq_any(ids)).into_boxed();
        sorted!(shown, $by, $sort.direction)
    }};
}

/// One page of the keys that match a filter, in order.
macro_rules! part {
    ($filter:ident, $sort:expr, $part:expr) => {{
        let (sort, part): (Sort, Pagination) = ($sort, $part);
        let keys = api_keys::table;
        match sort.by {
            SortBy::CreatedAt => part_by!(keys, (api_keys::created_at), $filter, sort, part),
            SortBy::Name => part_by!(keys, (api_keys::name_folded), $filter, sort, part),
            SortBy::LastUsedAt => part_by!(keys, (last_used_at!()), $filter, sort, part),
            // The default place of NULL depends on the database.
            SortBy::ExpiresAt => {
                let (is_endless, end) = (api_keys::expires_at.is_null(), api_keys::expires_at);
                part_by!(keys, (is_endless, end), $filter, sort, part)
            }
        }
        .select(used_key_columns!())
    }};
}

/// The page and the total come from one snapshot.
pub(super) async fn run(
    store: &Store,
    workspace_id: &WorkspaceId,
    listing: &ApiKeyListing,
) -> Result<Page<ApiKey>, RepositoryError> {
    let mut filter = Filter::new(workspace_id, &listing.filter, listing.now);
    let (sort, part, now) = (listing.sort, listing.page, listing.now);
    let is_open = listing.filter.is_open();
    let deployment = store.key_lifetime();
    snapshot!(store, |conn| {
        if filter.needs_policy() {
            let policy = policy_of!(conn, &filter.workspace_id, deployment);
            let lifetime = policy.refused_after();
            filter.too_old_before = lifetime.map(|lifetime| too_old_before(lifetime, now));
        }
        // With an open filter, the workspace's count is the total.
        let total: i64 = if is_open {
            let workspace = workspaces::table.find(&filter.workspace_id);
            let key_count = workspace.select(workspaces::key_count);
            key_count.get_result(conn).await.optional()?.unwrap_or(0)
        } else {
            meant!(api_keys::table, filter)
                .count()
                .get_result(conn)
                .await?
        };
        let rows: Vec<UsedApiKeyRow> = part!(filter, sort, part).load(conn).await?;
        Ok(page(rows, total, &deployment)?)
    })
}

/// How many keys match each filter, from one snapshot.
pub(super) async fn count(
    store: &Store,
    workspace_id: &WorkspaceId,
    filters: &[ApiKeyFilter],
    now: Timestamp,
) -> Result<Vec<u64>, RepositoryError> {
    let filters = filters.iter();
    let mut filters: Vec<Filter> = filters
        .map(|filter| Filter::new(workspace_id, filter, now))
        .collect();
    let deployment = store.key_lifetime();
    snapshot!(store, |conn| {
        let mut counts = Vec::with_capacity(filters.len());
        for filter in &mut filters {
            if filter.needs_policy() {
                let policy = policy_of!(conn, &filter.workspace_id, deployment);
                let lifetime = policy.refused_after();
                filter.too_old_before = lifetime.map(|lifetime| too_old_before(lifetime, now));
            }
            let count: i64 = meant!(api_keys::table, filter)
                .count()
                .get_result(conn)
                .await?;
            // A count is never negative.
            counts.push(u64::try_from(count).unwrap_or(0));
        }
        Ok(counts)
    })
}

#[cfg(feature = "testing")]
mod explain;

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn what_is_searched_for_is_taken_literally() {
        assert_eq!(containing(r"50%_\x"), r"%50\%\_\\x%");
    }
}
