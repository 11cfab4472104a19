//! Finds out what happens to keys without a change.

use std::num::NonZeroU8;
use std::sync::Arc;

use crate::caller::workspace::WorkspaceId;
use crate::events::notice::{EXPIRING_DAYS, Notice, NoticeKind};
use crate::key::api_key::ApiKey;
use crate::key::status::Status;
use crate::listing::page::{PAGE_SIZE_MAX, Pagination};
use crate::ports::{ApiKeys, Denials, EventLog, KeyDenials, RepositoryError};
use crate::timestamp::Timestamp;
use crate::usage::alarm::Alarm;
use crate::verification::denial::Denial;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Denials of this hour and the last one are looked at.
const DENIALS_SECONDS: i64 = 60 * 60;

/// The keys whose denials are read at once.
const DENIED_KEYS: u32 = 500;

/// Puts notices into the outbox: of keys that expire, and of denials that raise an alarm.
///
/// Any number of nodes can run it at any time: a notice is published once. When none runs for a day,
/// notices of keys that expired in the meantime are missing.
#[derive(Clone)]
pub struct NoteNotices {
    /// The keys.
    pub api_keys: Arc<dyn ApiKeys>,
    /// Their denials.
    pub denials: Arc<dyn Denials>,
    /// Where notices go.
    pub event_log: Arc<dyn EventLog>,
}

impl NoteNotices {
    /// Looks at all keys once. Returns how many new notices there are.
    ///
    /// # Errors
    /// The first [`RepositoryError`]. Each kind of notice is looked for by itself, so that an unreadable
    /// key only stops its own.
    pub async fn run(&self, now: Timestamp) -> Result<u64, RepositoryError> {
        let days = EXPIRING_DAYS.into_iter().filter_map(NonZeroU8::new);
        let mut noted = self.denied(now).await;
        for within_days in std::iter::once(None).chain(days.map(Some)) {
            let more = self.expiries(within_days, now).await;
            noted = noted.and_then(|count| Ok(count + more?));
        }
        noted
    }

    /// Keys that expire in the last of these days, or without days that have expired in the last one.
    async fn expiries(
        &self,
        within_days: Option<NonZeroU8>,
        now: Timestamp,
    ) -> Result<u64, RepositoryError> {
        let days = within_days.map_or(0, |days| i64::from(days.get()));
        let until = now.plus_seconds(days * DAY_SECONDS);
        let after = until.plus_seconds(-DAY_SECONDS);
        let mut noted = 0;
        for number in 0.. {
            let Ok(page) = Pagination::new(number, PAGE_SIZE_MAX) else {
                break;
            };
            let keys = self.api_keys.expiring(after, until, page).await?.items;
            let notice = |key: &ApiKey| expiry_notice(key, within_days, now);
            noted += self.put(keys.iter().filter_map(notice).collect()).await?;
            if keys.len() < usize::try_from(PAGE_SIZE_MAX).unwrap_or(usize::MAX) {
                break;
            }
        }
        Ok(noted)
    }

    async fn denied(&self, now: Timestamp) -> Result<u64, RepositoryError> {
        let since = now.plus_seconds(-DENIALS_SECONDS);
        let (mut noted, mut after) = (0, None);
        loop {
            let denials = self
                .denials
                .denials_since(since, after, DENIED_KEYS)
                .await?;
            let Some((_workspace, last)) = denials.last() else {
                return Ok(noted);
            };
            after = Some(last.api_key_id.uuid());
            let of_key = |one: &(WorkspaceId, KeyDenials), next: &(WorkspaceId, KeyDenials)| {
                one.1.api_key_id == next.1.api_key_id
            };
            let notices = denials.chunk_by(of_key).flat_map(denial_notices);
            noted += self.put(notices.collect()).await?;
        }
    }

    async fn put(&self, notices: Vec<Notice>) -> Result<u64, RepositoryError> {
        if notices.is_empty() {
            return Ok(0);
        }
        self.event_log.notice(notices).await
    }
}

