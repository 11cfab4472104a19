use std::fmt::Display;
use std::str::FromStr;

use keyward_domain::{
    ApiKeyFilter, ApiKeyListing, ExternalId, KEY_NAME_LENGTH_MAX, Mode, PAGE_SIZE_MAX, Pagination,
    SearchText, Sort, Status, Timestamp, UsageFilter,
};

use super::external_id::invalid_external_id;
use super::query::Query;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

const PAGE: &str = "page";
pub(super) const SIZE: &str = "size";
const SORT: &str = "sort";
const STATUS: &str = "status";
const MODE: &str = "mode";
const SEARCH: &str = "q";
const EXTERNAL_ID: &str = "externalId";
const NEVER_USED: &str = "neverUsed";
const HAS_UNUSED_SCOPES: &str = "hasUnusedScopes";
const IDLE_DAYS: &str = "idleDays";
const DENIED_DAYS: &str = "deniedDays";
const NEVER_EXPIRES: &str = "neverExpires";
const EXPIRES_DAYS: &str = "expiresDays";
const HAS_SCOPES: &str = "hasScopes";

/// The maximum of `idleDays`, `deniedDays` and `expiresDays`: ten years.
const DAYS_MAX: u32 = 3_650;

/// The default size of a page.
const SIZE_DEFAULT: u32 = 20;

/// The list that a query asks for, with statuses at `now` (contract §3).
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub fn listing(query: &str, now: Timestamp) -> Result<ApiKeyListing, RequestError> {
    let mut query = Query::read(
        query,
        &[
            PAGE,
            SIZE,
            SORT,
            STATUS,
            MODE,
            SEARCH,
            EXTERNAL_ID,
            NEVER_USED,
            HAS_UNUSED_SCOPES,
            IDLE_DAYS,
            DENIED_DAYS,
            NEVER_EXPIRES,
            EXPIRES_DAYS,
            HAS_SCOPES,
        ],
    );
    let page = pagination(&mut query);
    let sort = query.take(SORT, |text| {
        Sort::parse(text).map_err(|_invalid| Problem::new(SORT, MessageId::SortInvalid))
    });
    let status = query.take(STATUS, |text| {
        listed_status(text).ok_or_else(|| Problem::new(STATUS, MessageId::StatusInvalid))
    });
    let mode = query.take(MODE, |text| {
        Mode::parse(text).ok_or_else(|| Problem::new(MODE, MessageId::ModeNameInvalid))
    });
    let search = query.take(SEARCH, |text| {
        SearchText::parse(text).map_err(|_invalid| {
            let max = KEY_NAME_LENGTH_MAX.to_string().into();
            Problem::with(SEARCH, MessageId::SearchInvalid, vec![("max", max)])
        })
    });
    let external_id = query.take(EXTERNAL_ID, |text| {
        ExternalId::parse(text).map_err(|_invalid| invalid_external_id(EXTERNAL_ID))
    });
    let filter = ApiKeyFilter {
        status,
        mode,
        search,
        external_id,
        usage: usage(&mut query, now),
    };
    finish(query, page).map(|page| ApiKeyListing {
        filter,
        sort: sort.unwrap_or_default(),
        page,
        now,
    })
}

fn usage(query: &mut Query, now: Timestamp) -> UsageFilter {
    UsageFilter {
        is_never_used: query.take_flag(NEVER_USED),
        has_unused_scopes: query.take_flag(HAS_UNUSED_SCOPES),
        idle_since: days(query, IDLE_DAYS).map(|ago| now.plus_seconds(-ago)),
        denied_since: days(query, DENIED_DAYS).map(|ago| now.plus_seconds(-ago)),
        never_expires: query.take_flag(NEVER_EXPIRES),
        expires_until: days(query, EXPIRES_DAYS).map(|ahead| now.plus_seconds(ahead)),
        has_scopes: query.take_flag(HAS_SCOPES),
    }
}

/// A number of days, 1 to 3,650, in seconds.
fn days(query: &mut Query, parameter: &'static str) -> Option<i64> {
    let days: u32 = query.take(parameter, |text| {
        whole_number(text)
            .filter(|days| (1..=DAYS_MAX).contains(days))
            .ok_or_else(|| bounded(parameter, 1, DAYS_MAX))
    })?;
    Some(24 * 60 * 60 * i64::from(days))
}

/// The page of a list that has no other parameters.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub fn page(query: &str) -> Result<Pagination, RequestError> {
    let mut query = Query::read(query, &[PAGE, SIZE]);
    let page = pagination(&mut query);
    finish(query, page)
}

/// The page, unless there was any problem.
fn finish(query: Query, page: Option<Pagination>) -> Result<Pagination, RequestError> {
    let problems = query.into_problems();
    page.filter(|_| problems.is_empty())
        .ok_or(RequestError::Invalid(problems))
}

fn pagination(query: &mut Query) -> Option<Pagination> {
    let number = query.take(PAGE, |text| {
        whole_number(text).ok_or_else(|| bounded(PAGE, 0, u32::MAX))
    });
    Pagination::new(number.unwrap_or(0), size(query)).ok()
}

/// The size of a page, 1 to 100; the default when it is absent, or invalid, which is added to the
/// problems.
pub(super) fn size(query: &mut Query) -> u32 {
    let size = query.take(SIZE, |text| {
        whole_number(text)
            .filter(|size| (1..=PAGE_SIZE_MAX).contains(size))
            .ok_or_else(|| bounded(SIZE, 1, PAGE_SIZE_MAX))
    });
    size.unwrap_or(SIZE_DEFAULT)
}

/// Digits only: no sign, no space.
pub(super) fn whole_number<N: FromStr>(text: &str) -> Option<N> {
    let only_digits = text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| only_digits)
}

pub(super) fn bounded(parameter: &'static str, min: u32, max: impl Display) -> Problem {
    let bounds = vec![
        ("min", min.to_string().into()),
        ("max", max.to_string().into()),
    ];
    Problem::with(parameter, MessageId::NumberInvalid, bounds)
}

/// Deleted keys are never listed, so `DELETED` is not a valid filter.
fn listed_status(text: &str) -> Option<Status> {
    Status::parse(text).filter(|status| match status {
        Status::Active | Status::Disabled | Status::Expired => true,
        Status::Deleted => false,
    })
}

#[cfg(test)]
mod tests;
