use keyward_domain::ports::DailyUses;
use keyward_domain::{ApiKey, Expiry, Language, Timestamp, UserId};
use keyward_web::message;

use super::catalogue::Catalogue;
use super::key_view::StatusView;
use super::moment::Moment;
use super::number::grouped;
use super::permission_chips::PermissionChips;
use super::sparkline::Sparkline;
use crate::language::MessageId as M;

/// An expiry is near from this time before it on.
const NEAR_SECONDS: i64 = 14 * 24 * 60 * 60;

/// A key as a row of the list.
pub(crate) struct KeyRow {
    pub(crate) id: String,
    /// "Select …".
    pub(crate) selection: String,
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) hint: String,
    pub(crate) is_test: bool,
    pub(crate) status: StatusView,
    /// Whether someone else knows its secret.
    pub(crate) is_exposed: bool,
    pub(crate) permissions: PermissionChips,
    /// The first rule of its allowlist, and how many others there are.
    pub(crate) rules: Option<(String, usize)>,
    pub(crate) last_used: Option<LastUsed>,
    pub(crate) sparkline: Option<SparklineView>,
    pub(crate) expires_at: Option<Moment>,
    pub(crate) expiry_class: &'static str,
    pub(crate) created_at: Moment,
    pub(crate) created_by: Option<String>,
}

/// The last use of a key.
pub(crate) struct LastUsed {
    pub(crate) at: Moment,
    pub(crate) address: Option<String>,
}

/// A sparkline with its text.
pub(crate) struct SparklineView {
    pub(crate) path: String,
    pub(crate) words: String,
}

impl KeyRow {
    /// The key at `now`, with what was read of its uses.
    pub(crate) fn of(
        key: &ApiKey,
        url: String,
        catalogue: &Catalogue,
        uses: &[DailyUses],
        (language, now): (Language, Timestamp),
    ) -> Self {
        let fields = key.fields();
        let rules = fields.ip_allowlist.as_slice();
        let ends_at = fields.ends_at().map(Expiry::timestamp);
        let named = [("name", fields.name.as_str().to_owned().into())];
        Self {
            id: fields.id.to_string(),
            selection: message(language, M::SelectKey, &named),
            url,
            name: fields.name.as_str().to_owned(),
            description: fields
                .annotations
                .description
                .as_ref()
                .map(ToString::to_string),
            hint: fields.secret.hint.masked(fields.id),
            is_test: key.mode() == keyward_domain::Mode::Test,
            status: StatusView::of(key.status(now), language),
            is_exposed: false,
            permissions: PermissionChips::of(&fields.scopes, catalogue, language),
            rules: rules
                .split_first()
                .map(|(first, rest)| (first.to_string(), rest.len())),
            last_used: fields.last_used_at.map(|at| LastUsed {
                at: Moment::of(at),
                address: last_address(key, at),
            }),
            sparkline: Sparkline::of(uses, fields.id, now).map(|drawn| SparklineView {
                path: drawn.path,
                words: message(
                    language,
                    M::UsesOf30Days,
                    &[("count", grouped(drawn.total, language).into())],
                ),
            }),
            expires_at: ends_at.map(Moment::of),
            expiry_class: ends_at.map_or("", |at| expiry_class(at, now)),
            created_at: Moment::of(fields.created_at),
            created_by: fields.created_by.as_ref().map(UserId::to_string),
        }
    }
}

/// The address of the last use, unless that was with a secret that has ended.
fn last_address(key: &ApiKey, at: Timestamp) -> Option<String> {
    let fields = key.fields();
    let previous = fields
        .previous_secret
        .as_ref()
        .map(|previous| &previous.secret);
    let secrets = [Some(&fields.secret), previous].into_iter().flatten();
    let last_use = secrets
        .filter_map(|secret| secret.last_use)
        .find(|last_use| last_use.at == at);
    Some(last_use?.address?.ip().to_string())
}

fn expiry_class(at: Timestamp, now: Timestamp) -> &'static str {
    if at <= now {
        "past"
    } else if at <= now.plus_seconds(NEAR_SECONDS) {
        "near"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::LastUse;
    use keyward_domain::testing::{address, altered};
    use keyward_web::testing::{key, now};

    use super::*;

    fn row(key: &ApiKey) -> KeyRow {
        let asked = (Language::English, now());
        KeyRow::of(key, String::new(), &Catalogue::default(), &[], asked)
    }

    #[test]
    fn the_address_is_that_of_the_last_use() {
        let used = |seconds: i64, last: i64| {
            let key = altered(key(), |fields| {
                fields.last_used_at = Some(now().plus_seconds(-last));
                fields.secret.last_use = Some(LastUse {
                    at: now().plus_seconds(-seconds),
                    address: Some(address("203.0.113.7")),
                    count: 1,
                });
            });
            row(&key).last_used.unwrap().address
        };
        assert_eq!(used(60, 60).as_deref(), Some("203.0.113.7"));
        assert_eq!(used(60, 30), None, "an ended secret was used later");
    }

    #[test]
    fn an_expiry_is_near_for_14_days() {
        let class = |seconds: i64| {
            let key = altered(key(), |fields| {
                fields.expires_at = Some(Expiry::from_timestamp(now().plus_seconds(seconds)));
            });
            row(&key).expiry_class
        };
        assert_eq!(class(NEAR_SECONDS + 1), "");
        assert_eq!(class(NEAR_SECONDS), "near");
        assert_eq!(class(1), "near");
        assert_eq!(class(0), "past");
    }
}