/// Nobody needs to hear of a disabled key that it can't be used soon.
fn expiry_notice(key: &ApiKey, within_days: Option<NonZeroU8>, now: Timestamp) -> Option<Notice> {
    let fields = key.fields();
    let expires_at = fields.expires_at?.timestamp();
    let (kind, occurred_at) = match (within_days, key.status(now)) {
        (Some(within_days), Status::Active) => {
            let kind = NoticeKind::Expiring {
                expires_at,
                within_days,
            };
            (kind, now)
        }
        (None, Status::Expired) => (NoticeKind::Expired { expires_at }, expires_at),
        _ => return None,
    };
    Some(Notice {
        workspace_id: fields.workspace_id.clone(),
        api_key_id: fields.id,
        occurred_at,
        kind,
    })
}

/// The notices of the denials of one key.
fn denial_notices(denials: &[(WorkspaceId, KeyDenials)]) -> Vec<Notice> {
    let Some((workspace_id, KeyDenials { api_key_id, .. })) = denials.first() else {
        return Vec::new();
    };
    let notice = |occurred_at, kind| Notice {
        workspace_id: workspace_id.clone(),
        api_key_id: *api_key_id,
        occurred_at,
        kind,
    };
    let of_key: Vec<KeyDenials> = denials.iter().map(|(_, denied)| denied.clone()).collect();
    let mut notices: Vec<Notice> = Alarm::raised_by(&of_key)
        .into_iter()
        .map(|raised| {
            let kind = NoticeKind::DeniedUse {
                alarm: raised.alarm,
                count: raised.count,
                address: raised.address,
            };
            notice(raised.last_denied_at, kind)
        })
        .collect();
    let over_quota = of_key
        .iter()
        .filter(|denied| denied.denial == Denial::QuotaExceeded);
    if let Some(last) = over_quota.map(|denied| denied.last_denied_at).max() {
        notices.push(notice(last, NoticeKind::QuotaReached));
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::expiry::Expiry;
    use crate::listing::page::Page;
    use crate::ports::{MockApiKeys, MockDenials, MockEventLog};
    use crate::testing::{altered, api_key_id, at, key, workspace_id};
    use mockall::Sequence;

    fn denied(number: u64, denial: Denial, second: i64, count: u64) -> (WorkspaceId, KeyDenials) {
        let denied = KeyDenials {
            api_key_id: api_key_id(number),
            denial,
            last_denied_at: at(second),
            address: None,
            count,
        };
        (workspace_id("ws_1"), denied)
    }

    /// The notices of a round with these keys and denials: their types, and their seconds.
    fn noted(
        keys: Vec<ApiKey>,
        denials: Vec<(WorkspaceId, KeyDenials)>,
    ) -> Vec<(&'static str, i64)> {
        let mut api_keys = MockApiKeys::new();
        api_keys
            .expect_expiring()
            .returning(move |after, until, _| {
                let expires = |key: &&ApiKey| {
                    let at = key.fields().expires_at.unwrap().timestamp();
                    after < at && at <= until
                };
                let items: Vec<ApiKey> = keys.iter().filter(expires).cloned().collect();
                let total = u64::try_from(items.len()).unwrap();
                Ok(Page { items, total })
            });
        let mut store = MockDenials::new();
        let mut order = Sequence::new();
        let last = denials.last().map(|(_, last)| last.api_key_id.uuid());
        store
            .expect_denials_since()
            .withf(|since, after, _| *since == at(1_000_000 - 3_600) && after.is_none())
            .once()
            .in_sequence(&mut order)
            .return_once(|_, _, _| Ok(denials));
        if last.is_some() {
            store
                .expect_denials_since()
                .withf(move |_, after, _| *after == last)
                .once()
                .in_sequence(&mut order)
                .returning(|_, _, _| Ok(vec![]));
        }
        let found = Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = Arc::clone(&found);
        let mut event_log = MockEventLog::new();
        event_log.expect_notice().returning(move |notices| {
            let count = u64::try_from(notices.len()).unwrap();
            seen.lock().unwrap().extend(notices);
            Ok(count)
        });
        let notices = NoteNotices {
            api_keys: Arc::new(api_keys),
            denials: Arc::new(store),
            event_log: Arc::new(event_log),
        };
        let count = pollster::block_on(notices.run(at(1_000_000))).unwrap();
        let found = found.lock().unwrap();
        assert_eq!(count, u64::try_from(found.len()).unwrap());
        let shown = |notice: &Notice| {
            let second = notice.occurred_at.unix_seconds() - at(0).unix_seconds();
            (notice.kind.event_type().as_str(), second)
        };
        found.iter().map(shown).collect()
    }

    fn expiring(days: f64) -> ApiKey {
        altered(key(), |fields| {
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                reason = "a test"
            )]
            let seconds = (days * 86_400.0) as i64;
            fields.expires_at = Some(Expiry::from_timestamp(at(1_000_000 + seconds)));
        })
    }

    #[test]
    fn a_key_is_announced_14_7_and_1_days_before_it_expires_and_when_it_has() {
        for (days, is_noted) in [
            (14.5, false),
            (14.0, true),
            (13.5, true),
            (12.5, false),
            (7.0, true),
            (6.0, false),
            (1.0, true),
            (0.5, true),
        ] {
            let want: &[_] = if is_noted {
                &[("api_key.expiring", 1_000_000)]
            } else {
                &[]
            };
            assert_eq!(noted(vec![expiring(days)], vec![]), want, "{days}");
        }
        assert_eq!(
            noted(vec![expiring(-0.5)], vec![]),
            [("api_key.expired", 1_000_000 - 43_200)]
        );
        assert_eq!(noted(vec![expiring(-1.5)], vec![]), []);
    }

    #[test]
    fn nothing_is_said_about_a_disabled_key() {
        for days in [7.0, -0.5] {
            let disabled = altered(expiring(days), |fields| fields.is_disabled = true);
            assert_eq!(noted(vec![disabled], vec![]), []);
        }
    }

    #[test]
    fn alarms_and_used_up_quotas_are_noted_for_each_key() {
        let denials = vec![
            denied(1, Denial::IpNotAllowed, 5, 1),
            denied(1, Denial::WrongMode, 6, 1),
            denied(2, Denial::QuotaExceeded, 7, 2),
            denied(3, Denial::WrongMode, 8, 1),
            denied(4, Denial::Disabled, 9, 1),
        ];
        let want = [
            ("api_key.denied_use", 5),
            ("api_key.quota_reached", 7),
            ("api_key.denied_use", 9),
        ];
        assert_eq!(noted(vec![], denials), want);
    }

    #[test]
    fn one_occurrence_has_one_id_and_another_one_another() {
        use crate::events::event_id::EventId;
        let notice = |day: i64, kind| Notice {
            workspace_id: workspace_id("ws_1"),
            api_key_id: api_key_id(1),
            occurred_at: at(0)
                .truncated_to_days()
                .plus_seconds(day * DAY_SECONDS + 5),
            kind,
        };
        let denied = |count| NoticeKind::DeniedUse {
            alarm: Alarm::WrongAddress,
            count,
            address: None,
        };
        let id = |notice: Notice| EventId::of_notice(&notice);
        assert_eq!(id(notice(0, denied(1))), id(notice(0, denied(9))));
        assert_ne!(id(notice(0, denied(1))), id(notice(1, denied(1))));
        assert_ne!(
            id(notice(0, denied(1))),
            id(notice(0, NoticeKind::QuotaReached))
        );
        let expiring = |days| NoticeKind::Expiring {
            expires_at: at(7),
            within_days: NonZeroU8::new(days).unwrap(),
        };
        assert_eq!(id(notice(0, expiring(7))), id(notice(1, expiring(7))));
        assert_ne!(id(notice(0, expiring(7))), id(notice(0, expiring(1))));
    }
}
