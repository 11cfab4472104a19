use keyward_domain::{ApiKey, Language, Status, Timestamp};
use keyward_web::message;

use super::catalogue::Catalogue;
use super::exposure_view::ExposureView;
use super::moment::Moment;
use crate::language::MessageId as M;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// A key as it is shown on a page.
pub(crate) struct KeyView {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) mode: &'static str,
    pub(crate) status: StatusView,
    pub(crate) hint: String,
    pub(crate) can: Vec<String>,
    pub(crate) rules: Vec<String>,
    pub(crate) created_at: Moment,
    pub(crate) created_by: Option<String>,
    pub(crate) last_used_at: Option<Moment>,
    pub(crate) expires_at: Option<Moment>,
    /// A sentence about an expiry that is near or has passed.
    pub(crate) expiry_warning: Option<String>,
    /// Whether someone else knows its secret; `None` also where that is not shown.
    pub(crate) exposure: Option<ExposureView>,
    /// Whether its secret can be replaced.
    pub(crate) may_rotate: bool,
    /// The current secret first.
    pub(crate) secrets: Vec<SecretView>,
}

/// A status, always with words and not only a colour.
pub(crate) struct StatusView {
    pub(crate) words: String,
    pub(crate) icon: &'static str,
    pub(crate) class: &'static str,
    pub(crate) is_disabled: bool,
}

/// A valid secret of a key.
pub(crate) struct SecretView {
    pub(crate) hint: String,
    pub(crate) created_at: Moment,
    pub(crate) ends_at: Option<Moment>,
    pub(crate) last_used_at: Option<Moment>,
    pub(crate) last_used_from: Option<String>,
}

impl KeyView {
    /// The key at `now`.
    pub(crate) fn of(
        key: &ApiKey,
        url: String,
        catalogue: &Catalogue,
        (language, now): (Language, Timestamp),
    ) -> Self {
        let fields = key.fields();
        let annotations = &fields.annotations;
        let secrets = fields.live_secrets(now);
        let secrets = secrets.map(|(secret, ends_at)| SecretView {
            hint: secret.hint.masked(fields.id),
            created_at: Moment::of(secret.created_at),
            ends_at: ends_at.map(Moment::of),
            last_used_at: secret.last_use.map(|last_use| Moment::of(last_use.at)),
            last_used_from: secret
                .last_use
                .and_then(|last_use| last_use.address)
                .map(|address| address.ip().to_string()),
        });
        let expires_at = fields.expires_at.map(keyward_domain::Expiry::timestamp);
        let ends_at = fields.ends_at().map(keyward_domain::Expiry::timestamp);
        let is_too_old = fields.is_too_old(now);
        Self {
            id: fields.id.to_string(),
            url,
            name: fields.name.as_str().to_owned(),
            description: annotations.description.as_ref().map(ToString::to_string),
            external_id: annotations.external_id.as_ref().map(ToString::to_string),
            mode: key.mode().as_str(),
            status: StatusView::of(key.status(now), language),
            hint: fields.secret.hint.masked(fields.id),
            can: catalogue.can(&fields.scopes),
            rules: fields
                .ip_allowlist
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
            created_at: Moment::of(fields.created_at),
            created_by: fields
                .created_by
                .as_ref()
                .map(|user| user.as_str().to_owned()),
            last_used_at: fields.last_used_at.map(Moment::of),
            expires_at: expires_at.map(Moment::of),
            expiry_warning: if is_too_old {
                Some(message(language, M::SecretTooOld, &[]))
            } else {
                ends_at.and_then(|at| expiry_warning(at, now, language))
            },
            exposure: None,
            may_rotate: is_too_old || key.status(now) != Status::Expired,
            secrets: secrets.collect(),
        }
    }

    /// The old secret that is still valid after a rotation.
    pub(crate) fn old_secret(&self) -> Option<&SecretView> {
        self.secrets.iter().find(|secret| secret.ends_at.is_some())
    }
}

impl StatusView {
    pub(crate) fn of(status: Status, language: Language) -> Self {
        let (id, icon, class) = match status {
            Status::Active => (M::StatusActive, "check", "active"),
            Status::Disabled => (M::StatusDisabled, "pause", "disabled"),
            Status::Expired => (M::StatusExpired, "alert", "expired"),
            Status::Deleted => (M::StatusDeleted, "cross", "deleted"),
        };
        Self {
            words: message(language, id, &[]),
            icon,
            class,
            is_disabled: status == Status::Disabled,
        }
    }
}

/// From 14 days before the expiry on, more urgent at 7 days and at 1 day.
fn expiry_warning(at: Timestamp, now: Timestamp, language: Language) -> Option<String> {
    let seconds = at.unix_seconds() - now.unix_seconds();
    if at <= now {
        return Some(message(language, M::HasExpired, &[]));
    }
    let days = seconds.div_euclid(DAY_SECONDS) + 1;
    match days {
        ..=1 => Some(message(language, M::ExpiresWithinADay, &[])),
        2..=7 => Some(say_days(language, M::ExpiresVerySoon, days)),
        8..=14 => Some(say_days(language, M::ExpiresSoon, days)),
        _ => None,
    }
}

fn say_days(language: Language, id: M, days: i64) -> String {
    message(language, id, &[("days", days.to_string().into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_warned_of_at_14_7_and_1_days() {
        let now = Timestamp::parse_rfc3339("2026-03-21T00:00:00Z").unwrap();
        let after = |days: i64, seconds: i64| {
            let at = now.plus_seconds(days * DAY_SECONDS + seconds);
            expiry_warning(at, now, Language::English)
        };
        assert_eq!(after(14, 0), None);
        let english = |id, days| Some(say_days(Language::English, id, days));
        assert_eq!(after(14, -1), english(M::ExpiresSoon, 14));
        assert_eq!(after(7, -1), english(M::ExpiresVerySoon, 7));
        let plain = |id| Some(message(Language::English, id, &[]));
        assert_eq!(after(1, -1), plain(M::ExpiresWithinADay));
        assert_eq!(after(0, 1), plain(M::ExpiresWithinADay));
        assert_eq!(after(0, 0), plain(M::HasExpired));
    }
}
