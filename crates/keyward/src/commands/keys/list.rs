use std::time::Duration;

use keyward_domain::ports::RepositoryError;
use keyward_domain::ports::{ApiKeys as _, Clock as _};
use keyward_domain::usecases::ManageApiKeys;
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyListing, OwnedWorkspace, PAGE_SIZE_MAX, Page, Pagination,
    Timestamp, UsageFilter,
};
use keyward_persistence::Store;

use super::row::{self, Row};
use crate::cli::Format;
use crate::cli::{KeysListArgs, ModeArg};
use crate::failure::Failure;
use crate::wiring;

pub(super) async fn run(
    manage: &ManageApiKeys,
    workspace: &OwnedWorkspace,
    args: KeysListArgs,
) -> Result<(), Failure> {
    let now = manage.clock.now();
    let filter = ApiKeyFilter {
        status: args.status,
        mode: args.mode.map(ModeArg::mode),
        search: args.search,
        external_id: args.external_id,
        usage: UsageFilter {
            is_never_used: args.never_used.then_some(true),
            has_unused_scopes: args.has_unused_scopes.then_some(true),
            idle_since: args.idle_for.map(|age| before(now, age)),
            denied_since: args.denied_within.map(|age| before(now, age)),
            never_expires: args.never_expires.then_some(true),
            expires_until: args.expires_within.map(|time| after(now, time)),
            has_scopes: args.has_scopes,
        },
    };
    let keys = all_pages(async |page| {
        let (filter, sort) = (filter.clone(), args.sort);
        let listing = ApiKeyListing {
            filter,
            sort,
            page,
            now,
        };
        manage.list(workspace, &listing).await
    });
    let keys = keys.await?;
    let rows: Vec<Row<'_>> = keys.iter().map(|key| Row::of(key, now)).collect();
    row::write(args.output.output, &rows)
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    now.plus_seconds(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
    now.plus_seconds(seconds.saturating_neg())
}

pub(super) async fn expiring(
    store: &Store,
    within: Duration,
    format: Format,
) -> Result<(), Failure> {
    let now = wiring::clock(store).now();
    let seconds = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
    let until = now.plus_seconds(seconds);
    let keys = all_pages(async |page| store.expiring(now, until, page).await).await?;
    let rows: Vec<Row<'_>> = keys.iter().map(|key| Row::of(key, now)).collect();
    row::write_with_workspace(format, &rows)
}

/// All keys of a list, page by page.
pub(super) async fn all_pages(
    list: impl AsyncFn(Pagination) -> Result<Page<ApiKey>, RepositoryError>,
) -> Result<Vec<ApiKey>, Failure> {
    let mut keys: Vec<ApiKey> = Vec::new();
    for number in 0.. {
        let page = Pagination::new(number, PAGE_SIZE_MAX)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        let page = list(page).await?;
        let is_last = page.items.is_empty();
        keys.extend(page.items);
        if is_last || u64::try_from(keys.len()).is_ok_and(|seen| seen >= page.total) {
            break;
        }
    }
    Ok(keys)
}
